"""Statements that tell how jobs are doing."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import workers
from scrapersky.db.tables import domains, job_targets, job_workers, jobs
from scrapersky.states import JobState, TargetState, WorkerState

ACTIVE = (JobState.PENDING, JobState.QUEUED, JobState.RUNNING)
LAST_ERRORS = 10
_SUMMED = ("contacts", "responses", "pages", "retries", "retried")


async def pulse(session: AsyncSession, watched: Collection[UUID]) -> Sequence[RowMapping]:
    """The jobs that something happens to, and those watched: counts, and their workers' sums."""
    there = select(
        job_workers.c.job_id,
        func.count().filter(job_workers.c.closed_at.is_(None)).label("workers"),
        *(
            func.coalesce(func.sum(job_workers.c.counters[name].astext.cast(BigInteger)), 0).label(
                name
            )
            for name in _SUMMED
        ),
    ).group_by(job_workers.c.job_id)
    wanted = jobs.c.state.in_(ACTIVE) | jobs.c.id.in_(watched)
    sums = there.where(job_workers.c.job_id == jobs.c.id).lateral("there")
    rows = await session.execute(
        select(jobs, sums.c.workers, *(sums.c[name] for name in _SUMMED))
        .outerjoin(sums, sums.c.job_id == jobs.c.id)
        .where(wanted)
        .order_by(jobs.c.id.desc())
        .limit(1_000)
    )
    return rows.mappings().all()


async def job_page(
    session: AsyncSession,
    *,
    state: JobState | None,
    spider: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Jobs, newest first, those older than `after`."""
    statement = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(jobs.c.state == state)
    if spider is not None:
        statement = statement.where(jobs.c.spider == spider)
    if after is not None:
        statement = statement.where(jobs.c.id < after)
    return (await session.execute(statement)).mappings().all()


async def last_errors(session: AsyncSession, job_id: UUID) -> list[dict[str, Any]]:
    """The newest of a job's targets that ended in an error."""
    rows = await session.execute(
        select(
            domains.c.domain,
            job_targets.c.error_code,
            job_targets.c.error_message,
            job_targets.c.ended_at,
        )
        .join(domains, domains.c.id == job_targets.c.domain_id)
        .where(job_targets.c.job_id == job_id, job_targets.c.state == TargetState.ERROR)
        .order_by(job_targets.c.ended_at.desc())
        .limit(LAST_ERRORS)
    )
    return [dict(row) for row in rows.mappings()]


async def job_workers_of(session: AsyncSession, job_id: UUID) -> list[dict[str, Any]]:
    """A job's workers, oldest first, each with its `state`."""
    found = await workers.of_job(session, job_id)
    keys = ("id", "node", "scrapyd", "pid", "started_at", "heartbeat_at", "closed_at", "reason")
    return [
        {
            **{key: row[key] for key in keys},
            "exit_status": row["exit_status"],
            "state": _worker_state(row),
            "alive": row["alive"],
            "counters": row["counters"],
        }
        for row in found
    ]


def _worker_state(row: dict[str, Any]) -> WorkerState:
    if row["closed_at"] is not None:
        return WorkerState.ENDED
    return WorkerState.STARTING if row["pid"] is None else WorkerState.RUNNING


async def newest_worker(
    session: AsyncSession, job_id: UUID, worker_id: UUID | None
) -> RowMapping | None:
    """A job's worker on a node: that one, or the newest."""
    statement = (
        select(job_workers)
        .where(job_workers.c.job_id == job_id, job_workers.c.scrapyd.is_not(None))
        .order_by(job_workers.c.id.desc())
        .limit(1)
    )
    if worker_id is not None:
        statement = statement.where(job_workers.c.id == worker_id)
    return (await session.execute(statement)).mappings().one_or_none()


async def counts(session: AsyncSession) -> Sequence[RowMapping]:
    """Jobs by spider and state, and the sums of their targets."""
    rows = await session.execute(
        select(
            jobs.c.spider,
            jobs.c.state,
            func.count().label("jobs"),
            func.sum(jobs.c.targets_completed).label("completed"),
            func.sum(jobs.c.targets_error).label("errors"),
        ).group_by(jobs.c.spider, jobs.c.state)
    )
    return rows.mappings().all()
