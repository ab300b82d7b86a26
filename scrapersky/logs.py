"""What is worth a line in a crawl's log, and what is not."""

import logging
from typing import Any

from scrapy import logformatter

# Each of these has its error code in the database, or is a list of settings that nobody asked for.
_CHATTY = (
    "alembic.runtime.migration",
    "scrapy.addons",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.downloader.tls",
    "scrapy.core.engine",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.middleware",
    "scrapy.utils.log",
)


def quieten() -> None:
    """Leaves the log to what happens to the crawl as a whole."""
    for name in _CHATTY:
        # A filter, because Scrapy's logging configuration takes levels back.
        logging.getLogger(name).addFilter(_is_error)


def _is_error(record: logging.LogRecord) -> bool:
    # "Received SIGINT, shutting down gracefully. Send again to force": who pressed it needs it.
    return record.levelno >= logging.ERROR or str(record.msg).startswith("Received %(signame)s")


class LogFormatter(logformatter.LogFormatter):
    """Nothing a page, nothing an item: the database has them. Not formatting is cheaper, too."""

    def crawled(self, *_: Any) -> None:  # type: ignore[override]
        """No line."""

    def scraped(self, *_: Any) -> None:  # type: ignore[override]
        """No line."""

    def dropped(self, *_: Any) -> None:  # type: ignore[override]
        """No line: only later passes are dropped, after they were written."""
