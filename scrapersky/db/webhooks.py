"""Statements over `webhook_deliveries`."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import jobs, new_id, webhook_deliveries
from scrapersky.states import JobState

ENDED = (
    JobState.COMPLETED,
    JobState.COMPLETED_WITH_ERRORS,
    JobState.FAILED,
    JobState.CANCELLED,
)


async def plan(session: AsyncSession) -> None:
    """Makes a delivery for each end of a job that has none yet."""
    told = (
        select(webhook_deliveries.c.id)
        .where(
            webhook_deliveries.c.job_id == jobs.c.id,
            webhook_deliveries.c.job_ended_at == jobs.c.ended_at,
        )
        .exists()
    )
    found = await session.execute(
        select(jobs.c.id, jobs.c.ended_at)
        .where(
            jobs.c.webhook_url.is_not(None),
            jobs.c.state.in_(ENDED),
            jobs.c.ended_at.is_not(None),
            ~told,
        )
        .limit(100)
    )
    for job in found.all():
        await session.execute(
            insert(webhook_deliveries)
            .values(id=new_id(), job_id=job.id, job_ended_at=job.ended_at, next_at=func.now())
            .on_conflict_do_nothing()
        )


async def take_due(
    session: AsyncSession, limit: int, patience: float
) -> Sequence[tuple[RowMapping, RowMapping]]:
    """Deliveries whose time has come, each with its job. For `patience` seconds they are taken."""
    rows = await session.execute(
        select(webhook_deliveries)
        .where(webhook_deliveries.c.next_at <= func.now())
        .order_by(webhook_deliveries.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = []
    for delivery in rows.mappings().all():
        await session.execute(
            update(webhook_deliveries)
            .where(webhook_deliveries.c.id == delivery["id"])
            .values(
                attempts=webhook_deliveries.c.attempts + 1,
                next_at=func.now() + literal(timedelta(seconds=patience)),
            )
        )
        job = await session.execute(select(jobs).where(jobs.c.id == delivery["job_id"]))
        due.append((delivery, job.mappings().one()))
    return due


async def record(
    session: AsyncSession,
    delivery_id: UUID,
    *,
    http_status: int | None,
    error: str | None,
    next_in: float | None,
) -> None:
    """How an attempt went. Without `next_in` there is no other."""
    await session.execute(
        update(webhook_deliveries)
        .where(webhook_deliveries.c.id == delivery_id)
        .values(
            http_status=http_status,
            error=error,
            delivered_at=func.now() if error is None else None,
            next_at=None if next_in is None else func.now() + literal(timedelta(seconds=next_in)),
        )
    )


async def of_job(session: AsyncSession, job_id: UUID) -> Sequence[RowMapping]:
    """A job's deliveries, oldest first."""
    rows = await session.execute(
        select(webhook_deliveries)
        .where(webhook_deliveries.c.job_id == job_id)
        .order_by(webhook_deliveries.c.id)
    )
    return rows.mappings().all()
