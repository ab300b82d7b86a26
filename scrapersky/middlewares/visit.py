"""What every request of a visit has in common: the site's clock, and the visit's time limit."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from scrapersky.crawl.failures import SiteError, site_error
from scrapersky.domains import politeness_key
from scrapersky.outcomes import ErrorCode

ASKS_FOR_PATIENCE = frozenset({429, 503})
_SECONDS = re.compile(r"[0-9]{1,10}\Z")


def retry_after(given: str) -> float:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3); 0 where it says nothing."""
    given = given.strip()[:100]
    if _SECONDS.match(given):
        return float(given)
    try:
        moment = parsedate_to_datetime(given)
    except (ValueError, OverflowError, IndexError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


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

    def process_response(self, request: Request, response: Response) -> Response:
        """Remembers for the visit when the site wants to be asked again."""
        visit = request.meta.get("visit")
        if visit is not None and response.status in ASKS_FOR_PATIENCE:
            given = (response.headers.get("Retry-After") or b"").decode("latin-1")
            visit.retry_after = max(visit.retry_after, retry_after(given))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Translates what went wrong here, where the host that was asked is known."""
        raise site_error(exception, urlparse_cached(request).hostname) from exception
