"""A job that several processes crawl together."""

import asyncio
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.process import ROOT, BenchmarkError, environment, python
from scrapersky.db import jobs
from scrapersky.db.session import make_engine, parse_url
from scrapersky.states import JobState

PATIENCE = 600
"""Seconds within which a worker has to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierJob:
    """A job, and what its workers need to know."""

    id: UUID
    spider: str
    url: str
    redis_url: str | None
    connect_to: str

    def start(self, *arguments: str, **settings: object) -> "subprocess.Popen[bytes]":
        """One more worker."""
        command = python("scrapy", "crawl", self.spider, "-a", f"job={self.id}")
        for argument in arguments:
            command += ["-a", argument]
        for name, value in settings.items():
            command += ["-s", f"{name}={value}"]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=crawl_environment(self.url, self.redis_url, self.connect_to),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        return rows(self.url, query)


def frontier_job(
    url: str, redis_url: str | None, connect_to: str, names: Sequence[str], spider: str
) -> FrontierJob:
    """A queued job with these targets, in that database."""
    job_id = asyncio.run(_queued(url, spider, names))
    return FrontierJob(
        id=job_id, spider=spider, url=url, redis_url=redis_url, connect_to=connect_to
    )


async def _queued(url: str, spider: str, names: Sequence[str]) -> UUID:
    engine = make_engine(parse_url(url))
    async with AsyncSession(engine) as session, session.begin():
        job_id = await jobs.create(session, spider=spider, source="domains", arguments={})
        await jobs.add_targets(session, job_id, names)
        job = await jobs.get(session, job_id, lock=True)
        await jobs.set_state(session, job, JobState.QUEUED, None)
    await engine.dispose()
    return job_id


def wait_for(*workers: "subprocess.Popen[bytes]") -> None:
    """Until all have ended.

    Raises:
        BenchmarkError: one has failed, or none came to an end.
    """
    with ExitStack() as resources:
        for worker in workers:
            resources.callback(worker.kill)
        try:
            statuses = [worker.wait(PATIENCE) for worker in workers]
        except subprocess.TimeoutExpired:
            raise BenchmarkError("Workers of a shared job do not end.") from None
    if any(statuses):
        raise BenchmarkError(f"Workers of a shared job ended with {statuses}.")


def crawl_environment(url: str, redis_url: str | None, connect_to: str) -> Mapping[str, str]:
    """Of a worker."""
    return environment(
        SCRAPY_SETTINGS_MODULE="scrapersky.settings",
        SCRAPERSKY_CONNECT_TO=connect_to,
        DATABASE_URL=url,
        **({"REDIS_URL": redis_url} if redis_url else {}),
    )


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a database says."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()
