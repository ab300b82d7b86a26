"""Several workers on one job, seen from outside."""

import asyncio
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import Any

from redis import Redis
from support import Crawl, add_slow_companies, company, end

from scrapersky.demo.exchange import Exchange
from scrapersky.demo.site import Site, Slow


@dataclass
class Gate:
    """Answers when it has been opened."""

    opened: threading.Event

    async def answer(self, exchange: Exchange) -> None:
        """Slowly, so that no worker runs away with it all."""
        await asyncio.to_thread(self.opened.wait)
        await Slow(0.2, company().paths["/"]).answer(exchange)


def test_two_workers_share_a_job(shared: Crawl) -> None:
    gate = Gate(threading.Event())
    names = [f"g{number}.test" for number in range(120)]
    for name in names:
        shared.web.web.add(name, Site(paths={"/": gate}))
    first = shared.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=4)
    shared.wait("SELECT 1 FROM jobs WHERE state = 'running'")
    second = shared.start(f"job={shared.job()['id']}", DOMAINS_IN_FLIGHT=4)
    shared.wait("SELECT 1 FROM job_workers HAVING count(*) = 2")
    gate.opened.set()
    logs = [process.communicate(timeout=120)[1] for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], logs
    job = shared.job()
    assert (job["state"], job["targets_completed"]) == ("completed", 120)
    assert sorted(shared.fetched("/")) == sorted(names)
    rows = shared.rows("SELECT counters, reason, frontier FROM job_workers ORDER BY id")
    assert [row["reason"] for row in rows] == ["finished", "finished"]
    assert {row["frontier"] for row in rows} == {"redis"}
    done = [row["counters"]["done"] for row in rows]
    assert sum(done) == 120
    assert min(done) > 20


def test_nothing_is_left_in_redis(shared: Crawl, redis_url: str) -> None:
    shared.web.web.add("one.test", company())
    shared.run("domains=one.test")
    with Redis.from_url(redis_url) as client:
        assert client.keys("*") == []


def test_a_killed_worker_loses_its_leases_not_its_domains(shared: Crawl) -> None:
    names = add_slow_companies(shared, 100, seconds=0.2)
    settings: dict[str, Any] = {"DOMAINS_IN_FLIGHT": 4, "LEASE_SECONDS": 2}
    victim = shared.start(f"domains={','.join(names)}", **settings)
    shared.wait("SELECT 1 FROM jobs WHERE state = 'running'")
    job = shared.job()["id"]
    other = shared.start(f"job={job}", **settings)
    shared.wait("SELECT 1 FROM jobs WHERE targets_completed >= 30")
    end(victim, signal.SIGKILL)
    _, log = other.communicate(timeout=120)
    assert other.returncode == 0, log
    ended = shared.job()
    assert (ended["state"], ended["targets_completed"]) == ("completed", 100)
    # What was in flight when the worker died, and no more, is fetched again.
    assert len(shared.fetched("/")) <= 100 + 4
    expired = shared.rows("SELECT 1 FROM job_targets WHERE expiries = 1")
    assert 0 < len(expired) <= 4
    assert shared.rows("SELECT 1 FROM job_targets WHERE expiries > 1") == []


@dataclass
class Deadly:
    """Kills whoever asks, as a page would that takes all memory."""

    processes: list[subprocess.Popen[str]]

    async def answer(self, exchange: Exchange) -> None:
        """The newest process is the one that asks."""
        self.processes[-1].kill()
        await exchange.until_client_leaves()


def test_who_kills_its_workers_ends_as_poison(shared: Crawl) -> None:
    names = add_slow_companies(shared, 40)
    processes: list[subprocess.Popen[str]] = []
    shared.web.web.add("deadly.test", Site(paths={"/": Deadly(processes)}))
    settings: dict[str, Any] = {"DOMAINS_IN_FLIGHT": 2, "LEASE_SECONDS": 1, "LEASE_EXPIRIES": 2}
    listed = ",".join([*names[:20], "deadly.test", *names[20:]])
    processes.append(shared.start(f"domains={listed}", **settings))
    for _ in range(2):
        processes[-1].communicate(timeout=60)
        assert processes[-1].returncode == -signal.SIGKILL
        processes.append(shared.start(f"job={shared.job()['id']}", **settings))
    _, log = processes[-1].communicate(timeout=120)
    assert processes[-1].returncode == 0, log
    job = shared.job()
    assert (job["targets_completed"], job["targets_error"]) == (40, 1)
    [row] = shared.rows("SELECT error_code, expiries FROM job_targets WHERE state = 'error'")
    assert row == {"error_code": "poison", "expiries": 2}
    # What was in flight beside it, and none of the reserve.
    blamed = shared.rows("SELECT sum(expiries) AS expiries FROM job_targets")
    assert 2 <= blamed[0]["expiries"] <= 2 * 2


