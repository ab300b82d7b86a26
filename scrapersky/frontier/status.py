"""What stands in Redis about a job, for people; and what they may do to it."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson

from scrapersky.frontier.dead import read_letter
from scrapersky.frontier.feed import FeedKeys
from scrapersky.frontier.keys import DEAD_LETTERS, JobKeys
from scrapersky.frontier.server import RedisServer

RATE_BUCKETS = 6
"""Of ten seconds each, the present one not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLeases:
    """What one worker holds."""

    worker: str
    leased: int
    oldest_seconds: float | None
    """Since it got the oldest of them, as of its last heartbeat; None: it has not had one."""
    silent_seconds: float | None
    """Since that heartbeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A job as Redis sees it."""

    job: UUID
    waiting: int
    """In Redis. PostgreSQL may have more."""
    later: int
    """Kept waiting by another job, or by their site's delay."""
    leased: int
    workers: list[WorkerLeases]
    rate: float
    """Domains a second that ended, over the last minute."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)


async def job_status(server: RedisServer, job_id: UUID) -> JobStatus | None:
    """What stands in Redis about a job; None: nothing does."""
    client, keys = server.client, JobKeys(job_id)
    if not await client.hexists(keys.meta, "epoch"):
        return None
    pending = await client.xpending(keys.stream, "workers")
    said: Any = await client.hgetall(keys.workers)
    leased = {
        one["name"].decode(): int(one["pending"])
        for one in await client.xinfo_consumers(keys.stream, "workers")
    }
    meta: Any = await client.hgetall(keys.meta)
    return JobStatus(
        job=job_id,
        waiting=max(int(await client.xlen(keys.stream)) - int(pending["pending"]), 0),
        later=int(await client.zcard(keys.later)),
        leased=sum(leased.values()),
        workers=[
            _worker(name, count, said.get(name.encode())) for name, count in sorted(leased.items())
        ],
        rate=_rate(meta),
    )


async def dead_letters(server: RedisServer, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many there are, and the newest of them."""
    client = server.client
    raw: Any = await client.lrange(DEAD_LETTERS, 0, limit - 1) if limit else []
    return int(await client.llen(DEAD_LETTERS)), [read_letter(letter) for letter in raw]


async def requeue(server: RedisServer, job_id: UUID, workers: Sequence[UUID]) -> int:
    """Lets the leases of these workers wait again, at once and without blame."""
    keys = JobKeys(job_id)
    count = 0
    for worker in workers:
        count += await server.run(
            "requeue", (keys.stream, keys.meta, keys.workers), (str(job_id), str(worker))
        )
    return count


async def requeue_letters(server: RedisServer, feed: FeedKeys) -> int:
    """Pushes the dead letters of the feed once more."""
    return int(await server.run("requeue_letters", (DEAD_LETTERS, feed.pushed), ()))


async def forget(server: RedisServer, job_id: UUID) -> None:
    """Removes all that stands in Redis about a job. PostgreSQL has what is needed to go on."""
    await server.client.delete(*JobKeys(job_id).all)


def _worker(name: str, leased: int, said: bytes | None) -> WorkerLeases:
    facts = orjson.loads(said) if said else {}
    return WorkerLeases(
        worker=name,
        leased=leased,
        oldest_seconds=facts.get("oldest_seconds"),
        silent_seconds=max(time.time() - facts["at"], 0.0) if "at" in facts else None,
    )


def _rate(meta: dict[bytes, bytes]) -> float:
    now = int(time.time()) // 10
    wanted = {f"ended:{now - number}".encode() for number in range(1, RATE_BUCKETS + 1)}
    return sum(int(count) for name, count in meta.items() if name in wanted) / (RATE_BUCKETS * 10)
