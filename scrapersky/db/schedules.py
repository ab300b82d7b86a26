"""Statements over `schedules` and `schedule_firings`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.listings import DomainFilter
from scrapersky.db.tables import domains, job_targets, jobs, new_id, schedule_firings, schedules
from scrapersky.errors import NoSuchScheduleError, ScheduleError
from scrapersky.states import FiringState, JobState

KEPT = timedelta(days=90)
"""How long firings are remembered."""
OPEN = (JobState.PENDING, JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
"""States of jobs that have not ended."""


async def create(session: AsyncSession, values: Mapping[str, Any]) -> RowMapping:
    """A schedule of somebody's own.

    Raises:
        ScheduleError: there is one of that name.
    """
    statement = insert(schedules).values(id=new_id(), **values).returning(schedules)
    return await _written(session, statement, values.get("name"))


async def change(session: AsyncSession, schedule_id: UUID, values: Mapping[str, Any]) -> RowMapping:
    """The same with other values.

    Raises:
        ScheduleError: there is another of that name.
    """
    statement = (
        update(schedules)
        .where(schedules.c.id == schedule_id)
        .values(**values, updated_at=func.now())
        .returning(schedules)
    )
    return await _written(session, statement, values.get("name"))


async def _written(session: AsyncSession, statement: Any, name: object) -> RowMapping:
    try:
        async with session.begin_nested():
            return (await session.execute(statement)).mappings().one()
    except IntegrityError as error:
        if "uq_schedules_name" not in str(error.orig):
            raise
        raise ScheduleError(f"There is a schedule {name!r} already.") from None


async def remove(session: AsyncSession, schedule_id: UUID) -> None:
    """Deletes it with its firings. Their jobs stay."""
    await session.execute(delete(schedules).where(schedules.c.id == schedule_id))


async def get(session: AsyncSession, schedule_id: UUID, *, lock: bool = False) -> RowMapping:
    """One schedule of somebody's own.

    Raises:
        NoSuchScheduleError: there is none of that id.
    """
    wanted = (schedules.c.id == schedule_id, schedules.c.service.is_(None))
    return await _one(session, f"schedule {schedule_id}", *wanted, lock=lock)


async def get_service(session: AsyncSession, service: str, *, lock: bool = False) -> RowMapping:
    """The row of a service."""
    return await _one(session, f"service {service}", schedules.c.service == service, lock=lock)


async def _one(
    session: AsyncSession, what: str, *wanted: ColumnElement[bool], lock: bool
) -> RowMapping:
    statement = select(schedules).where(*wanted)
    found = await session.execute(statement.with_for_update() if lock else statement)
    row = found.mappings().one_or_none()
    if row is None:
        raise NoSuchScheduleError(f"There is no {what}.")
    return row


async def page(
    session: AsyncSession, *, name: str | None, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Schedules of somebody's own, oldest first, each with the latest firing's state."""
    statement = select(schedules).where(schedules.c.service.is_(None)).order_by(schedules.c.id)
    if name is not None:
        statement = statement.where(schedules.c.name == name)
    if after is not None:
        statement = statement.where(schedules.c.id > after)
    return [dict(row) for row in (await session.execute(statement.limit(limit))).mappings()]


async def services(session: AsyncSession) -> Sequence[RowMapping]:
    """The rows of the services."""
    statement = select(schedules).where(schedules.c.service.is_not(None)).order_by(schedules.c.id)
    return (await session.execute(statement)).mappings().all()


async def firings(
    session: AsyncSession, schedule_id: UUID, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """A schedule's firings, newest first, each with its job's state."""
    statement: Select[Any] = (
        select(
            schedule_firings.c.id,
            schedule_firings.c.due_at,
            schedule_firings.c.is_manual,
            schedule_firings.c.state,
            schedule_firings.c.reason,
            schedule_firings.c.job_id,
            jobs.c.state.label("job_state"),
            jobs.c.targets_completed,
            jobs.c.targets_error,
            schedule_firings.c.claimed,
            schedule_firings.c.created_at,
        )
        .outerjoin(jobs, jobs.c.id == schedule_firings.c.job_id)
        .where(schedule_firings.c.schedule_id == schedule_id)
        .order_by(schedule_firings.c.due_at.desc())
    )
    if after is not None:
        last = select(schedule_firings.c.due_at).where(schedule_firings.c.id == after)
        statement = statement.where(schedule_firings.c.due_at < last.scalar_subquery())
    return [dict(row) for row in (await session.execute(statement.limit(limit))).mappings()]


# --- firing -------------------------------------------------------------------------------------


async def next_due(
    session: AsyncSession, now: datetime, passed_over: Sequence[UUID]
) -> RowMapping | None:
    """A schedule that is due, locked; None where there is none that nobody else sees to."""
    statement = (
        select(schedules)
        .where(
            schedules.c.enabled,
            schedules.c.next_due_at <= now,
            schedules.c.id.not_in(passed_over),
        )
        .order_by(schedules.c.next_due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).mappings().one_or_none()


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
    if schedule is None:
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


async def forget_firing(session: AsyncSession, firing_id: UUID) -> None:
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


async def has_fired(
    session: AsyncSession, schedule_id: UUID, *, last: datetime, next_: datetime | None
) -> None:
    """Moves a schedule on, and forgets its oldest firings."""
    await session.execute(
        update(schedules)
        .where(schedules.c.id == schedule_id)
        .values(last_due_at=last, next_due_at=next_)
    )
    await session.execute(
        delete(schedule_firings).where(
            schedule_firings.c.schedule_id == schedule_id,
            schedule_firings.c.due_at < last - KEPT,
            schedule_firings.c.state != FiringState.QUEUED,
        )
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
