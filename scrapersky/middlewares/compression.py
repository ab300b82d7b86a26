"""Content encodings, undone unless the spider undoes them itself."""

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import (
    HttpCompressionMiddleware as ScrapyHttpCompressionMiddleware,
)
from scrapy.http import Response

AS_SENT = "as_sent"
"""Key of a request's meta: leave gzip as it is. Whoever reads a large file unpacks it bit by bit,
and needs neither the memory for all of it nor a limit that loses what came before."""
GZIP = frozenset({b"gzip", b"x-gzip"})


class HttpCompressionMiddleware(ScrapyHttpCompressionMiddleware):
    """Scrapy's own, but that it leaves gzip alone where it is asked to."""

    def process_response(  # type: ignore[override]  # without the deprecated spider argument
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response as the spider wants it."""
        encoding = response.headers.get("Content-Encoding") or b""
        if request.meta.get(AS_SENT) and (encoding.strip().lower() in GZIP or not response.body):
            return response
        return super().process_response(request, response)
