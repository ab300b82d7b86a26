"""Leases: who has what, who gets it next, and when it is over."""

import asyncio
from uuid import UUID

from frontier_stage import Stage
from sqlalchemy import func, text

from scrapersky.db import jobs
from scrapersky.frontier.base import Lease
from scrapersky.frontier.keys import DEAD_LETTERS, JobKeys, lock
from scrapersky.frontier.shared import RedisFrontier
from scrapersky.states import TargetState

SHORT = 0.6
"""Seconds of a lease that a test waits for."""


def names(count: int, prefix: str = "d") -> list[str]:
    return [f"{prefix}{number}.test" for number in range(count)]


async def all_of(worker: RedisFrontier, stage: Stage, job: UUID) -> list[str]:
    """Crawls to the end of the job."""
    done = []
    while leases := await worker.lease(3):
        done += [lease.domain for lease in leases]
        await stage.end(job, *leases)
        for lease in leases:
            worker.ended(lease)
    return done


async def until_leased(worker: RedisFrontier, count: int) -> list[Lease]:
    leases: list[Lease] = []
    while len(leases) < count:
        leases += await worker.lease(count - len(leases))
    return leases


async def test_two_workers_share_a_job(stage: Stage) -> None:
    job = await stage.job(*names(60))
    first, second = stage.worker(job), stage.worker(job)
    done = await asyncio.gather(all_of(first, stage, job), all_of(second, stage, job))
    assert sorted(done[0] + done[1]) == sorted(names(60))
    assert min(map(len, done)) >= 15
    await first.close()
    await second.close()
    assert await stage.client.keys("*") == []


async def test_nothing_to_do(stage: Stage) -> None:
    worker = stage.worker(await stage.job())
    assert await worker.lease(5) == []


async def test_a_lease_says_what_postgres_knows(stage: Stage) -> None:
    job = await stage.job("a.test")
    [lease] = await stage.worker(job).lease(5)
    assert (lease.domain, lease.attempts, lease.expiries) == ("a.test", 0, 0)


async def test_one_who_dies_is_relieved(stage: Stage) -> None:
    """Its leases expire and are taken over; those that it had begun are counted."""
    job = await stage.job(*names(6))
    dead = stage.worker(job, lease_seconds=SHORT, prefetch=3)
    begun = await until_leased(dead, 3)
    await stage.until(lambda: stage.holds(job, 6))
    stage.kill(dead)
    heir = stage.worker(job, lease_seconds=SHORT, prefetch=6)
    taken = await until_leased(heir, 6)
    assert sorted(lease.domain for lease in taken) == names(6)
    known = await stage.expiries(job)
    assert known == dict.fromkeys((lease.domain for lease in begun), 1)
    assert {lease.domain: lease.expiries for lease in taken if lease.expiries} == known
    # The heir renews: they outlive a lease, and nobody may take them over.
    await stage.until(lambda: stage.has_held_for(job, 2 * SHORT))
    other = stage.worker(job, lease_seconds=SHORT)
    await other._exchange(1)
    await other._heartbeat.take_over()
    assert stage.counts["taken_over"] == 6
    assert await stage.expiries(job) == known


async def test_who_kills_its_workers_is_blamed_alone(stage: Stage) -> None:
    """What they had in reserve is not, however often."""
    job = await stage.job(*names(8))
    for deaths in range(3):
        worker = stage.worker(job, lease_seconds=SHORT, prefetch=8)
        [lease] = await worker.lease(1)
        while lease.domain != "d3.test":
            await stage.end(job, lease)
            worker.ended(lease)
            [lease] = await worker.lease(1)
        assert lease.expiries == deaths
        stage.kill(worker)
    heir = stage.worker(job, lease_seconds=SHORT, prefetch=8)
    assert len(await until_leased(heir, 5)) == 5
    assert await stage.expiries(job) == {"d3.test": 3}


async def test_cancelled_while_it_leases(stage: Stage) -> None:
    """What was about to begin is released with the reserve, and blames nobody."""
    job = await stage.job(*names(4))
    leaver = stage.worker(job, prefetch=4)
    leases = await leaver.lease(1)
    await stage.until(lambda: stage.holds(job, 4))
    waiting = asyncio.ensure_future(leaver.lease(3))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await leaver.stop([])
    assert await stage.pending(job) == 1
    other = stage.worker(job, prefetch=4)
    assert len(await until_leased(other, 3)) == 3
    assert await leaver.holds(leases[0])


