"""Statements over `schedules`, and over the list of their firings."""

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
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import jobs, new_id, schedule_firings, schedules
from scrapersky.errors import NoSuchScheduleError, ScheduleError
from scrapersky.states import FiringState

KEPT = timedelta(days=90)
"""How long firings are remembered."""


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
    """Schedules of somebody's own, oldest first."""
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
