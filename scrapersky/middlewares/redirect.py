"""Redirects, with an end that the spider understands."""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from scrapersky.crawl.failures import SiteError
from scrapersky.outcomes import ErrorCode


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's own, but that too many redirects are a `SiteError`."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Nothing: the crawl sends no Referer."""

    def process_response(  # type: ignore[override]  # without the deprecated spider argument
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request to which it leads."""
        try:
            return super().process_response(request, response)
        except ValueError as error:  # a target that is no URL at all
            raise SiteError(
                ErrorCode.BAD_REDIRECT, http_status=response.status, final_url=response.url
            ) from error

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        try:
            return super()._redirect(redirected, request, reason)
        except IgnoreRequest as error:
            raise SiteError(
                ErrorCode.REDIRECT_LOOP,
                f"After {self.max_redirect_times} redirects there was another one.",
                http_status=reason if isinstance(reason, int) else None,
                final_url=redirected.url,
            ) from error

    def _engine_started(self) -> None:
        """Scrapy would warn here that there is no referer middleware: that is on purpose."""