async def test_who_stalls_and_wakes_steals_nothing(stage: Stage) -> None:
    job = await stage.job("a.test")
    sleeper = stage.worker(job, lease_seconds=SHORT)
    [mine] = await sleeper.lease(1)
    sleeper._tasks[1].cancel()  # its heartbeat
    heir = stage.worker(job, lease_seconds=SHORT)
    [theirs] = await heir.lease(1)
    assert theirs.expiries == 1
    assert not await sleeper.holds(mine)
    assert await heir.holds(theirs)
    sleeper.ended(mine)
    await sleeper.release([mine])
    await sleeper._exchange(0)
    assert await heir.holds(theirs)
    assert await stage.pending(job) == 1
    assert stage.counts["lost"] == 1


async def test_released_at_once_without_blame(stage: Stage) -> None:
    job = await stage.job(*names(5))
    leaver = stage.worker(job, prefetch=5)
    begun, *unbegun = await until_leased(leaver, 5)
    await leaver.stop(unbegun)
    assert await leaver.lease(1) == []
    assert await leaver.holds(begun)
    other = stage.worker(job, prefetch=8)
    assert len(await until_leased(other, 4)) == 4
    await leaver.close()
    assert [lease.domain for lease in await other.lease(1)] == [begun.domain]
    assert await stage.expiries(job) == {}


async def test_what_was_given_back_is_for_others(stage: Stage) -> None:
    job = await stage.job("a.test")
    first = stage.worker(job)
    await first.release(await first.lease(1))
    # For the one who gave it back the job is over; for others it is not.
    assert await first.lease(1) == []


async def test_only_the_due_is_leased(stage: Stage) -> None:
    job = await stage.job("now.test", "later.test")
    worker = stage.worker(job, prefetch=1)
    [one, two] = await until_leased(worker, 2)
    await stage.end(job, one)
    worker.ended(one)
    soon = func.now() + text("interval '1 second'")
    await stage.end(job, two, state=TargetState.PENDING, ended_at=None, attempts=1, retry_at=soon)
    worker.ended(two)
    began = asyncio.get_running_loop().time()
    [again] = await worker.lease(5)
    assert (again.domain, again.attempts) == (two.domain, 1)
    assert asyncio.get_running_loop().time() - began > 0.5
    await stage.end(job, again)
    worker.ended(again)
    assert await worker.lease(1) == []


async def test_two_jobs_never_have_one_site_at_once(stage: Stage) -> None:
    first_job, second_job = await stage.job("a.test"), await stage.job("www.a.test", "b.test")
    first, second = stage.worker(first_job), stage.worker(second_job)
    [lease] = await first.lease(1)
    [other] = await second.lease(2)
    assert other.domain == "b.test"
    waits = asyncio.ensure_future(second.lease(1))
    later = JobKeys(second_job).later
    first_try = await stage.client.zscore(later, "www.a.test")
    # It is tried again, and put off again.
    await stage.until(lambda: stage.differs(later, "www.a.test", first_try))
    assert not waits.done()
    await stage.end(first_job, lease)
    first.ended(lease, rest=0.5)
    [next_one] = await asyncio.wait_for(waits, 10)
    assert next_one.domain == "www.a.test"
    assert await stage.client.get(lock("a.test")) != b"-"


async def test_a_site_is_left_alone_for_its_delay(stage: Stage) -> None:
    job = await stage.job("a.test", "b.test")
    worker = stage.worker(job)
    leases = await until_leased(worker, 2)
    worker.ended(leases[0], rest=30)
    await worker._exchange(0)
    key = lock(leases[0].domain)
    assert await stage.client.get(key) == b"-"
    assert 25_000 < await stage.client.pttl(key) <= 30_000
    assert stage.counts.get("lost") is None


async def test_the_window_bounds_redis(stage: Stage) -> None:
    job = await stage.job(*names(300))
    worker = stage.worker(job, window=40, prefetch=10)
    stream = JobKeys(job).stream
    done, longest = 0, 0
    while leases := await worker.lease(10):
        longest = max(longest, await stage.client.xlen(stream))
        await stage.end(job, *leases)
        for lease in leases:
            worker.ended(lease)
        done += len(leases)
    assert done == 300
    assert longest <= 40 + 10 + 10


