"""Content encodings, undone unless the spider undoes them itself.

Whoever reads a large file unpacks it bit by bit, and needs neither the memory for all of it nor a
limit that loses what came before.
"""

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import (
    HttpCompressionMiddleware as ScrapyHttpCompressionMiddleware,
)
from scrapy.http import Response

from scrapersky.net.spool import SPOOL, spooled_body

GZIP = frozenset({b"gzip", b"x-gzip"})


class HttpCompressionMiddleware(ScrapyHttpCompressionMiddleware):
    """Scrapy's own, but that it leaves gzip alone in bodies that are spooled."""

    def process_response(  # type: ignore[override]  # without the deprecated spider argument
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response as the spider wants it."""
        encoding = (response.headers.get("Content-Encoding") or b"").strip().lower()
        if not request.meta.get(SPOOL):
            return super().process_response(request, response)
        if not encoding or encoding in GZIP:
            return response
        # Nobody asked for it, and its limit is DOWNLOAD_MAXSIZE.
        body = spooled_body(request)
        whole = response.replace(body=b"".join(body.chunks()))
        unpacked = super().process_response(request, whole)
        assert isinstance(unpacked, Response)  # noqa: S101 - Scrapy's never asks again
        body.clear()
        body.write(unpacked.body)
        return response
