"""robots.txt, as RFC 9309 has it.

Scrapy's own middleware takes every failure for a permission, logs a traceback for each dead host,
and keeps every parser for ever.
"""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from scrapersky.crawl.failures import SiteError, site_error
from scrapersky.outcomes import ErrorCode
from scrapersky.sitemaps.robots import sitemap_urls

CACHED = 1_000
"""Origins whose rules are kept: most are asked once, but many domains can lead to one site."""
LIFETIME = 24 * 3600.0
"""Seconds. RFC 9309, 2.4: not longer than a day."""
FAILURE_LIFETIME = 60.0
"""Seconds for which a site that had an error is not asked again."""
SIZE_LIMIT = 512_000
"""Bytes that are read. RFC 9309, 2.5: 500 KiB at least."""
SITEMAPS = 1_000
"""Lines `Sitemap:` that are kept."""


@dataclass(frozen=True, slots=True)
class Robots:
    """A site's robots.txt."""

    rules: Protego | None
    """None: nothing is forbidden."""
    expires: float
    error: SiteError | None = None
    """Why nothing of the site may be fetched now."""
    sitemaps: tuple[str, ...] = ()
    """The sitemaps that it names."""
    delay: float = 0.0
    """Seconds that it asks to leave between two requests."""

    def check(self, url: str, user_agent: str) -> None:
        """Raises SiteError where the URL must not be fetched."""
        if self.error is not None:
            raise self.error
        if self.rules is not None and not self.rules.can_fetch(url, user_agent):
            raise SiteError(ErrorCode.ROBOTS)


class RobotsMiddleware:
    """Asks each origin once, however many requests wait for the answer."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off.")
        self._crawler = crawler
        settings = crawler.settings
        self._user_agent: str = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        self._longest_delay = settings.getfloat("CRAWL_DELAY_LIMIT")
        self._known: OrderedDict[str, Robots] = OrderedDict()
        self._asked: dict[str, asyncio.Future[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Lets the request through, or ends its visit."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        robots = await self.robots(request)
        robots.check(request.url, self._user_agent)
        if robots.delay:
            self._slow_down(request, min(robots.delay, self._longest_delay))

    def _slow_down(self, request: Request, delay: float) -> None:
        """Sets the site's clock: from now on, which is when robots.txt has come."""
        _, slot = self._crawler.engine.downloader._get_slot(request)  # noqa: SLF001 - Scrapy has no other way
        if slot.delay < delay:
            slot.delay, slot.lastseen = delay, time.monotonic()

    async def robots(self, request: Request) -> Robots:
        """The rules for the origin of a request."""
        url = urlparse_cached(request)
        origin = f"{url.scheme}://{url.netloc}"
        known = self._known.get(origin)
        if known is not None and known.expires > time.monotonic():
            return known
        if (asked := self._asked.get(origin)) is not None:
            return await asyncio.shield(asked)
        future = self._asked[origin] = asyncio.get_running_loop().create_future()
        try:
            robots = await self._fetch(origin, request)
        except BaseException as error:
            # Who asked may be cancelled; who waits for the answer is not.
            fault = error if isinstance(error, Exception) else SiteError(ErrorCode.TIMEOUT)
            future.set_exception(fault)
            future.exception()  # seen: nobody else may be waiting
            raise
        else:
            future.set_result(robots)
        finally:
            del self._asked[origin]
        self._known[origin] = robots
        if len(self._known) > CACHED:
            self._known.popitem(last=False)
        return robots

    async def _fetch(self, origin: str, request: Request) -> Robots:
        meta = {"dont_obey_robotstxt": True, "visit": request.meta.get("visit")}
        asking = Request(f"{origin}/robots.txt", meta=meta, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(asking)
        except Exception as error:  # noqa: BLE001 - whatever it was, it has a code
            return _failed(site_error(error))
        return _read(response, self._user_agent)


def _failed(error: SiteError) -> Robots:
    """No answer at all: RFC 9309, 2.3.1.4, forbids everything for now.

    The reason is kept as it is, since a server that cannot be reached for its robots.txt cannot be
    reached for its homepage either, and this way is not asked twice.
    """
    now = time.monotonic()
    if error.code in {ErrorCode.REDIRECT_LOOP, ErrorCode.TOO_LARGE, ErrorCode.BAD_ENCODING}:
        # 2.3.1.2: too many redirects may be taken as unavailable. Nobody can read the others.
        return Robots(None, now + LIFETIME)
    if error.code == ErrorCode.TIME_LIMIT:  # the visit's, not the site's
        return Robots(None, now, error)
    return Robots(None, now + FAILURE_LIFETIME, error)


def _read(response: Response, user_agent: str) -> Robots:
    now = time.monotonic()
    if response.status >= 500 or response.status == 429:
        error = SiteError(ErrorCode.ROBOTS_UNREACHABLE, http_status=response.status)
        return Robots(None, now + FAILURE_LIFETIME, error)
    if response.status != 200 or not response.body.strip():
        return Robots(None, now + LIFETIME)  # 2.3.1.3: unavailable, so nothing is forbidden
    text = response.body[:SIZE_LIMIT].decode("utf-8-sig", "replace")
    lower = text.lower()
    has_rules = "disallow" in lower or "crawl-delay" in lower
    rules = Protego.parse(text) if has_rules else None
    delay = (rules.crawl_delay(user_agent) if rules else None) or 0.0
    sitemaps = tuple(sitemap_urls(response.body, response.url)[:SITEMAPS]) if "map" in lower else ()
    return Robots(
        rules,
        now + LIFETIME,
        sitemaps=sitemaps,
        delay=delay if 0 < delay < float("inf") else 0.0,
    )
