"""Statements over `job_targets` while a job runs."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Row, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import domains, job_targets
from scrapersky.states import TargetState

_WAITING = (job_targets.c.state == TargetState.PENDING,)
_DUE = or_(job_targets.c.retry_at.is_(None), job_targets.c.retry_at <= func.now())


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
            _DUE,
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


async def named(
    session: AsyncSession, job_id: UUID, names: Collection[str]
) -> Sequence[Row[UUID, str, int, int, bool]]:
    """Those of the names that are targets of the job.

    Returns:
        Rows of domain_id, domain, attempts, expiries, and whether it can be crawled now.
    """
    statement = (
        select(
            job_targets.c.domain_id,
            domains.c.domain,
            job_targets.c.attempts,
            job_targets.c.expiries,
            (_WAITING[0] & _DUE).label("is_due"),
        )
        .join(domains, domains.c.id == job_targets.c.domain_id)
        .where(job_targets.c.job_id == job_id, domains.c.domain.in_(names))
    )
    return (await session.execute(statement)).all()


async def count_expiries(session: AsyncSession, job_id: UUID, names: Collection[str]) -> None:
    """A lease of each of these ended because its worker died or stalled."""
    await session.execute(
        update(job_targets)
        .where(
            *_WAITING,
            job_targets.c.job_id == job_id,
            job_targets.c.domain_id == domains.c.id,
            domains.c.domain.in_(names),
        )
        .values(expiries=job_targets.c.expiries + 1)
    )


async def any_left(session: AsyncSession, job_id: UUID, *, without: Collection[UUID]) -> bool:
    """Whether the job has a target that has not ended, one that waits for a later pass included."""
    statement = select(*_WAITING).where(*_WAITING, job_targets.c.job_id == job_id)
    if without:
        statement = statement.where(job_targets.c.domain_id.not_in(without))
    return bool(await session.scalar(select(exists(statement))))
