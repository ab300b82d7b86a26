"""The truth about this process in the database: that it lives, how far it is, how it ended."""

import asyncio
import logging
import time
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlalchemy.exc import SQLAlchemyError

from scrapersky.crawl.job import CrawlJob, job_closed, job_opened
from scrapersky.crawl.spider import DomainSpider
from scrapersky.crawl.stats import counters
from scrapersky.db.outage import is_outage, wait_out
from scrapersky.db.workers import HEARTBEAT_SECONDS
from scrapersky.errors import ScraperSkyError
from scrapersky.states import JobState

logger = logging.getLogger(__name__)


class JobWorker:
    """Keeps the process's row in `job_workers`, and settles the job at the end."""

    def __init__(self, crawler: Crawler) -> None:
        if not issubclass(crawler.spidercls, DomainSpider):
            raise NotConfigured("The spider does not crawl domains.")
        self._crawler = crawler
        self._job: CrawlJob | None = None
        self._yield_after = crawler.settings.getfloat("YIELD_AFTER")
        self._heart: asyncio.Task[None] | None = None
        crawler.signals.connect(self._opened, job_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make an extension."""
        return cls(crawler)

    def _opened(self, job: CrawlJob) -> None:
        self._job = job
        self._heart = asyncio.ensure_future(self._beat(job))

    async def _beat(self, job: CrawlJob) -> None:
        began = time.monotonic()
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                responses = self._crawler.stats.get_value("response_received_count", 0)
                await job.heartbeat({**counters(self._crawler), "responses": responses})
                if reason := await self._reason_to_stop(job, time.monotonic() - began):
                    self._stop(reason)
                    return
            except (SQLAlchemyError, ScraperSkyError, OSError) as error:
                # The next one may succeed; the crawl itself notices an outage on its own.
                level = logging.DEBUG if is_outage(error) else logging.WARNING
                logger.log(level, "The heartbeat could not be recorded: %s", error)

    async def _reason_to_stop(self, job: CrawlJob, seconds: float) -> str | None:
        if job.is_given_up:
            return "given_up"
        if job.state == JobState.CANCELLED:
            return "cancelled"
        if job.state == JobState.PAUSED:
            return "drained"
        if 0 < self._yield_after <= seconds and await job.should_yield():
            return "yielded"
        return None

    def _stop(self, reason: str) -> None:
        spider = self._crawler.spider
        if isinstance(spider, DomainSpider):
            logger.info("This worker stops: %s.", reason)
            spider.stop(reason)

    async def _closed(self, spider: DomainSpider, reason: str) -> None:
        if self._job is None or self._heart is None:
            return
        self._heart.cancel()
        job, stats = self._job, _plain(self._crawler.stats.get_stats())
        state: JobState | None = None
        why: str | None = None
        try:
            state, why = await wait_out(
                lambda: job.close(reason, spider.fault, counters(self._crawler), stats)
            )
            if state == JobState.FAILED:
                spider.fault = why
            elif state != JobState.RUNNING:  # where others go on, this one's fault is still one
                spider.fault = None
        except (SQLAlchemyError, ScraperSkyError) as error:
            # Not lost: the job still says running, its worker is dead, and -a job=… goes on.
            spider.fault = spider.fault or f"The job's end could not be recorded: {error}"
            why = spider.fault
        await self._crawler.signals.send_catch_log_async(
            job_closed, job=job, state=state, reason=why
        )


def _plain(stats: dict[str, Any]) -> dict[str, Any]:
    """The stats as JSON can hold them."""
    return {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in stats.items()
    }
