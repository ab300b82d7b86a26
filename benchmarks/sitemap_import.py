"""An index of gzipped sitemaps, from end to end: CPU and memory of the crawl's process."""

from collections.abc import Iterator

import psycopg

from benchmarks.process import BenchmarkError, Usage, environment, measure, python
from benchmarks.row import Row, Target
from benchmarks.sitemap_web import DOMAIN, sitemap_web
from benchmarks.stage import Stage

MEMORY_LIMIT = 300
"""Megabytes."""
ROWS_A_SECOND = 60_000
"""Of the crawl's CPU, its start-up included."""


def sitemap_import(stage: Stage) -> Iterator[Row]:
    """A first crawl, and a second that finds nothing new."""
    files, urls = stage.sizes.sitemap
    count = files * urls
    with sitemap_web(files, urls) as connect_to, stage.database() as url:
        first = _crawl(stage, connect_to, url, expected=(count, count))
        second = _crawl(stage, connect_to, url, expected=(count, 0))
    yield Row(
        name="sitemap_import",
        value=count / first.cpu,
        unit="rows/s",
        meaning=f"pages a second of the crawl's CPU, {files} gzipped files of {urls:,}",
        target=Target(ROWS_A_SECOND, is_floor=True),
    )
    yield Row(
        name="sitemap_memory",
        value=first.memory,
        unit="MB",
        meaning=f"resident memory at the peak, {count:,} pages",
        target=Target(MEMORY_LIMIT),
    )
    yield Row(
        name="sitemap_again",
        value=second.cpu,
        unit="s",
        meaning="CPU of a second crawl that finds nothing new, its start-up included",
        baseline=first.cpu,
        baseline_name="the first crawl",
    )


def _crawl(stage: Stage, connect_to: str, url: str, *, expected: tuple[int, int]) -> Usage:
    """Expected are the rows of `pages` afterwards, and how many of them were written."""
    usage = measure(
        python("scrapy", "crawl", "sitemap", "-a", f"domains={DOMAIN}"),
        environment(
            SCRAPY_SETTINGS_MODULE="scrapersky.settings",
            SCRAPERSKY_CONNECT_TO=connect_to,
            DATABASE_URL=url,
        ),
        watched=True,
    )
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(DISTINCT url) FROM pages WHERE gone_at IS NULL),"
            " (SELECT (counters->>'page_rows')::int FROM job_workers ORDER BY id DESC LIMIT 1)"
        ).fetchone()
    if found != expected:
        raise BenchmarkError(f"Pages and rows written should be {expected}, but are {found}.")
    stage.say(
        f"{expected[0]:,} pages, {expected[1]:,} rows written: {usage.cpu:.2f} s of CPU,"
        f" {usage.wall:.1f} s, {usage.memory:.0f} MB"
    )
    return usage
