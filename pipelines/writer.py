"""Batches by count, size or time.

They are tried again while the database is away, and split when it refuses one of their rows.
"""

import asyncio
import logging
from dataclasses import dataclass

import psycopg
from scrapy.crawler import Crawler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.crawl.spider import DomainSpider
from scrapersky.db import endings
from scrapersky.db.endings import Record, Written
from scrapersky.db.outage import DatabaseGoneError, wait_out
from scrapersky.db.session import session_factory
from scrapersky.items import DomainItem, Ending, SitemapsItem
from scrapersky.outcomes import OUTCOMES, ErrorCode
from scrapersky.states import DomainStatus

logger = logging.getLogger(__name__)

LANES = 2
"""Batches that are written at once: while one waits for the server, the next is on its way. No two
hold a row in common but the job's, which each writes last."""


@dataclass(slots=True, eq=False)
class _Waiting:
    ending: Ending
    record: Record
    committed: asyncio.Future[Ending]


class BatchWriter:
    """Collects endings and writes them, one transaction a batch."""

    def __init__(
        self, crawler: Crawler, sessions: async_sessionmaker[AsyncSession] | None = None
    ) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._sessions = sessions or session_factory()
        # Half of the domains in flight: the other half goes on while these wait for their commit.
        self._count = min(
            settings.getint("BATCH_COUNT"), max(settings.getint("DOMAINS_IN_FLIGHT") // 2, 1)
        )
        self._bytes = settings.getint("BATCH_BYTES")
        self._seconds = settings.getfloat("BATCH_SECONDS")
        self._waiting: list[_Waiting] = []
        self._size = 0
        self._due = asyncio.Event()
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._lanes = asyncio.Semaphore(LANES)
        self._writing: set[asyncio.Task[None]] = set()

    async def write(self, ending: Ending) -> Ending:
        """Waits until the ending is committed.

        Returns:
            The ending as it was written: an error of the code `unwritable`, where the database
            refused what was found.

        Raises:
            DatabaseGoneError: the database stayed away for too long.
        """
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        while self._size > 2 * self._bytes:
            self._room.clear()
            await self._room.wait()
        loop = asyncio.get_running_loop()
        waiting = _Waiting(*_prepared(ending), loop.create_future())
        self._waiting.append(waiting)
        self._size += waiting.record.size
        if len(self._waiting) == 1:
            loop.call_later(self._seconds, self._due.set)
        if len(self._waiting) >= self._count or self._size >= self._bytes:
            self._due.set()
        return await waiting.committed

    def close(self) -> None:
        """Ends the task that writes."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            batch, self._waiting = self._waiting, []
            self._size = 0
            self._room.set()
            if batch:
                await self._lanes.acquire()
                task = asyncio.ensure_future(self._write(batch))
                self._writing.add(task)
                task.add_done_callback(self._written)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writing.discard(task)
        self._lanes.release()

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            written = await wait_out(lambda: self._transaction(batch))
        except DatabaseGoneError as error:
            await self._lose(batch, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            await self._split(batch, error)
        else:
            self._tell(batch, written)

    async def _transaction(self, batch: list[_Waiting]) -> Written:
        async with self._sessions.begin() as session:
            return await endings.write(session, [waiting.record for waiting in batch])

    async def _split(self, batch: list[_Waiting], error: Exception) -> None:
        """The database refuses something in the batch: halve it until that stands alone."""
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
            return
        waiting = batch[0]
        domain = waiting.ending.domain
        about = {"domain": domain}
        logger.warning("The database refuses %s: %s", domain, _brief(error), extra=about)
        substitute = _unwritable(waiting.ending, error)
        if substitute is None:
            logger.error("%s cannot be written at all.", domain, extra=about)
            if not waiting.committed.done():
                waiting.committed.set_exception(error)
            return
        waiting.ending, waiting.record = _prepared(substitute)
        await self._write([waiting])

    async def _lose(self, batch: list[_Waiting], error: DatabaseGoneError) -> None:
        for waiting in batch:
            if not waiting.committed.done():
                waiting.committed.set_exception(error)
        if isinstance(self._crawler.spider, DomainSpider):
            await self._crawler.spider.give_up("database_gone", error)

    def _tell(self, batch: list[_Waiting], written: Written) -> None:
        stats = self._crawler.stats
        stats.inc_value("scrapersky/batches")
        stats.inc_value("scrapersky/rows_written", written.domains + written.contacts)
        stats.inc_value("scrapersky/rows_unchanged", written.unchanged)
        for waiting in batch:
            if not waiting.committed.done():  # who waited may have been cancelled
                waiting.committed.set_result(waiting.ending)


def _prepared(ending: Ending) -> tuple[Ending, Record]:
    try:
        return ending, endings.prepare(ending)
    except TypeError as error:
        substitute = _unwritable(ending, error)
        if substitute is None:
            raise
        return substitute, endings.prepare(substitute)


def _unwritable(ending: Ending, error: Exception) -> Ending | None:
    """The same ending with nothing of the site in it; None when that was refused already."""
    if ending.error_code == ErrorCode.UNWRITABLE or isinstance(ending, SitemapsItem):
        return None
    return DomainItem(
        domain=ending.domain,
        domain_id=ending.domain_id,
        job=ending.job,
        attempt=ending.attempt,
        crawled_at=ending.crawled_at,
        status=DomainStatus.ERROR,
        error_code=ErrorCode.UNWRITABLE,
        error_message=f"{OUTCOMES[ErrorCode.UNWRITABLE].meaning} ({_brief(error)})",
    )


def _brief(error: Exception) -> str:
    """What the server said, without the statement, its parameters and the row."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    primary = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
    return " ".join((primary or str(cause)).split())[:300]
