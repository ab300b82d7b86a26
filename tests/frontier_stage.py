"""Workers in one process: a real Redis of each kind there is, a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from benchmarks.redis_server import RedisServerProcess, programs, redis_server
from scrapersky.db import jobs
from scrapersky.db.session import make_engine, parse_url
from scrapersky.db.tables import domains, job_targets, new_id
from scrapersky.frontier.base import Lease
from scrapersky.frontier.keys import JobKeys, lock
from scrapersky.frontier.server import RedisServer
from scrapersky.frontier.shared import RedisFrontier
from scrapersky.frontier.status import job_status
from scrapersky.frontier.terms import Terms
from scrapersky.states import TargetState

PATIENCE = 30
"""Seconds."""


@pytest.fixture(scope="session", params=programs())
def any_redis(request: pytest.FixtureRequest) -> Iterator[RedisServerProcess]:
    """Each server that there is, in turn."""
    with redis_server(program=programs()[request.param]) as server:
        yield server


@dataclass
class Stage:
    """A database and a Redis, and workers of jobs in them."""

    sessions: async_sessionmaker[AsyncSession]
    url: str
    resources: AsyncExitStack
    client: Redis
    counts: dict[str, int] = field(default_factory=dict)

    async def job(self, *names: str, **facts: Any) -> UUID:
        """A running job."""
        async with self.sessions.begin() as session:
            job_id = await jobs.create(
                session, spider="homepage", source="domains", arguments={}, **facts
            )
            await jobs.add_targets(session, job_id, names)
        return job_id

    def worker(self, job_id: UUID, **terms: Any) -> RedisFrontier:
        """One more worker of the job."""
        terms = {"prefetch": 4, **terms}
        worker = RedisFrontier(
            self.server(),
            self.sessions,
            job_id=job_id,
            worker_id=new_id(),
            terms=Terms(**terms),
            count=self._count,
        )
        self.resources.push_async_callback(worker.close)
        return worker

    def server(self) -> RedisServer:
        """A client of the tests' own making."""
        server = RedisServer(Redis.from_url(self.url))
        self.resources.push_async_callback(server.close)
        return server

    def _count(self, name: str, number: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + number

    async def end(self, job_id: UUID, *leases: Lease, **values: Any) -> None:
        """What the pipeline does."""
        values = {"state": TargetState.COMPLETED, "ended_at": func.now(), **values}
        async with self.sessions.begin() as session:
            await session.execute(
                update(job_targets)
                .where(
                    job_targets.c.job_id == job_id,
                    job_targets.c.domain_id.in_([lease.domain_id for lease in leases]),
                )
                .values(**values)
            )

    async def expiries(self, job_id: UUID) -> dict[str, int]:
        """By domain, where there are any."""
        async with self.sessions() as session:
            rows = await session.execute(
                select(domains.c.domain, job_targets.c.expiries)
                .join(job_targets, job_targets.c.domain_id == domains.c.id)
                .where(job_targets.c.job_id == job_id, job_targets.c.expiries > 0)
            )
            return {row.domain: row.expiries for row in rows}

    @staticmethod
    def kill(worker: RedisFrontier) -> None:
        """From now on it does nothing more, as one that has died."""
        for task in (*worker._tasks, worker._filling, worker._arrival):
            if task is not None:
                task.cancel()

    @staticmethod
    async def until(condition: Callable[[], Awaitable[bool]]) -> None:
        """Asks until it is so, or fails: the pause lies between questions, it guesses no answer."""
        async with asyncio.timeout(PATIENCE):
            while not await condition():  # noqa: ASYNC110 - Redis has no event for it
                await asyncio.sleep(0.02)

    async def holds(self, job_id: UUID, count: int) -> bool:
        """Whether so many are leased."""
        return await self.pending(job_id) == count

    async def has_held_for(self, job_id: UUID, seconds: float) -> bool:
        """Whether a worker of the job said at a heartbeat that a lease of its is so old."""
        status = await job_status(self.server(), job_id)
        assert status is not None
        return any((worker.oldest_seconds or 0) >= seconds for worker in status.workers)

    async def differs(self, key: str, member: str, score: float | None) -> bool:
        """Whether a member of a sorted set has another score by now."""
        return await self.client.zscore(key, member) not in {None, score}

    async def has_locked(self, *names: str) -> bool:
        """Whether each of these sites is somebody's."""
        return await self.client.exists(*map(lock, names)) == len(names)

    async def pending(self, job_id: UUID) -> int:
        """Leases in Redis."""
        found = await self.client.xpending(JobKeys(job_id).stream, "workers")
        return int(found["pending"])


@pytest.fixture
async def stage(any_redis: RedisServerProcess, database: str) -> AsyncIterator[Stage]:
    """With an empty Redis."""
    engine = make_engine(parse_url(database))
    async with AsyncExitStack() as resources, Redis.from_url(any_redis.url) as client:
        await client.flushall()
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        yield Stage(sessions, any_redis.url, resources, client)
    await engine.dispose()


@pytest.fixture
def own_redis() -> Iterator[partial[RedisServerProcess]]:
    """Makes servers that a test may kill."""
    with ExitStack() as servers:
        yield partial(lambda *arguments: servers.enter_context(redis_server(*arguments)))
