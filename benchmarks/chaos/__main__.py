"""`python -m benchmarks.chaos`, or `make chaos`."""

import argparse
import os
import random
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.job import Job
from benchmarks.chaos.schedule import blows
from benchmarks.chaos.verdict import Facts, failures
from benchmarks.chaos.web import ChaosWeb
from benchmarks.chaos.workers import Workers
from benchmarks.process import environment
from benchmarks.redis_server import RedisServerProcess, redis_server
from scrapersky.db import embedded, schema
from scrapersky.db.embedded.place import locate
from scrapersky.db.embedded.postmaster import recorded_pid
from scrapersky.db.session import parse_url
from scrapersky.demo.server import DemoServerThread
from scrapersky.net.file_limit import raise_file_limit

LEASE_SECONDS = 6
STOP_SECONDS = 10
"""Longer than a lease."""
PATIENCE = 1_800
"""Seconds after which a run that does not end has failed."""
CLOSE_SECONDS = 120
SETTINGS = {
    "LEASE_SECONDS": LEASE_SECONDS,
    "DOWNLOAD_TIMEOUT": 3,
    "DOMAIN_TIME_LIMIT": 30,
    "RETRY_DELAY": 1,
}


def main() -> None:
    """Prints figures and a verdict. Leaves with status 1 when something does not hold."""
    arguments = _arguments()
    raise_file_limit()
    with ExitStack() as resources:
        facts = _run(arguments, resources)
    found = failures(facts)
    for failure in found:
        _say(failure)
    _say("FAIL" if found else "PASS")
    sys.exit(bool(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--domains", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--in-flight", type=int, default=50, help="domains a worker")
    parser.add_argument("--kill-every", type=float, default=5.0, metavar="S", help="a worker")
    parser.add_argument("--log", type=Path, help="a folder for the workers' and Redis' logs")
    return parser.parse_args()


def _run(arguments: argparse.Namespace, resources: ExitStack) -> Facts:
    folder = arguments.log or Path(resources.enter_context(TemporaryDirectory(prefix="chaos-")))
    folder.mkdir(exist_ok=True)
    home = Path(resources.enter_context(TemporaryDirectory(prefix="chaos-home-")))
    resources.callback(embedded.reset, home)
    url = embedded.ensure(home)
    schema.upgrade(parse_url(url))
    redis = resources.enter_context(redis_server("--appendonly", "yes"))
    web = resources.enter_context(DemoServerThread(ChaosWeb()))
    job = Job(url)
    workers = Workers(
        arguments.workers,
        environment(
            DATABASE_URL=url,
            REDIS_URL=redis.url,
            SCRAPERSKY_CONNECT_TO=web.connect_to,
            SCRAPY_SETTINGS_MODULE="scrapersky.settings",
        ),
        folder,
        SETTINGS | {"DOMAINS_IN_FLIGHT": arguments.in_flight},
    )
    resources.callback(workers.close)
    names = folder / "domains.txt"
    names.write_text("".join(f"c{number}.test\n" for number in range(arguments.domains)), "utf-8")
    workers.start(f"file={names}")
    began = time.monotonic()
    _disturb(arguments, job, workers, redis, home)
    took = time.monotonic() - began
    statuses = workers.wait(CLOSE_SECONDS)
    row = job.row()
    assert row is not None  # noqa: S101 - PostgreSQL is up again
    facts = Facts(
        domains=arguments.domains,
        in_flight=arguments.in_flight,
        job=row,
        targets=job.targets(),
        ends_twice=job.ends_twice(),
        requests=len(web.requests),
        disturbances=workers.kills + workers.stops,
    )
    _say(
        f"seed {arguments.seed}: {arguments.domains} domains, {arguments.workers} workers,"
        f" {took:.0f} s; {workers.kills} workers killed, {workers.stops} stopped for"
        f" {STOP_SECONDS} s; exit statuses {statuses}"
    )
    more = max(facts.requests - facts.regular, 0)
    _say(
        f"{facts.requests} requests, of which {more} are more than"
        f" an undisturbed crawl's {facts.regular}; allowed {facts.allowed};"
        f" {sum(target.expiries for target in facts.targets)} leases expired,"
        f" {facts.poisoned} domains poisoned; the job is {row['state']}"
    )
    return facts


def _disturb(
    arguments: argparse.Namespace, job: Job, workers: Workers, redis: RedisServerProcess, home: Path
) -> None:
    """Until every target has ended."""
    chance = random.Random(arguments.seed)  # noqa: S311 - a schedule, not a secret
    left = blows(chance)
    row = job.wait_until_running()
    argument = f"job={row['id']}"
    deadline = time.monotonic() + PATIENCE
    next_kill = time.monotonic() + arguments.kill_every
    while time.monotonic() < deadline:
        row = job.row() or row
        ended = row["completed"] + row["error"]
        if row["state"] in {"completed", "completed_with_errors"} or ended == row["total"]:
            return
        workers.keep_up(argument)
        if time.monotonic() >= next_kill and workers.kill_one(chance, job.joined()):
            next_kill = time.monotonic() + arguments.kill_every
        if left and ended >= left[0].at * row["total"]:
            if left[0].what != "stop":
                _strike(left[0].what, chance, redis, home)
            elif not workers.stop_one(chance, job.joined(), STOP_SECONDS):
                continue
            _say(f"{left.pop(0).what} is hit")
        time.sleep(0.1)


def _strike(what: str, chance: random.Random, redis: RedisServerProcess, home: Path) -> None:
    pause = chance.uniform(0.5, 4)
    if what == "redis":
        redis.kill()
        time.sleep(pause)
        redis.start()
    else:
        os.kill(recorded_pid(locate(home).pid_file), signal.SIGKILL)
        time.sleep(pause)
        embedded.ensure(home)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
