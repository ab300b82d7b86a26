"""Statements over `job_targets` while a job runs."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import domains, job_targets
from scrapersky.states import TargetState

_WAITING = (job_targets.c.state == TargetState.PENDING,)


async def due(
    session: AsyncSession,
    job_id: UUID,
    *,
    after: UUID | None,
    without: Collection[UUID],
    limit: int,
) -> Sequence[Row[UUID, str, int]]:
    """Targets that can be crawled now, in the order of their ids.

    Args:
        session: whose transaction this is part of.
        job_id: the job.
        after: those up to this id have been handed out.
        without: those at work.
        limit: how many at most.

    Returns:
        Rows of domain_id, domain and attempts.
    """
    statement = (
        select(job_targets.c.domain_id, domains.c.domain, job_targets.c.attempts)
        .join(domains, domains.c.id == job_targets.c.domain_id)
        .where(
            *_WAITING,
            job_targets.c.job_id == job_id,
            or_(job_targets.c.retry_at.is_(None), job_targets.c.retry_at <= func.now()),
        )
        .order_by(job_targets.c.domain_id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(job_targets.c.domain_id > after)
    if without:
        statement = statement.where(job_targets.c.domain_id.not_in(without))
    return (await session.execute(statement)).all()


async def seconds_to_retry(
    session: AsyncSession, job_id: UUID, *, without: Collection[UUID]
) -> float | None:
    """How long until the next later pass is due, by the database's clock; None: none is planned."""
    earliest = func.min(job_targets.c.retry_at)
    statement = select(func.extract("epoch", earliest - func.now())).where(
        *_WAITING, job_targets.c.job_id == job_id
    )
    if without:
        statement = statement.where(job_targets.c.domain_id.not_in(without))
    seconds = await session.scalar(statement)
    return None if seconds is None else float(seconds)
