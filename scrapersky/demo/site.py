"""Sites, and the web that they make up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import idna

from scrapersky.demo.behaviours import (
    Answer,
    BadGzip,
    Behaviour,
    Close,
    Drip,
    FailFirst,
    Garbage,
    GzipBomb,
    Hang,
    Huge,
    PerScheme,
    Redirect,
    Reset,
    Slow,
    Truncate,
    Unless,
)
from scrapersky.demo.request import Request
from scrapersky.demo.response import NOT_FOUND, Response, page, text

__all__ = [
    "NOT_FOUND",
    "Answer",
    "BadGzip",
    "Behaviour",
    "Close",
    "Drip",
    "FailFirst",
    "Garbage",
    "GzipBomb",
    "Hang",
    "Huge",
    "PerScheme",
    "Port",
    "Redirect",
    "Request",
    "Reset",
    "Response",
    "Site",
    "Slow",
    "Truncate",
    "Unless",
    "Web",
    "page",
    "text",
]


class Port(StrEnum):
    """What awaits a connection."""

    OPEN = "open"
    REFUSED = "refused"
    BROKEN = "broken"
    """The TLS handshake fails with an alert; of no meaning for plain HTTP."""


@dataclass(kw_only=True)
class Site:
    """The answers of one host."""

    paths: dict[str, Answer] = field(default_factory=dict)
    """By path, or by path and query where the query matters."""

    robots: str | None = None
    """The text of robots.txt; None leaves it to `paths` and `default`."""

    default: Answer = NOT_FOUND
    """For every path that is not listed, /robots.txt too."""

    http: Port = Port.OPEN
    https: Port = Port.OPEN

    def find(self, target: str) -> Answer:
        """The answer to a path and query."""
        path = target.partition("?")[0]
        answer = self.paths.get(target) or self.paths.get(path)
        if answer is None and path == "/robots.txt" and self.robots is not None:
            return text(self.robots)
        return answer or self.default


class Web:
    """Sites by host name. `www.` leads to the same site unless it has one of its own."""

    latency = 0.0
    """Seconds that each answer takes longer."""

    def __init__(self, sites: Mapping[str, Site], *, latency: float = 0.0) -> None:
        self.latency = latency
        self._sites: dict[str, Site] = {}
        for host, site in sites.items():
            self.add(host, site)

    def add(self, host: str, site: Site) -> None:
        """Adds a site or replaces it. Its ports count for `connect_to` values read afterwards."""
        self._sites[idna.encode(host, uts46=True).decode()] = site

    def site(self, host: str) -> Site | None:
        """The site of a host, whose name is in its ASCII form. Its paths may be changed."""
        found = self._sites.get(host) or self._sites.get(host.removeprefix("www."))
        if found is None and host.endswith(".localhost"):  # which browsers find by themselves
            return self.site(host.removesuffix("localhost") + "test")
        return found

    def find(self, request: Request) -> bytes | Behaviour:
        """The bytes to answer with, or what to do instead."""
        site = self.site(request.host)
        answer = site.find(request.target) if site else NOT_FOUND
        return answer.wire if isinstance(answer, Response) else answer

    def rules(self, http: str, https: str, closed: str, broken: str) -> Iterator[str]:
        """SCRAPERSKY_CONNECT_TO, rule by rule; the arguments are `ADDRESS:PORT`."""
        ways = {Port.REFUSED: closed, Port.BROKEN: broken}
        for host, site in self._sites.items():
            alias = f"www.{host}"
            for name in [host] if alias in self._sites else [host, alias]:
                if site.http is Port.REFUSED:
                    yield f"{name}:80={closed}"
                if site.https is not Port.OPEN:
                    yield f"{name}:443={ways[site.https]}"
        yield f"*.test:80={http}"
        yield f"*.test:443={https}"
