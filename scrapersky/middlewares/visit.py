"""What every request of a visit has in common: the site's clock, and the visit's time limit."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from scrapersky.crawl.failures import SiteError, site_error
from scrapersky.domains import politeness_key
from scrapersky.outcomes import ErrorCode


class VisitMiddleware:
    """Sets download slot and timeout, anew after each redirect.

    Scrapy keeps the old host's slot over a redirect, and knows www and apex as two hosts.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Prepares the request, or ends its visit."""
        request.meta["download_slot"] = politeness_key(urlparse_cached(request).hostname or "")
        visit = request.meta.get("visit")
        if visit is None:
            return
        if visit.remaining <= 0:
            raise SiteError(ErrorCode.TIME_LIMIT)
        request.meta["download_timeout"] = min(self._timeout, visit.remaining)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Translates what went wrong here, where the host that was asked is known."""
        raise site_error(exception, urlparse_cached(request).hostname) from exception
