"""The base of all spiders: domains are leased, visited, and ended, each exactly once."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

if TYPE_CHECKING:  # which has no types of its own
    from scrapy import Spider as RedisSpider
else:
    from scrapy_redis.spiders import RedisSpider

from scrapersky.arguments import CrawlArguments, parse_arguments
from scrapersky.crawl.failures import SiteError, WorkerFaultError, site_error
from scrapersky.crawl.job import CrawlJob, job_opened
from scrapersky.crawl.visit import Visit
from scrapersky.db.outage import DatabaseGoneError
from scrapersky.domains import politeness_key
from scrapersky.errors import FrontierError, ScraperSkyError, refuse
from scrapersky.frontier.base import Frontier, Lease
from scrapersky.frontier.feed import FeedKeys
from scrapersky.frontier.server import RedisServer
from scrapersky.frontier.terms import Terms
from scrapersky.items import Ending, Part, RetryItem
from scrapersky.outcomes import OUTCOMES, ErrorCode

logger = logging.getLogger(__name__)

LOST_LIMIT = 100
"""Endings that the database may refuse altogether: after so many it is not the rows' fault."""


class DomainSpider(RedisSpider):
    """One request a domain leaves `start()`; its callback, a coroutine, does all the rest.

    A scrapy-redis spider by its settings and its connection. What that takes from Redis when it is
    idle, and pops, this leases in `start()`.

    Subclasses say what to do with a domain in `crawl`, and what to yield when that fails in
    `error_item`.
    """

    arguments_model: ClassVar[type[CrawlArguments]] = CrawlArguments
    frontier: Frontier
    job: CrawlJob

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name)
        self._asked_for = _uuid(arguments.pop("_job", None))
        try:
            self.arguments = parse_arguments(self.arguments_model, arguments)
        except ScraperSkyError as error:
            refuse(error)
        self.fault: str | None = None
        """Why the crawl, not a domain, failed: the process then leaves with status 1."""
        self._visits: dict[str, Visit] = {}
        self._lost = 0
        self._leases: deque[Lease] = deque()

    def _set_crawler(self, crawler: Crawler) -> None:
        super()._set_crawler(crawler)
        self._places = self.settings.getint("DOMAINS_IN_FLIGHT")
        self._free = asyncio.Semaphore(self._places)
        self._time_limit = self.settings.getfloat("DOMAIN_TIME_LIMIT")
        self._attempts = self.settings.getint("RETRY_ATTEMPTS")
        self._retry_delay = self.settings.getfloat("RETRY_DELAY")
        self._retry_after_limit = self.settings.getfloat("RETRY_AFTER_LIMIT")
        self._expiries = self.settings.getint("LEASE_EXPIRIES")
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(self._item_left, signal)
        crawler.signals.connect(self._release, signals.spider_closed)

    def setup_redis(self, crawler: Crawler | None = None) -> None:
        """Nothing yet: the connection belongs to the event loop in which `start()` runs."""

    @property
    def in_flight(self) -> int:
        """Domains begun and not ended."""
        return len(self._visits)

    # --- what a subclass says ---------------------------------------------------------------

    def first_url(self, domain: str) -> str:
        """The URL with which a visit begins."""
        return f"https://{domain}/"

    def crawl(self, visit: Visit, first: Response | SiteError) -> AsyncIterator[Part | Ending]:
        """Everything about one domain, from the answer to its first URL on.

        Yields items, at last one `Ending`; raises `SiteError` to end the visit with that.
        """
        raise NotImplementedError

    def error_item(self, visit: Visit, error: SiteError) -> Ending:
        """The terminal item of a domain that failed for good."""
        raise NotImplementedError

    # --- requests ---------------------------------------------------------------------------

    async def fetch(self, visit: Visit, url: str) -> Response:
        """Another page of the visit.

        Raises:
            SiteError: there is none to be had.
        """
        try:
            return await self.crawler.engine.download_async(
                Request(url, dont_filter=True, meta={"visit": visit})
            )
        except Exception as error:
            raise site_error(error) from error

    async def start(self) -> AsyncIterator[Any]:
        """Leases domains as fast as visits end, and yields one request for each."""
        try:
            server = RedisServer.from_settings(self.settings)
            if server is not None:
                await server.check()
            job = await CrawlJob.open(self.name, self.arguments, server, self._asked_for)
            if job is None:
                return
            self.job = job
            self.frontier = job.frontier(self._terms(), self.crawler.stats.inc_value)
            await self.crawler.signals.send_catch_log_async(job_opened, job=job)
            while visit := await self._next_visit():
                yield self._begin(visit)
        except asyncio.CancelledError:  # a signal: what was not begun can be another's at once
            await asyncio.shield(self._stop_leasing())
            raise
        except DatabaseGoneError as error:
            await self.give_up("database_gone", error)
        except FrontierError as error:
            await self.give_up("redis_gone", error)
        except ScraperSkyError as error:
            refuse(error)

    def _terms(self) -> Terms:
        return Terms(
            lease_seconds=self.settings.getfloat("LEASE_SECONDS"),
            window=self.settings.getint("FRONTIER_WINDOW"),
            prefetch=max(self._places // 2, 1),
            rate=self.job.rate,
            feed=FeedKeys.of(self.settings, self.name) if self.job.is_standing else None,
        )

    def _begin(self, visit: Visit) -> Request | Ending:
        if visit.lease.expiries >= self._expiries:
            visit.ended = True
            return self.error_item(visit, SiteError(ErrorCode.POISON))
        return Request(
            self.first_url(visit.lease.domain),
            callback=self._visit,
            errback=self._visit,
            dont_filter=True,
            meta={"visit": visit},
        )

    async def _next_visit(self) -> Visit | None:
        await self._free.acquire()
        # True while the engine closes, too: then this waits until it is cancelled.
        while self.crawler.engine.needs_backout():  # noqa: ASYNC110 - Scrapy has no event for it
            await asyncio.sleep(0.05)
        lease = await self._next_lease()
        if lease is None:
            return None
        visit = Visit(lease, self._time_limit)
        self._visits[str(visit.lease.domain_id)] = visit
        self.crawler.stats.max_value("scrapersky/in_flight_max", len(self._visits))
        return visit

    async def _next_lease(self) -> Lease | None:
        while True:
            if not self._leases:
                # What is leased counts as begun: no more than can begin now.
                free = self._places - len(self._visits)
                self._leases.extend(await self.frontier.lease(free))
            if not self._leases:
                return None
            lease = self._leases.popleft()
            if await self.frontier.holds(lease):
                return lease

    # --- one visit --------------------------------------------------------------------------

    async def _visit(self, outcome: Response | Failure) -> AsyncIterator[Part | Ending]:
        """Callback and errback at once. Whatever happens in here, one `Ending` comes out."""
        visit: Visit = outcome.request.meta["visit"]  # type: ignore[union-attr]
        try:
            first = _outcome(outcome)
            async for item in visit.timed(self.crawl(visit, first)):
                if isinstance(item, Ending) and not await self._ends(visit):
                    return
                yield item
            if not visit.ended and await self._ends(visit):
                yield self._failed(visit, RuntimeError("The spider yielded no Ending."))
        except WorkerFaultError as error:
            await self._give_back(visit)
            await self.give_up("worker_fault", error)
        except Exception as error:  # noqa: BLE001 - the guard: an unended visit would stay for ever
            if not visit.ended and await self._ends(visit):
                yield self._failed(visit, error)

    async def _ends(self, visit: Visit) -> bool:
        """Whether an `Ending` may be yielded: not when another worker has taken the domain over."""
        visit.ended = True
        if await self.frontier.holds(visit.lease):
            return True
        self._forget(visit)
        return False

    def _failed(self, visit: Visit, error: Exception) -> Ending:
        if isinstance(error, TimeoutError):
            error = SiteError(ErrorCode.TIME_LIMIT)
        elif not isinstance(error, SiteError):
            domain = visit.lease.domain
            logger.error("A fault of ours at %s", domain, exc_info=error, extra={"domain": domain})
            error = SiteError(ErrorCode.INTERNAL, repr(error)[:500])
        attempt = visit.lease.attempts + 1
        pause = max(self._retry_delay * 2 ** (attempt - 1), visit.retry_after)
        is_worth_it = attempt < self._attempts and visit.retry_after <= self._retry_after_limit
        if not OUTCOMES[error.code].transient or not is_worth_it:
            return self.error_item(visit, error)
        return RetryItem(
            **self.facts(visit),
            error_code=error.code,
            error_message=error.message,
            retry_after=pause,
        )

    def facts(self, visit: Visit) -> dict[str, Any]:
        """What every ending of the visit says."""
        return {
            "job": str(self.job.id),
            "domain": visit.lease.domain,
            "domain_id": str(visit.lease.domain_id),
            "attempt": visit.lease.attempts + 1,
            "crawled_at": visit.crawled_at,
        }

    # --- ends -------------------------------------------------------------------------------

    async def _item_left(self, item: Any, signal: Any, exception: Any = None) -> None:
        """An item has left the pipelines: when it is an ending, its visit is over."""
        if not isinstance(item, Ending):
            return
        visit = self._visits.get(item.domain_id)
        if visit is None:
            return
        # A retry is dropped when it is written; what could not be written is dropped for a cause.
        put_off = isinstance(item, RetryItem) and getattr(exception, "__cause__", None) is None
        if signal is signals.item_error or (signal is signals.item_dropped and not put_off):
            await self._give_back(visit)
            self._lost += 1
            if self._lost == LOST_LIMIT:
                await self.give_up("unwritable", RuntimeError(f"{LOST_LIMIT} endings were lost."))
            return
        rest = self._delay(visit)
        self._forget(visit)
        self.frontier.ended(visit.lease, rest)

    def _delay(self, visit: Visit) -> float:
        """Seconds for which no worker may ask the site again."""
        slot = self.crawler.engine.downloader.slots.get(politeness_key(visit.lease.domain))
        return slot.delay if slot is not None else self.settings.getfloat("DOWNLOAD_DELAY")

    async def _give_back(self, visit: Visit) -> None:
        self._forget(visit)
        await self.frontier.release([visit.lease])

    def _forget(self, visit: Visit) -> None:
        if self._visits.pop(str(visit.lease.domain_id), None):
            self._free.release()
            self._drop_slot(politeness_key(visit.lease.domain))

    def _drop_slot(self, key: str) -> None:
        """Frees the domain's download slot, which Scrapy keeps for a minute or two: 2.5 KB each.

        Where there is a delay it stays: it knows when the next request may be sent.
        """
        slots = self.crawler.engine.downloader.slots
        slot = slots.get(key)
        if slot is not None and not slot.active and not slot.delay:
            slots.pop(key).close()

    async def _stop_leasing(self) -> None:
        if hasattr(self, "frontier"):
            unbegun = list(self._leases)
            self._leases.clear()
            await self.frontier.stop(unbegun)

    async def _release(self) -> None:
        """The spider closes: what was leased and has not ended goes back."""
        if not hasattr(self, "frontier"):
            return
        await self._stop_leasing()
        left = [visit.lease for visit in self._visits.values()]
        if left:
            await self.frontier.release(left)
        await self.frontier.close()

    def stop(self, reason: str) -> None:
        """Ends this worker's part: what is in flight ends, the rest goes back."""
        self._closing = asyncio.ensure_future(self._stop(reason))

    async def _stop(self, reason: str) -> None:
        await self._stop_leasing()
        await self.crawler.engine.close_spider_async(reason=reason)

    async def give_up(self, reason: str, error: Exception) -> None:
        """Stops the crawl, because it and not a domain is at fault."""
        if self.fault is None:
            self.fault = str(error)
            logger.error("The crawl stops: %s", error)
            # Not awaited: it waits for the visits, and this may be one.
            self.stop(reason)


def _uuid(text: str | None) -> UUID | None:
    """Scrapyd's id of the process, where it can be one that the API gave."""
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None


def _outcome(outcome: Response | Failure) -> Response | SiteError:
    if isinstance(outcome, Failure):
        return site_error(outcome.value or RuntimeError("a failure without an exception"))
    return outcome
