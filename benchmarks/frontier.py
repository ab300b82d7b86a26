"""What it costs to share a job through Redis, and how soon things happen there."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

from redis import Redis

from benchmarks.delay import delayed
from benchmarks.frontier_cost import frontier_cost, recording_crawl
from benchmarks.frontier_job import crawl_environment, rows
from benchmarks.process import ROOT, BenchmarkError, python
from benchmarks.redis_server import RedisServerProcess, redis_server
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Site, Slow, Web, page

HOME = page("<title>A shop</title><p>All sorts of things</p>")
WAITING = 50_000
LATENCY_SECONDS = 0.05


def frontier(stage: Stage) -> Iterator[Row]:
    """CPU, calls, memory, latency, and how long nothing happens."""
    with redis_server() as redis:
        yield from frontier_cost(stage, redis)
        yield _memory(redis)
        yield _latency(stage, redis)
        yield _convoy(stage, redis)
        yield _added(stage, redis)


def _memory(redis: RedisServerProcess) -> Row:
    with Redis.from_url(redis.url) as client:
        client.flushall()
        before = _used(client)
        pipe = client.pipeline(transaction=False)
        for number in range(WAITING):
            pipe.xadd("stream", {"d": f"company-no-{number}.example.com"})
        pipe.execute()
        used = _used(client) - before
        client.flushall()
    return Row(
        name="frontier_memory",
        value=used / WAITING,
        unit="bytes",
        meaning=f"of Redis, a waiting domain of 28 characters, {WAITING:,} of them",
        target=Target(60),
    )


def _used(client: Redis) -> int:
    facts: Any = client.info("memory")
    return int(facts["used_memory"])


def _latency(stage: Stage, redis: RedisServerProcess) -> Row:
    domains = stage.sizes.slope[1]
    near, far = [], []
    with delayed(redis.port, LATENCY_SECONDS) as port:
        for _ in range(stage.sizes.rounds):
            near.append(domains / recording_crawl(stage, domains, redis.url).seconds)
            far.append(
                domains / recording_crawl(stage, domains, f"redis://127.0.0.1:{port}/0").seconds
            )
    return Row(
        name="frontier_latency",
        value=median(far),
        unit="domains/s",
        meaning=f"with {LATENCY_SECONDS * 1000:.0f} ms more to Redis and back",
        baseline=median(near),
        baseline_name="the same without",
        paired=median(ours / theirs for ours, theirs in zip(far, near, strict=True)),
        target=Target(0.9, is_floor=True),
    )


def _convoy(stage: Stage, redis: RedisServerProcess) -> Row:
    names = [f"v{number}.test" for number in range(320)]
    slow, quick = Site(paths={"/": Slow(2, HOME)}, robots=""), Site(paths={"/": HOME}, robots="")
    web = Web({name: slow if n % 16 == 0 else quick for n, name in enumerate(names)})
    # An ending keeps its place until its batch is written, and so few places make no full batches.
    settings = {"DOMAINS_IN_FLIGHT": 16}
    with _worker(stage, redis, web, f"domains={','.join(names)}", **settings) as running:
        server, url, process = running
        if process.wait(300):
            raise BenchmarkError("The crawl of the convoy failed.")
        [(ended,)] = rows(url, "SELECT extract(epoch FROM max(ended_at)) FROM job_targets")
        took = float(ended) - server.requests[0].time
    return Row(
        name="frontier_convoy",
        value=took,
        unit="s",
        meaning="320 domains, 16 at a time, every sixteenth takes 2 s",
        target=Target(6),
    )


def _added(stage: Stage, redis: RedisServerProcess) -> Row:
    names = [f"a{number}.test" for number in range(21)]
    web = Web({name: Site(paths={"/": HOME}, robots="") for name in names})
    taken = []
    with (
        _worker(stage, redis, web, "standing=true") as (server, url, process),
        Redis.from_url(redis.url) as client,
    ):
        for number, name in enumerate(names):
            began = time.time()
            client.lpush("homepage:start_urls", json.dumps({"domain": name}))
            while len(rows(url, "SELECT 1 FROM job_targets WHERE ended_at IS NOT NULL")) <= number:
                time.sleep(0.05)
            first = next(request for request in server.requests if request.host == name)
            taken.append(first.time - began)
        process.send_signal(signal.SIGINT)
        process.wait(60)
    return Row(
        name="frontier_added",
        value=median(taken[1:]) * 1000,
        unit="ms",
        meaning="from lpush to the first request at the site's server",
        target=Target(100),
    )


@contextmanager
def _worker(
    stage: Stage, redis: RedisServerProcess, web: Web, argument: str, **settings: object
) -> Iterator[tuple[DemoServerThread, str, "subprocess.Popen[bytes]"]]:
    with ExitStack() as resources:
        server = resources.enter_context(DemoServerThread(web))
        url = resources.enter_context(stage.database())
        command = python("scrapy", "crawl", "homepage", "-a", argument)
        for name, value in settings.items():
            command += ["-s", f"{name}={value}"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=crawl_environment(url, redis.url, server.connect_to),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        resources.callback(process.wait)
        resources.callback(process.kill)
        yield server, url, process
