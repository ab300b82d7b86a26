"""CPU of sharing a job through Redis, and of scrapy-redis as it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median

from redis import Redis

from benchmarks.crawls import Kind, crawl
from benchmarks.frontier_job import crawl_environment, rows
from benchmarks.process import BenchmarkError, environment, measure, python
from benchmarks.redis_server import RedisServerProcess
from benchmarks.row import Row, Target
from benchmarks.stage import Stage

THEIRS = "bare_redis"
"""The name of scrapy-redis' spider, by which its keys begin."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """One crawl, by what PostgreSQL says of it."""

    cpu: float
    """Seconds of the worker."""
    seconds: float
    """From the first ending to the last."""
    calls: int
    """To Redis."""


def frontier_cost(stage: Stage, redis: RedisServerProcess) -> Iterator[Row]:
    """Four crawls a round, of two sizes each: ours with Redis and without, theirs likewise."""
    calls: list[int] = []

    def ours(domains: int, redis_url: str | None = None) -> float:
        crawled = recording_crawl(stage, domains, redis_url)
        if redis_url:
            calls.append(crawled.calls)
        return crawled.cpu

    kinds: dict[str, Callable[[int], float]] = {
        "alone": ours,
        "shared": partial(ours, redis_url=redis.url),
        "bare": lambda domains: crawl(stage, Kind("bare"), domains).cpu,
        THEIRS: lambda domains: _scrapy_redis(stage, redis, domains),
    }
    taken: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(stage.sizes.rounds):
        # Forth and back: whatever warms up or tires meanwhile favours neither.
        for name in list(kinds) if number % 2 == 0 else reversed(kinds):
            taken[name].append(_per_domain(stage, kinds[name]))
    yield Row(
        name="frontier_cpu",
        value=median(taken["shared"]),
        unit="ms",
        meaning="CPU of the crawl's process a domain, with Redis; without extraction",
        baseline=median(taken["alone"]),
        baseline_name="the same without",
        paired=_paired(taken["shared"], taken["alone"]),
        target=Target(1.05),
    )
    yield Row(
        name="frontier_scrapy_redis",
        value=median(taken[THEIRS]),
        unit="ms",
        meaning="CPU of a bare spider with scrapy-redis as it stands, a domain",
        baseline=median(taken["bare"]),
        baseline_name="the same without",
        paired=_paired(taken[THEIRS], taken["bare"]),
    )
    yield Row(
        name="frontier_calls",
        value=max(calls) / stage.sizes.slope[1],
        unit="calls",
        meaning="to Redis, a domain",
        target=Target(0.1),
    )


def _per_domain(stage: Stage, run: Callable[[int], float]) -> float:
    small, large = stage.sizes.slope
    return (run(large) - run(small)) * 1000 / (large - small)


def _paired(ours: list[float], theirs: list[float]) -> float:
    return median(our / their for our, their in zip(ours, theirs, strict=True))


def recording_crawl(stage: Stage, domains: int, redis_url: str | None) -> Crawled:
    """A crawl of the generated web by one worker, without extraction."""
    list_, web = stage.domain_list(domains), stage.web.connect_to
    command = python("scrapy", "crawl", "recording", "-a", f"file={list_}", "-a", "scheme=http")
    with stage.database() as url:
        usage = measure(
            [*command, "-s", "SPIDER_MODULES=benchmarks.spiders"],
            crawl_environment(url, redis_url, web),
        )
        [(done, seconds)] = rows(
            url,
            "SELECT count(*), extract(epoch FROM max(ended_at) - min(ended_at))"
            " FROM job_targets WHERE state = 'completed'",
        )
        [(calls,)] = rows(
            url, "SELECT coalesce((stats->>'scrapersky/frontier/calls')::int, 0) FROM job_workers"
        )
    if done != domains:
        raise BenchmarkError(f"Of {domains} domains {done} ended well.")
    kind = "with Redis" if redis_url else "without Redis"
    stage.say(f"{kind}: {domains:,} domains, {usage.cpu:.2f} s of CPU, {seconds:.1f} s")
    return Crawled(usage.cpu, float(seconds), calls)


def _scrapy_redis(stage: Stage, redis: RedisServerProcess, domains: int) -> float:
    urls = [f"http://{name}/" for name in stage.domain_list(domains).read_text("utf-8").split()]
    with Redis.from_url(redis.url) as client:
        client.flushall()
        client.rpush(f"{THEIRS}:start_urls", *(f'{{"url": "{url}"}}' for url in urls))
        usage = measure(
            [*python("scrapy", "crawl", THEIRS), "-s", f"REDIS_URL={redis.url}"],
            environment(
                SCRAPY_SETTINGS_MODULE="benchmarks.bare_redis_settings",
                SCRAPERSKY_CONNECT_TO=stage.web.connect_to,
            ),
        )
        fetched = int(client.get(f"{THEIRS}:fetched") or 0)
        client.flushall()
    if fetched != domains:
        raise BenchmarkError(f"Of {domains} domains scrapy-redis fetched {fetched}.")
    stage.say(f"scrapy-redis: {domains:,} domains, {usage.cpu:.2f} s of CPU, {usage.wall:.1f} s")
    return usage.cpu
