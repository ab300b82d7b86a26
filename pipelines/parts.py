"""Parts of domains, in the order in which they came: sitemaps, and the pages in them."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from scrapy.crawler import Crawler

from scrapersky.crawl.spider import DomainSpider
from scrapersky.db import pages, sitemap_files
from scrapersky.db.outage import DatabaseGoneError, wait_out
from scrapersky.db.session import driver_connection, session_factory
from scrapersky.items import Ending, PagesItem, Part, SitemapFileItem, SitemapsItem
from scrapersky.states import FileOutcome

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Waiting:
    item: Part | Ending
    packed: list[bytes]
    """Of pages: their rows. The item has none any more."""
    committed: asyncio.Future[None] | None = None
    """Of an ending: who waits for it."""

    @property
    def weight(self) -> int:
        return 1 + len(self.packed)

    @property
    def empties_a_file(self) -> bool:
        """Whether pages may leave their file with it."""
        return isinstance(self.item, SitemapFileItem) and self.item.listed is not None


class PartWriter:
    """Writes parts in their order, many in a transaction.

    A part waits for room only, so a slow database slows whoever reads them. An ending waits until
    all before it is committed.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("BATCH_PAGES")
        self._seconds = crawler.settings.getfloat("BATCH_SECONDS")
        self._waiting: deque[_Waiting] = deque()
        self._weight = 0
        self._due = asyncio.Event()
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._gone: DatabaseGoneError | None = None
        self.refused: dict[str, Exception] = {}
        """By id the domains of which the database refuses a part: what is known of them is not
        whole."""

    async def put(self, part: Part) -> None:
        """Waits until there is room for the part.

        Raises:
            DatabaseGoneError: the database stayed away for too long.
        """
        while self._weight >= self._most and self._gone is None:
            self._room.clear()
            await self._room.wait()
        packed = pages.pack(part) if isinstance(part, PagesItem) else []
        if isinstance(part, PagesItem):
            part.pages = []
        self._add(_Waiting(part, packed))

    async def drain(self, ending: Ending) -> None:
        """Waits until all that came before the ending is committed, and its own part with it.

        Raises:
            DatabaseGoneError: the database stayed away for too long.
        """
        committed = asyncio.get_running_loop().create_future()
        self._add(_Waiting(ending, [], committed))
        self._due.set()
        await committed

    def close(self) -> None:
        """Ends the task that writes."""
        if self._task is not None:
            self._task.cancel()

    def _add(self, waiting: _Waiting) -> None:
        if self._gone is not None:
            raise self._gone
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        self._waiting.append(waiting)
        self._weight += waiting.weight
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(self._seconds, self._due.set)
        if self._weight >= self._most:
            self._due.set()

    async def _run(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            batch = self._take()
            self._room.set()
            if self._waiting:
                self._due.set()
            if batch:
                await self._write(batch)

    def _take(self) -> list[_Waiting]:
        """What can go in one transaction, kind by kind, as if it went one by one.

        Pages that leave a file do so after those that the batch brings: so nothing more of the same
        domain may follow in it.
        """
        batch: list[_Waiting] = []
        emptied: set[str] = set()
        while self._waiting and self._waiting[0].item.domain_id not in emptied:
            waiting = self._waiting.popleft()
            self._weight -= waiting.weight
            batch.append(waiting)
            if waiting.empties_a_file:
                emptied.add(waiting.item.domain_id)
        return batch

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            written, gone = await wait_out(lambda: self._transaction(batch))
        except DatabaseGoneError as error:
            await self._give_up(batch, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            await self._split(batch, error)
        else:
            self._tell(batch, written, gone)

    async def _transaction(self, batch: Sequence[_Waiting]) -> tuple[pages.Written, int]:
        files = [each.item for each in batch if isinstance(each.item, SitemapFileItem)]
        seen = [file for file in files if file.outcome != FileOutcome.READ]
        read = [file for file in files if file.outcome == FileOutcome.READ]
        packed = [each.packed for each in batch if each.packed]
        ends = [each.item for each in batch if isinstance(each.item, SitemapsItem)]
        written, gone = pages.Written(0, 0), 0
        if not (files or packed or ends):  # a later pass has nothing to say here
            return written, gone
        async with session_factory().begin() as session:
            connection = await driver_connection(session)
            if seen:
                await sitemap_files.write_seen(connection, seen)
            if packed:
                written = await pages.write(connection, packed)
            for file in read:
                if file.listed is not None:
                    await pages.leave(connection, file)
            if read:
                await sitemap_files.write_read(connection, read)
            # Sorted: two workers then wait for each other instead of deadlocking.
            for ending in sorted(ends, key=lambda each: each.domain_id):
                if ending.domain_id in self.refused:
                    ending.is_complete = False
                gone += await pages.finish(connection, ending)
        return written, gone

    async def _split(self, batch: list[_Waiting], error: Exception) -> None:
        """The database refuses something in the batch: halve it until that stands alone."""
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
            return
        waiting = batch[0]
        if len(waiting.packed) > 1:
            middle = len(waiting.packed) // 2
            await self._write([_Waiting(waiting.item, waiting.packed[:middle])])
            await self._write([_Waiting(waiting.item, waiting.packed[middle:])])
            return
        domain = waiting.item.domain
        logger.error(
            "The database refuses a part of %s: %s", domain, error, extra={"domain": domain}
        )
        self.refused[waiting.item.domain_id] = error
        self._tell(batch, pages.Written(0, 0), 0)

    async def _give_up(self, batch: list[_Waiting], error: DatabaseGoneError) -> None:
        self._gone = error
        for waiting in (*batch, *self._waiting):
            if waiting.committed is not None and not waiting.committed.done():
                waiting.committed.set_exception(error)
        self._waiting.clear()
        self._room.set()
        if isinstance(self._crawler.spider, DomainSpider):
            await self._crawler.spider.give_up("database_gone", error)

    def _tell(self, batch: list[_Waiting], written: pages.Written, gone: int) -> None:
        stats = self._crawler.stats
        stats.inc_value("scrapersky/rows_written", written.pages + gone)
        stats.inc_value("scrapersky/rows_unchanged", written.unchanged)
        stats.inc_value("scrapersky/page_rows", written.pages)
        stats.inc_value("scrapersky/gone", gone)
        for waiting in batch:
            if waiting.committed is not None and not waiting.committed.done():
                waiting.committed.set_result(None)
