"""Statements over `schedule_firings`, and over what comes of a firing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.listings import DomainFilter
from scrapersky.db.tables import domains, job_targets, jobs, new_id, schedule_firings, schedules
from scrapersky.states import FiringState, JobState

OPEN = (JobState.PENDING, JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
"""States of jobs that have not ended."""


async def next_queued(
    session: AsyncSession, passed_over: Sequence[UUID]
) -> tuple[RowMapping, RowMapping] | None:
    """A schedule, locked, with its oldest firing that waited for a job which has ended now."""
    waiting = schedule_firings.alias()
    statement = (
        select(schedules)
        .where(
            select(waiting.c.id)
            .where(waiting.c.schedule_id == schedules.c.id, waiting.c.state == FiringState.QUEUED)
            .exists(),
            ~_open_jobs(schedules.c.id).exists(),
            schedules.c.id.not_in(passed_over),
        )
        .limit(1)
        .with_for_update(skip_locked=True, of=schedules)
    )
    schedule = (await session.execute(statement)).mappings().one_or_none()
    # Asked again: what another process did before it let go of the row was not seen above.
    if schedule is None or await open_job(session, schedule["id"]) is not None:
        return None
    oldest = await session.execute(
        select(schedule_firings)
        .where(
            schedule_firings.c.schedule_id == schedule["id"],
            schedule_firings.c.state == FiringState.QUEUED,
        )
        .order_by(schedule_firings.c.due_at)
        .limit(1)
    )
    firing = oldest.mappings().one_or_none()
    return None if firing is None else (schedule, firing)


def _open_jobs(schedule_id: Any) -> Select[Any]:
    return (
        select(jobs.c.id)
        .join(schedule_firings, schedule_firings.c.job_id == jobs.c.id)
        .where(schedule_firings.c.schedule_id == schedule_id, jobs.c.state.in_(OPEN))
    )


async def open_job(session: AsyncSession, schedule_id: UUID) -> UUID | None:
    """The newest job of the schedule that has not ended."""
    found: UUID | None = await session.scalar(
        _open_jobs(schedule_id).order_by(jobs.c.id.desc()).limit(1)
    )
    return found


async def count_queued(session: AsyncSession, schedule_id: UUID) -> int:
    """Firings that wait for a job."""
    found = await session.scalar(
        select(func.count()).where(
            schedule_firings.c.schedule_id == schedule_id,
            schedule_firings.c.state == FiringState.QUEUED,
        )
    )
    return found or 0


async def record(
    session: AsyncSession,
    schedule_id: UUID,
    due_at: datetime,
    *,
    state: FiringState,
    reason: str | None = None,
    is_manual: bool = False,
) -> UUID | None:
    """Takes note of a firing; None: somebody has done that before."""
    firing_id: UUID | None = await session.scalar(
        upsert(schedule_firings)
        .values(
            id=new_id(),
            schedule_id=schedule_id,
            due_at=due_at,
            state=state,
            reason=reason,
            is_manual=is_manual,
        )
        .on_conflict_do_nothing(index_elements=["schedule_id", "due_at"])
        .returning(schedule_firings.c.id)
    )
    return firing_id


async def settle(
    session: AsyncSession,
    firing_id: UUID,
    *,
    state: FiringState,
    reason: str | None = None,
    job_id: UUID | None = None,
    claimed: int | None = None,
) -> None:
    """Says what became of a firing."""
    await session.execute(
        update(schedule_firings)
        .where(schedule_firings.c.id == firing_id)
        .values(state=state, reason=reason, job_id=job_id, claimed=claimed)
    )


async def forget(session: AsyncSession, firing_id: UUID) -> None:
    """Deletes a firing that came to nothing."""
    await session.execute(delete(schedule_firings).where(schedule_firings.c.id == firing_id))


async def drop_job(session: AsyncSession, job_id: UUID) -> None:
    """Deletes a job that this transaction made, and for which there is nothing to do."""
    await session.execute(delete(jobs).where(jobs.c.id == job_id))


async def drop_queued(session: AsyncSession, schedule_id: UUID, reason: str) -> None:
    """Lets what waits for a job wait no longer."""
    await session.execute(
        update(schedule_firings)
        .where(
            schedule_firings.c.schedule_id == schedule_id,
            schedule_firings.c.state == FiringState.QUEUED,
        )
        .values(state=FiringState.SKIPPED, reason=reason)
    )


async def add_filtered(
    session: AsyncSession, job_id: UUID, wanted: DomainFilter, limit: int | None
) -> int:
    """Makes domains of the table targets, in one statement. Returns how many.

    So a firing is one transaction: an API that dies leaves either the whole job or nothing.
    """
    chosen = (
        select(text("CAST(:job_id AS uuid)"), domains.c.id)
        .where(*wanted.conditions())
        .params(job_id=job_id)
    )
    if limit is not None:
        chosen = chosen.order_by(domains.c.id).limit(limit)
    added: Any = await session.execute(
        insert(job_targets).from_select(["job_id", "domain_id"], chosen),
        execution_options={"preserve_rowcount": True},
    )
    await session.execute(
        update(jobs).where(jobs.c.id == job_id).values(targets_total=int(added.rowcount))
    )
    return int(added.rowcount)
