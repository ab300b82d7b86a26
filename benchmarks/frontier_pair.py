"""Two workers of a job against one, and how evenly they share it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.frontier_job import FrontierJob, frontier_job, wait_for
from benchmarks.redis_server import redis_server
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Site, Slow, Web, page

WARM_UP = 1.0
"""Seconds of a crawl that do not count, from when the last worker has joined."""
HOME = page("<title>A shop</title><p>All sorts of things</p>")
THINKING = 0.3
"""Seconds that a site takes to answer, where the sites and not the processors are the limit."""
PLACES = 20
"""Domains in flight there."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a crawl went."""

    rate: float
    """Domains a second while all worked."""
    least_share: float
    """Of the worker that did the least, in terms of an equal share."""


def frontier_pair(stage: Stage) -> Iterator[Row]:
    """Where the processors are the limit, and where the sites are."""
    busy = _names("d{}.load.test", 2 * stage.sizes.slope[1])
    waiting = _names("w{}.test", stage.sizes.slope[1])
    sites = dict.fromkeys(waiting, Site(paths={"/": Slow(THINKING, HOME)}, robots=""))
    with redis_server() as redis, DemoServerThread(Web(sites)) as server:
        quick = _Load(redis.url, stage.web.connect_to, busy)
        slow = _Load(redis.url, server.connect_to, waiting, PLACES)
        kinds: dict[str, tuple[_Load, int, int]] = {
            "one": (quick, 1, 1),
            "two": (quick, 2, 1),
            "apart": (quick, 2, 2),
            "one_waiting": (slow, 1, 1),
            "two_waiting": (slow, 2, 1),
        }
        paces: dict[str, list[Pace]] = {name: [] for name in kinds}
        for _ in range(stage.sizes.rounds):
            for name, kind in kinds.items():
                paces[name].append(_crawl(stage, *kind))
    one, two, target = paces["one"], paces["two"], Target(1.8, is_floor=True)
    yield _row("frontier_two", "two processes on one job", two, one, target)
    yield _row(
        "frontier_two_apart",
        "two that share nothing: what the machine allows",
        paces["apart"],
        one,
    )
    yield _row(
        "frontier_two_waiting",
        f"two processes, {PLACES} domains in flight each, sites that take {THINKING} s",
        paces["two_waiting"],
        paces["one_waiting"],
        target,
    )
    yield Row(
        name="frontier_share",
        value=min(pace.least_share for pace in (*two, *paces["two_waiting"])),
        unit="of an equal share",
        meaning="the worker that did the least, over all runs of two on one job",
        target=Target(0.5, is_floor=True),
    )


@dataclass(frozen=True, slots=True)
class _Load:
    redis_url: str
    connect_to: str
    names: Sequence[str]
    places: int = 200


def _names(form: str, count: int) -> list[str]:
    return [form.format(number) for number in range(count)]


def _row(
    name: str, meaning: str, ours: list[Pace], theirs: list[Pace], target: Target | None = None
) -> Row:
    return Row(
        name=name,
        value=median(pace.rate for pace in ours),
        unit="domains/s",
        meaning=meaning,
        baseline=median(pace.rate for pace in theirs),
        baseline_name="one process",
        paired=median(our.rate / their.rate for our, their in zip(ours, theirs, strict=True)),
        target=target,
    )


def _crawl(stage: Stage, load: _Load, workers: int, jobs: int) -> Pace:
    settings = {"SPIDER_MODULES": "benchmarks.spiders", "DOMAINS_IN_FLIGHT": load.places}
    with stage.database() as url:
        there = [
            frontier_job(url, load.redis_url, load.connect_to, load.names[n::jobs], "recording")
            for n in range(jobs)
        ]
        wait_for(*(there[n % jobs].start("scheme=http", **settings) for n in range(workers)))
        pace = _pace(there[0])
    stage.say(
        f"frontier: {workers} workers, {jobs} jobs: {pace.rate:.0f} domains/s,"
        f" the least {pace.least_share:.2f} of an equal share"
    )
    return pace


def _pace(job: FrontierJob) -> Pace:
    workers = job.rows(
        "SELECT (counters->>'done')::int, extract(epoch FROM started_at) FROM job_workers"
    )
    ended = sorted(
        float(at) for (at,) in job.rows("SELECT extract(epoch FROM ended_at) FROM job_targets")
    )
    done = [count for count, _ in workers]
    # The last tenth is a few slow ones, or one worker's.
    first, last = max(float(at) for _, at in workers) + WARM_UP, ended[len(ended) * 9 // 10]
    counted = sum(first < at <= last for at in ended)
    return Pace(counted / (last - first), min(done) * len(done) / sum(done))
