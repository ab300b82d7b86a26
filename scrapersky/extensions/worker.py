"""The truth about this process in the database: that it lives, how far it is, how it ended."""

import asyncio
import logging
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlalchemy.exc import SQLAlchemyError

from scrapersky.crawl.job import CrawlJob, job_opened
from scrapersky.crawl.spider import DomainSpider
from scrapersky.db.outage import DatabaseGoneError, is_outage, wait_out
from scrapersky.db.workers import HEARTBEAT_SECONDS

logger = logging.getLogger(__name__)

PREFIX = "scrapersky/"
"""Of the stats that are the crawl's own."""


class JobWorker:
    """Keeps the process's row in `job_workers`, and settles the job at the end."""

    def __init__(self, crawler: Crawler) -> None:
        if not issubclass(crawler.spidercls, DomainSpider):
            raise NotConfigured("The spider does not crawl domains.")
        self._crawler = crawler
        self._job: CrawlJob | None = None
        self._heart: asyncio.Task[None] | None = None
        crawler.signals.connect(self._opened, job_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make an extension."""
        return cls(crawler)

    def counters(self) -> dict[str, Any]:
        """What the crawl counted so far."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self._crawler.stats.get_stats().items()
            if name.startswith(PREFIX)
        }

    def _opened(self, job: CrawlJob) -> None:
        self._job = job
        self._heart = asyncio.ensure_future(self._beat(job))

    async def _beat(self, job: CrawlJob) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await job.heartbeat(self.counters())
            except (SQLAlchemyError, OSError) as error:
                if not is_outage(error):
                    raise
                logger.debug("No heartbeat: the database is away.")

    async def _closed(self, spider: DomainSpider, reason: str) -> None:
        if self._job is None or self._heart is None:
            return
        self._heart.cancel()
        job, stats = self._job, _plain(self._crawler.stats.get_stats())
        try:
            spider.fault = await wait_out(
                lambda: job.close(reason, spider.fault, self.counters(), stats)
            )
        except (SQLAlchemyError, DatabaseGoneError) as error:
            # Not lost: the job still says running, its worker is dead, and -a job=… goes on.
            spider.fault = spider.fault or f"The job's end could not be recorded: {error}"
            logger.error("The job's end could not be recorded: %s", error)  # noqa: TRY400 - no trace


def _plain(stats: dict[str, Any]) -> dict[str, Any]:
    """The stats as JSON can hold them."""
    return {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in stats.items()
    }
