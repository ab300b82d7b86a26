"""A web of quick, slow and failing hosts: which is which, its number says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scrapersky.demo.behaviours import Behaviour, Hang, Reset, Slow
from scrapersky.demo.request import Request
from scrapersky.demo.response import NOT_FOUND, page, text
from scrapersky.demo.site import Web

HOST = re.compile(r"(?:www\.)?c(\d{1,9})\.test", re.ASCII)
ROBOTS = text("User-agent: *\nDisallow: /cart/\n").wire
HOME = page("<title>A shop</title><p>All sorts of things, and <a href='mailto:a@b.test'>mail</a>")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of host."""

    every: int
    """One in so many."""
    home: bytes | Behaviour
    robots: bytes | Behaviour
    requests: int
    """That a crawl without disturbance sends it, at most: later pass and www. included."""
    outcome: str | None
    """The error code that it ends with."""


# https is refused everywhere, so http is tried, and after a failed connection www. too. Of several
# failures the one that came furthest is reported: refused, where plain http hangs.
KINDS = {
    "hanging": Kind(211, Hang(), Hang(), 4, "refused"),
    "reset": Kind(53, Reset(), Reset(), 4, "connection_lost"),
    "busy": Kind(29, b"", page("busy", status=503).wire, 2, "robots_unreachable"),
    "gone": Kind(23, NOT_FOUND.wire, ROBOTS, 2, "http_4xx"),
    "slow": Kind(16, Slow(2, HOME), ROBOTS, 2, None),
    "quick": Kind(1, HOME.wire, ROBOTS, 2, None),
}


def kind_of(number: int) -> str:
    """The sort of a host."""
    return next(name for name, kind in KINDS.items() if number % kind.every == 0)


class ChaosWeb(Web):
    """`c<number>.test`, any number."""

    def __init__(self) -> None:
        super().__init__({})

    def find(self, request: Request) -> bytes | Behaviour:
        """The same for every path but robots.txt."""
        match = HOST.fullmatch(request.host)
        if match is None:
            return NOT_FOUND.wire
        kind = KINDS[kind_of(int(match[1]))]
        return kind.robots if request.target == "/robots.txt" else kind.home

    def rules(self, http: str, https: str, closed: str, broken: str) -> Iterator[str]:
        """No TLS: it would be most of what the machine does."""
        yield f"*.test:443={closed}"
        yield from super().rules(http, https, closed, broken)
