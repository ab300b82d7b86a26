"""The crawl's own numbers among Scrapy's stats."""

from typing import Any

from scrapy.crawler import Crawler

PREFIX = "scrapersky/"


def counters(crawler: Crawler) -> dict[str, Any]:
    """What the crawl counted so far, by names without the prefix."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in crawler.stats.get_stats().items()
        if name.startswith(PREFIX)
    }
