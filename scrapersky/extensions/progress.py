"""The crawl as it is seen on a terminal, or in a log."""

import asyncio
import logging
import sys
import time
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler

from scrapersky.crawl.job import CrawlJob, job_closed, job_opened
from scrapersky.crawl.spider import DomainSpider
from scrapersky.crawl.stats import counters
from scrapersky.progress import Meter, Snapshot, summary
from scrapersky.states import JobState

logger = logging.getLogger(__name__)

REDRAW_SECONDS = 0.5


class Progress:
    """A live line and a table on a terminal; else a line a minute, and one at the end."""

    def __init__(self, crawler: Crawler) -> None:
        if not issubclass(crawler.spidercls, DomainSpider):
            raise NotConfigured("The spider does not crawl domains.")
        self._crawler = crawler
        self._meter = Meter()
        self._began = time.monotonic()
        self._job: CrawlJob
        self._task: asyncio.Task[None] | None = None
        self._live: Live | None = None
        self._interval = crawler.settings.getfloat("LOGSTATS_INTERVAL")
        crawler.signals.connect(self._opened, job_opened)
        crawler.signals.connect(self._closing, signals.spider_closed)
        crawler.signals.connect(self._closed, job_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make an extension."""
        return cls(crawler)

    def snapshot(self) -> Snapshot:
        """How far the crawl is now."""
        counts = counters(self._crawler)
        spider = self._crawler.spider
        return Snapshot(
            time=time.monotonic(),
            done=self._job.ended_before + counts.get("done", 0),
            total=self._job.total,
            errors=counts.get("errors", 0),
            contacts=counts.get("contacts", 0),
            listed=counts.get("pages", 0),
            pages=self._crawler.stats.get_value("response_received_count", 0),
            in_flight=spider.in_flight if isinstance(spider, DomainSpider) else 0,
            later=max(counts.get("retries", 0) - counts.get("retried", 0), 0),
        )

    def _opened(self, job: CrawlJob) -> None:
        self._job = job
        self._meter.add(self.snapshot())
        if self._on_terminal():
            self._live = _live_line()
            self._task = asyncio.ensure_future(self._draw(self._live))
        elif self._interval:
            self._task = asyncio.ensure_future(self._say())

    def _on_terminal(self) -> bool:
        settings = self._crawler.settings
        logs_there = settings.getbool("LOG_ENABLED") and not settings.get("LOG_FILE")
        return logs_there and sys.stderr.isatty() and not settings.getbool("LOG_JSON")

    async def _draw(self, live: Live) -> None:
        while True:
            self._meter.add(self.snapshot())
            live.update(Text(self._meter.line(live.console.width), no_wrap=True), refresh=True)
            await asyncio.sleep(REDRAW_SECONDS)

    async def _say(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            self._meter.add(self.snapshot())
            logger.info("%s", self._meter.line())

    def _closing(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if self._live is not None:
            self._live.update("")
            self._live.stop()

    def _closed(self, job: CrawlJob, state: JobState | None, reason: str | None) -> None:
        counts: dict[str, Any] = counters(self._crawler)
        counts["seconds"] = time.monotonic() - self._began
        if self._live is not None:
            console = self._live.console
            table = summary(
                counts,
                job=str(job.id),
                spider=self._crawler.spidercls.name,
                state=state,
                reason=reason,
                width=console.width,
            )
            console.print(table)
            return
        self._meter.add(self.snapshot())
        logger.info("%s", self._meter.line())
        logger.info("Job %s %s%s", job.id, state or "not settled", f": {reason}" if reason else ".")


def _live_line() -> Live:
    """A line that stays below the log."""
    live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
    live.start()
    handler = get_scrapy_root_handler()
    if isinstance(handler, logging.StreamHandler):
        # Through rich, which lifts the line before it prints; sys.stderr is its proxy now.
        handler.setStream(sys.stderr)
    return live
