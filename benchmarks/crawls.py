"""Crawls as processes, each into a fresh database."""

from dataclasses import dataclass

import psycopg

from benchmarks.process import BenchmarkError, Usage, environment, measure, python
from benchmarks.stage import Stage


@dataclass(frozen=True, slots=True)
class Kind:
    """A crawl to be measured."""

    spider: str
    """bare, recording or extracting."""
    scheme: str = "http"

    def __str__(self) -> str:
        return f"{self.spider} over {self.scheme}"


def crawl(stage: Stage, kind: Kind, domains: int) -> Usage:
    """Crawls the first domains of the web, all of which must end well."""
    run = _bare if kind.spider == "bare" else _scrapersky
    usage = run(stage, kind, domains)
    stage.say(f"{kind}: {domains:,} domains, {usage.cpu:.2f} s of CPU, {usage.wall:.1f} s")
    return usage


def _bare(stage: Stage, kind: Kind, domains: int) -> Usage:
    return measure(
        _command(stage, kind, domains),
        environment(
            SCRAPY_SETTINGS_MODULE="benchmarks.bare_settings",
            SCRAPERSKY_CONNECT_TO=stage.web.connect_to,
        ),
        watched=True,
    )


def _scrapersky(stage: Stage, kind: Kind, domains: int) -> Usage:
    with stage.database() as url:
        usage = measure(
            [*_command(stage, kind, domains), "-s", "SPIDER_MODULES=benchmarks.spiders"],
            environment(
                SCRAPY_SETTINGS_MODULE="scrapersky.settings",
                SCRAPERSKY_CONNECT_TO=stage.web.connect_to,
                DATABASE_URL=url,
            ),
            watched=True,
        )
        with psycopg.connect(url) as connection:
            done = connection.execute("SELECT targets_completed FROM jobs").fetchall()
    if done != [(domains,)]:
        raise BenchmarkError(f"Of {domains} domains {done} ended well.")
    return usage


def _command(stage: Stage, kind: Kind, domains: int) -> list[str]:
    arguments = ("-a", f"file={stage.domain_list(domains)}", "-a", f"scheme={kind.scheme}")
    return python("scrapy", "crawl", kind.spider, *arguments)
