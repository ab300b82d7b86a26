"""The pipeline of what comes before an ending: sitemaps, and the pages in them."""

from dataclasses import replace
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.parts import PartWriter
from scrapersky.items import Ending, PagesItem, Part, SitemapFileItem, SitemapsItem
from scrapersky.outcomes import OUTCOMES, ErrorCode
from scrapersky.states import FileOutcome

NO_END = frozenset({FileOutcome.LISTED, FileOutcome.BEGUN})
"""After these something else happens to the file."""


class SitemapPipeline:
    """Hands parts to their writer. An ending leaves here when all parts before it are committed."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._writer = PartWriter(crawler)
        self._open: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a pipeline."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """The ending, as it may be written. Parts end here."""
        if isinstance(item, Part):
            await self._take(item)
            raise DropItem(f"a part of {item.domain} is on its way", log_level="DEBUG")
        is_ours = isinstance(item, Ending) and item.domain_id in self._open
        return await self._end(item) if is_ours or isinstance(item, SitemapsItem) else item

    def close_spider(self) -> None:
        """Nothing waits any more: the engine closes pipelines after the last item has left."""
        self._writer.close()

    async def _take(self, part: Part) -> None:
        self._open.add(part.domain_id)
        self._count(part)
        try:
            await self._writer.put(part)
        except Exception as error:
            raise DropItem(f"a part of {part.domain} was not written") from error

    async def _end(self, ending: Ending) -> Ending:
        self._open.discard(ending.domain_id)
        try:
            await self._writer.drain(ending)
        except Exception as error:
            raise DropItem(f"{ending.domain} was not written") from error
        refused = self._writer.refused.pop(ending.domain_id, None)
        if refused is None or not isinstance(ending, SitemapsItem):
            return ending
        return replace(
            ending,
            error_code=ErrorCode.UNWRITABLE,
            error_message=OUTCOMES[ErrorCode.UNWRITABLE].meaning,
        )

    def _count(self, part: Part) -> None:
        if isinstance(part, PagesItem):
            self._stats.inc_value("scrapersky/pages", len(part.pages))
        elif isinstance(part, SitemapFileItem) and part.outcome not in NO_END:
            self._stats.inc_value("scrapersky/sitemaps")
            self._stats.inc_value(f"scrapersky/sitemaps_{part.outcome}")
