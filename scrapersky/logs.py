"""What is worth a line in a crawl's log, and what is not."""

import logging
from datetime import UTC, datetime
from typing import Any

import orjson
from scrapy import logformatter

# Each of these has its error code in the database, or is a list of settings that nobody asked for.
_CHATTY = (
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
    logging.getLogger("alembic").setLevel(logging.WARNING)


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


class TextFormatter(logging.Formatter):
    """Scrapy's line, with the job and the domain that it is about."""

    job: str | None = None
    """The id of the job that the process works on."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The ids stand behind the message, where nothing that reads Scrapy's lines trips."""
        line = super().formatMessage(record)
        named = {"domain": getattr(record, "domain", None), "job": self.job}
        ids = "".join(f" {name}={value}" for name, value in named.items() if value is not None)
        return line + ids


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    job: str | None = None
    """The id of the job that the process works on."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message; job, domain and traceback where there is one."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "job": self.job,
            "domain": getattr(record, "domain", None),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        shown = {name: value for name, value in line.items() if value is not None}
        return orjson.dumps(shown, default=str).decode()