def test_a_stalled_worker_steals_nothing(shared: Crawl) -> None:
    names = add_slow_companies(shared, 60, seconds=0.3)
    settings: dict[str, Any] = {"DOMAINS_IN_FLIGHT": 4, "LEASE_SECONDS": 1.5}
    stalled = shared.start(f"domains={','.join(names)}", **settings)
    shared.wait("SELECT 1 FROM jobs WHERE targets_completed >= 4")
    stalled.send_signal(signal.SIGSTOP)
    other = shared.start(f"job={shared.job()['id']}", **settings)
    shared.wait("SELECT 1 FROM job_targets WHERE expiries = 1 AND state = 'completed'")
    stalled.send_signal(signal.SIGCONT)
    logs = [process.communicate(timeout=120)[1] for process in (stalled, other)]
    assert [stalled.returncode, other.returncode] == [0, 0], logs
    job = shared.job()
    assert (job["state"], job["targets_completed"]) == ("completed", 60)
    assert len(shared.fetched("/")) <= 60 + 4
    assert "has taken" in logs[0]
    [row] = shared.rows("SELECT counters FROM job_workers ORDER BY id LIMIT 1")
    assert row["counters"]["frontier/lost"] > 0


def test_a_signal_releases_what_was_not_begun(shared: Crawl, redis_url: str) -> None:
    names = add_slow_companies(shared, 80, seconds=0.3)
    process = shared.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=6)
    shared.wait("SELECT 1 FROM jobs WHERE targets_completed >= 6")
    log = end(process, signal.SIGINT)
    assert process.returncode == 0, log
    job = shared.job()
    assert job["state"] == "paused"
    assert len(shared.fetched("/")) == job["targets_completed"] < 80
    with Redis.from_url(redis_url) as client:
        stream = f"scrapersky:job:{job['id']}:stream"
        assert client.xpending(stream, "workers")["pending"] == 0
        assert client.xlen(stream) == 80 - job["targets_completed"]
    shared.run(f"job={job['id']}")
    assert shared.job()["state"] == "completed"
    assert sorted(shared.fetched("/")) == sorted(names)
    assert shared.rows("SELECT 1 FROM job_targets WHERE expiries > 0") == []


def test_a_plain_worker_and_a_sharing_one_do_not_mix(shared: Crawl) -> None:
    names = add_slow_companies(shared, 60, seconds=0.3)
    process = shared.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=2)
    shared.wait("SELECT 1 FROM jobs WHERE state = 'running'")
    plain = Crawl(shared.web, shared.url)
    log = plain.run(f"job={shared.job()['id']}", status=2)
    assert f"is being crawled by process {process.pid}" in log
    end(process, signal.SIGKILL)


def test_redis_is_emptied_in_mid_job(shared: Crawl, redis_url: str) -> None:
    names = add_slow_companies(shared, 100, seconds=0.2)
    processes: list[subprocess.Popen[str]] = []
    processes.append(shared.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=4))
    shared.wait("SELECT 1 FROM jobs WHERE state = 'running'")
    processes.append(shared.start(f"job={shared.job()['id']}", DOMAINS_IN_FLIGHT=4))
    shared.wait("SELECT 1 FROM jobs WHERE targets_completed >= 30")
    with Redis.from_url(redis_url) as client:
        client.flushall()
    logs = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], logs
    assert "Redis has lost job" in "".join(logs)
    job = shared.job()
    assert (job["state"], job["targets_completed"]) == ("completed", 100)
    assert sorted(shared.fetched("/")) == sorted(names)


def test_a_worker_makes_room_for_a_job_with_more_right(shared: Crawl) -> None:
    names = add_slow_companies(shared, 400, seconds=1)
    urgent = shared.start("domains=urgent.test,other.test", "priority=5")
    shared.wait("SELECT 1 FROM jobs WHERE state = 'running'")
    end(urgent, signal.SIGKILL)
    shared.rows(
        "UPDATE job_targets SET state = 'pending', ended_at = NULL, retry_at = NULL, attempts = 0"
    )
    shared.rows("UPDATE jobs SET state = 'running', targets_error = 0, targets_completed = 0")
    process = shared.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=4, YIELD_AFTER=1)
    _, log = process.communicate(timeout=120)
    assert process.returncode == 0, log
    rows = shared.rows(
        "SELECT j.state, w.reason FROM jobs j JOIN job_workers w ON w.job_id = j.id ORDER BY j.id"
    )
    assert [(row["state"], row["reason"]) for row in rows] == [
        ("running", None),
        ("running", "yielded"),
    ]
    assert "makes room" in log
    assert 0 < shared.job()["targets_completed"] < 400