async def test_redis_is_emptied(stage: Stage) -> None:
    job = await stage.job(*names(30))
    workers = stage.worker(job), stage.worker(job)
    held = [await until_leased(worker, 5) for worker in workers]
    await stage.client.flushall()
    rest = await asyncio.gather(*(finish(workers[i], held[i], stage, job) for i in (0, 1)))
    assert sorted(rest[0] + rest[1]) == sorted(names(30))
    assert stage.counts["redis_losses"] == 2


async def finish(worker: RedisFrontier, held: list[Lease], stage: Stage, job: UUID) -> list[str]:
    # It notices when it next talks to Redis, and locks anew what it has in flight.
    worker._wake.set()
    await stage.until(lambda: stage.has_locked(*(lease.domain for lease in held)))
    for lease in held:
        assert await worker.holds(lease)
        await stage.end(job, lease)
        worker.ended(lease)
    return [lease.domain for lease in held] + await all_of(worker, stage, job)


async def test_a_lost_acknowledgement_costs_no_crawl(stage: Stage) -> None:
    job = await stage.job(*names(4))
    first = stage.worker(job, lease_seconds=SHORT)
    done = await until_leased(first, 2)
    await stage.end(job, *done)
    stage.kill(first)
    second = stage.worker(job, lease_seconds=SHORT)
    assert sorted(await all_of(second, stage, job)) == sorted(
        set(names(4)) - {lease.domain for lease in done}
    )


async def test_a_lost_answer_is_found_again(stage: Stage) -> None:
    """Redis gave leases, and the worker never heard of it: its heartbeat finds them."""
    job = await stage.job(*names(3))
    worker = stage.worker(job, lease_seconds=SHORT, prefetch=1)
    [first] = await until_leased(worker, 1)
    stream = JobKeys(job).stream
    await stage.client.xadd(stream, {"d": "d1.test"})
    await stage.client.xreadgroup("workers", worker._scripts.worker, {stream: ">"}, count=5)
    done = [first.domain]
    await stage.end(job, first)
    worker.ended(first)
    done += await all_of(worker, stage, job)
    assert sorted(done) == names(3)
    assert stage.counts["adopted"] >= 1
    assert await stage.expiries(job) == {}


async def test_hostile_entries(stage: Stage) -> None:
    job = await stage.job("good.test")
    worker = stage.worker(job)
    await worker._exchange(0)
    stream = JobKeys(job).stream
    pickled = b"cbuiltins\nexit\n."
    for fields in (
        {"d": pickled},
        {"d": "not-a-target.test"},
        {"d": "x" * 100_000},
        {"d": "\x00"},
        {"url": "https://good.test"},
        {"d": "good.test", "e": "1"},
        {"d": "UPPER.test"},
        {"d": "' OR 1=1 --"},
    ):
        await stage.client.xadd(stream, fields)  # type: ignore[arg-type]
    assert await all_of(worker, stage, job) == ["good.test"]
    assert await stage.client.llen(DEAD_LETTERS) == 8


async def test_keys_that_somebody_spoilt(stage: Stage) -> None:
    job = await stage.job("good.test")
    keys = JobKeys(job)
    await stage.client.set(keys.stream, "mine")
    await stage.client.lpush(keys.meta, "mine")
    assert await all_of(stage.worker(job), stage, job) == ["good.test"]


async def test_the_rate_of_a_job(stage: Stage) -> None:
    job = await stage.job(*names(40))
    loop = asyncio.get_running_loop()
    began = loop.time()
    workers = [stage.worker(job, rate=20.0) for _ in range(2)]
    done = await asyncio.gather(*(all_of(worker, stage, job) for worker in workers))
    assert sorted(done[0] + done[1]) == sorted(names(40))
    # A second's worth may come at once.
    assert loop.time() - began > 0.9


async def test_an_added_domain_begins(stage: Stage) -> None:
    """Also one whose id is older than where the fill stands."""
    job = await stage.job("a.test")
    await stage.job("old.test")
    worker = stage.worker(job)
    [lease] = await worker.lease(1)
    async with stage.sessions.begin() as session:
        await jobs.add_targets(session, job, ["old.test"])
    [added] = await asyncio.wait_for(worker.lease(1), 10)
    assert added.domain == "old.test"
    await stage.end(job, lease, added)
    worker.ended(lease)
    worker.ended(added)
    assert await worker.lease(1) == []
