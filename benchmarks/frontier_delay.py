"""Whether several workers of several jobs leave a site alone for its delay."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from benchmarks.frontier_job import frontier_job, wait_for
from benchmarks.redis_server import redis_server
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.demo.server import DemoServerThread, LoggedRequest
from scrapersky.demo.site import Site, Web, page
from scrapersky.domains import politeness_key

HOSTS = 200
DELAY = 1
"""Seconds."""
WORKERS_A_JOB = 2
HOME = page("<title>A shop</title><p>All sorts of things</p>")


def frontier_delay(stage: Stage) -> Iterator[Row]:
    """Two jobs on the same sites at once: one has them as www., and each has two workers."""
    names = [f"p{number}.test" for number in range(HOSTS)]
    others = [f"www.{name}" for name in names]
    site = Site(paths={"/": HOME}, robots="")
    with (
        redis_server() as redis,
        DemoServerThread(Web(dict.fromkeys([*names, *others], site))) as server,
        stage.database() as url,
    ):
        jobs = [
            frontier_job(url, redis.url, server.connect_to, part, "homepage")
            for part in (names, others)
        ]
        wait_for(*(job.start(DOWNLOAD_DELAY=DELAY) for job in jobs for _ in range(WORKERS_A_JOB)))
        gaps = _gaps(server.requests)
    yield Row(
        name="frontier_delay",
        value=min(gaps),
        unit="s",
        meaning=f"the shortest of {len(gaps)} gaps at {HOSTS} servers with a delay of {DELAY} s:"
        f" two jobs at once, {WORKERS_A_JOB} workers each",
        target=Target(0.95 * DELAY, is_floor=True),
    )


def _gaps(requests: Sequence[LoggedRequest]) -> list[float]:
    times = defaultdict(list)
    for request in requests:
        times[politeness_key(request.host)].append(request.time)
    return [after - before for each in times.values() for before, after in pairwise(sorted(each))]
