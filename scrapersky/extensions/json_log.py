"""The log as JSON, for machines that read it."""

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler

from scrapersky.crawl.job import CrawlJob, job_opened
from scrapersky.logs import JsonFormatter


class JsonLog:
    """Gives Scrapy's log handler another formatter."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("LOG_JSON"):
            raise NotConfigured("LOG_JSON is off.")
        self._formatter = JsonFormatter()
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
