"""How soon after the last ending workers close, and whether one closes before it."""

import random
from collections.abc import Iterator

from benchmarks.frontier_job import frontier_job, wait_for
from benchmarks.redis_server import redis_server
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Site, Slow, Web, page

RUNS_A_ROUND = 20
DOMAINS = 12
WORKERS = 2
SLOWEST = 1.0
"""Seconds of a site's answer, at most: so one worker has nothing left while the other has."""
HOME = page("<title>A shop</title><p>All sorts of things</p>")


def frontier_close(stage: Stage) -> Iterator[Row]:
    """Many small crawls by two workers."""
    runs = RUNS_A_ROUND * stage.sizes.rounds
    chance = random.Random(6)  # noqa: S311 - delays, no secrets
    closings: list[float] = []
    with redis_server() as redis:
        for number in range(runs):
            closings += _closings(stage, redis.url, chance)
            stage.say(f"closing {number + 1} of {runs}: {max(closings):.2f} s so far")
    yield Row(
        name="frontier_close",
        value=max(closings),
        unit="s",
        meaning=f"from the last ending of a job to its workers' close, the longest of {runs} runs",
        target=Target(2),
    )
    yield Row(
        name="frontier_close_early",
        value=sum(seconds < 0 for seconds in closings),
        unit="workers",
        meaning=f"that closed before the last ending, of {len(closings)}",
        target=Target(0),
    )


def _closings(stage: Stage, redis_url: str, chance: random.Random) -> list[float]:
    """For each worker the seconds from the job's last ending to its close."""
    names = [f"e{number}.test" for number in range(DOMAINS)]
    sites = {
        name: Site(paths={"/": Slow(chance.uniform(0, SLOWEST), HOME)}, robots="") for name in names
    }
    with (
        DemoServerThread(Web(sites)) as server,
        stage.database() as url,
    ):
        job = frontier_job(url, redis_url, server.connect_to, names, "homepage")
        wait_for(*(job.start(DOMAINS_IN_FLIGHT=2) for _ in range(WORKERS)))
        return [
            float(row[0])
            for row in job.rows(
                "SELECT extract(epoch FROM w.closed_at - (SELECT max(ended_at) FROM job_targets))"
                " FROM job_workers w"
            )
        ]
