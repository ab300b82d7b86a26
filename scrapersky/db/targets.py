"""Statements over `job_targets` while a job runs."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import domains, job_targets
from scrapersky.states import TargetState

_WAITING = (job_targets.c.state == TargetState.PENDING,)
_DUE = or_(job_targets.c.retry_at.is_(None), job_targets.c.retry_at <= func.now())

# Asked for every batch of leases: as one array, the names cost half of what they do one by one.
NAMED = text(
    "SELECT t.domain_id, d.domain, t.attempts, t.expiries,"
    " t.state = 'pending' AND (t.retry_at IS NULL OR t.retry_at <= now()) AS is_due"
    " FROM domains d JOIN job_targets t ON t.job_id = :job AND t.domain_id = d.id"
    " WHERE d.domain = ANY(CAST(:names AS text[]))"
)


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


async def named(session: AsyncSession, job_id: UUID, names: Collection[str]) -> Sequence[Row[Any]]:
    """Those of the names that are targets of the job.

    Returns:
        Rows of domain_id, domain, attempts, expiries, and whether it can be crawled now.
    """
    rows = await session.execute(NAMED, {"job": job_id, "names": list(names)})
    return rows.all()


async def count_expiries(session: AsyncSession, job_id: UUID, names: Collection[str]) -> None:
    """A worker that had begun each of these died or stalled."""
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
