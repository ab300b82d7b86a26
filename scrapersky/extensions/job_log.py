"""The log with the job's id on each line, as text or as JSON."""

import sys
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler

from scrapersky.crawl.job import CrawlJob, job_opened
from scrapersky.logs import JsonFormatter, TextFormatter


class JobLog:
    """Gives Scrapy's log handler another formatter."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        is_shown = sys.stderr.isatty() and not settings["LOG_FILE"]
        if is_shown and not settings.getbool("LOG_JSON"):
            raise NotConfigured("A terminal shows one job, and has no room for its id.")
        self._formatter: JsonFormatter | TextFormatter = (
            JsonFormatter()
            if settings.getbool("LOG_JSON")
            else TextFormatter(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"])
        )
        # Not here: Scrapy makes its handler anew after the extensions.
        crawler.signals.connect(self._install, signals.spider_opened)
        crawler.signals.connect(self._opened, job_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make an extension."""
        return cls(crawler)

    def _install(self) -> None:
        handler = get_scrapy_root_handler()
        if handler is not None:
            handler.setFormatter(self._formatter)

    def _opened(self, job: CrawlJob) -> None:
        self._formatter.job = str(job.id)
