"""The last pipeline: endings go to PostgreSQL, and wait until they are committed."""

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.writer import BatchWriter
from scrapersky.items import DomainItem, Ending, RetryItem


class PostgresPipeline:
    """Hands items to the writer. An ending leaves here committed, or not at all."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._writer = BatchWriter(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a pipeline."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """The item as it was written."""
        if not isinstance(item, Ending):
            return item
        try:
            written = await self._writer.write(item)
        except Exception as error:
            # The writer has said why. The target stays pending: whoever drops an ending gives its
            # lease back.
            raise DropItem(f"{item.domain} was not written") from error
        self._count(written)
        if isinstance(written, RetryItem):
            raise DropItem(f"{item.domain} gets a later pass", log_level="DEBUG")
        return written

    def close_spider(self) -> None:
        """Nothing waits any more: the engine closes pipelines after the last item has left."""
        self._writer.close()

    def _count(self, ending: Ending) -> None:
        stats = self._crawler.stats
        if ending.attempt > 1:
            stats.inc_value("scrapersky/retried")
        if isinstance(ending, RetryItem):
            stats.inc_value("scrapersky/retries")
            return
        stats.inc_value("scrapersky/done")
        if ending.error_code is not None:
            stats.inc_value("scrapersky/errors")
            stats.inc_value(f"scrapersky/error/{ending.error_code}")
            if f"scrapersky/example/{ending.error_code}" not in stats.get_stats():
                stats.set_value(f"scrapersky/example/{ending.error_code}", ending.domain)
        if isinstance(ending, DomainItem):
            stats.inc_value("scrapersky/contacts", len(ending.contacts))
