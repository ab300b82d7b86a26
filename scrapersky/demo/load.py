"""The generated web for benchmarks and large tests: `d<number>.load.test`, any number.

Nothing is kept for a host: memory holds a few pages in parts, however many hosts are asked for.
"""

import re
from collections.abc import Iterator
from functools import cache

from scrapersky.demo.behaviours import Behaviour, Hang, Reset
from scrapersky.demo.load_page import page_parts
from scrapersky.demo.request import Request
from scrapersky.demo.response import NOT_FOUND, Response, page, text
from scrapersky.demo.site import Web
from scrapersky.demo.splice import FixedPart, fixed_part, gzip_body, plain_body

DEFAULT_SIZE = 60_000
VARIANTS = 8
ROBOTS = text("User-agent: *\nDisallow: /cart/\nAllow: /\n").wire
HOST = re.compile(r"(?:www\.)?d(\d{1,12})\.load\.test", re.ASCII)

FAILURES: dict[str, Response | Behaviour] = {
    "404": NOT_FOUND,
    "503": page("<h1>Being repaired", status=503),
    "reset": Reset(),
    "hang": Hang(),
}
"""Ways to fail that a host can show by itself."""

FAILURE_KINDS = ("dns", "refused", "404", "reset", "503")
"""The default mix. `hang` is left out: it measures nothing but the client's timeout."""


class LoadWeb(Web):
    """A web with a homepage and a robots.txt for every number."""

    def __init__(
        self,
        *,
        size: int = DEFAULT_SIZE,
        failing: float = 0.0,
        kinds: tuple[str, ...] = FAILURE_KINDS,
        latency: float = 0.0,
        https: bool = True,
    ) -> None:
        super().__init__({}, latency=latency)
        self._size = size
        self._failing = failing
        self._kinds = kinds
        self._https = https

    def failure(self, number: int) -> str | None:
        """How a host fails, if it does: a name of `FAILURES`, `dns` or `refused`."""
        lot = number * 2_654_435_761 % 2**32  # Knuth's hash: neighbours share no fate
        if lot >= self._failing * 2**32:
            return None
        return self._kinds[number % len(self._kinds)]

    def domain(self, number: int) -> str:
        """The name to ask for; a host that is to have no address is given a name without one."""
        match self.failure(number):
            case "dns":
                return f"d{number}.load.invalid"
            case "refused":
                return f"d{number}.refused.load.test"
        return f"d{number}.load.test"

    def domains(self, count: int) -> list[str]:
        """The first names."""
        return [self.domain(number) for number in range(count)]

    def find(self, request: Request) -> bytes | Behaviour:
        match = HOST.fullmatch(request.host)
        if match is None:
            return NOT_FOUND.wire
        number = int(match[1])
        kind = self.failure(number)
        if kind is not None:
            return _failing_answer(FAILURES.get(kind, NOT_FOUND), request.target)
        if request.target == "/":
            return _homepage(number, self._size, gzip=request.accepts_gzip)
        return ROBOTS if request.target == "/robots.txt" else NOT_FOUND.wire

    def rules(self, http: str, https: str, closed: str, broken: str) -> Iterator[str]:
        yield f"*.refused.load.test:80={closed}"
        yield f"*.refused.load.test:443={closed}"
        if not self._https:
            yield f"*.test:443={closed}"
        yield from super().rules(http, https, closed, broken)


def load_web(
    *,
    size: int = DEFAULT_SIZE,
    failing: float = 0.0,
    kinds: tuple[str, ...] = FAILURE_KINDS,
    latency: float = 0.0,
    https: bool = True,
) -> LoadWeb:
    """Makes the generated web.

    Args:
        size: bytes of a homepage, before compression.
        failing: the share of the hosts that fail, 0 to 1; which ones depends on the number only.
        kinds: how they fail, in turn.
        latency: seconds that every answer takes longer.
        https: whether port 443 is open; refused, it keeps TLS out of a measurement.
    """
    return LoadWeb(size=size, failing=failing, kinds=kinds, latency=latency, https=https)


def _failing_answer(answer: Response | Behaviour, target: str) -> bytes | Behaviour:
    if not isinstance(answer, Response):
        return answer
    return ROBOTS if target == "/robots.txt" else answer.wire


@cache
def _parts(variant: int, size: int) -> list[FixedPart]:
    return [fixed_part(part.encode()) for part in page_parts(variant, size)]


def _homepage(number: int, size: int, *, gzip: bool) -> bytes:
    parts = _parts(number % VARIANTS, size)
    between = (_title(number), _contact(number))
    body = gzip_body(parts, between) if gzip else plain_body(parts, between)
    encoding = "Content-Encoding: gzip\r\n" if gzip else ""
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"{encoding}Vary: Accept-Encoding\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _title(number: int) -> bytes:
    return (
        f"<title>Emporium no. {number}</title>\n"
        f'<meta name="description" content="Everything but the ordinary, at counter {number}.">\n'
        f'<meta property="og:site_name" content="Emporium no. {number}">\n'
        f'<link rel="canonical" href="https://d{number}.load.test/">\n'
    ).encode()


def _contact(number: int) -> bytes:
    # 020 7946 0000 to 0999 are kept for fiction by Ofcom.
    return (
        f'<p>Write to <a href="mailto:hello@d{number}.load.test">hello@d{number}.load.test</a>'
        f' or call <a href="tel:+4420794600{number % 100:02}">+44 20 7946 00{number % 100:02}</a>'
        ".</p>\n"
    ).encode()
