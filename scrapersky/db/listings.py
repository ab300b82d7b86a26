"""Lists of any length, page by page: each page begins after the id with which the last one ended.

A page is one short transaction, so an export of a million rows holds none open, and a
transaction-mode pooler may sit in between. Ids sort by age: the oldest rows come first.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import jobs as jobs_
from scrapersky.db.contact_listings import CONTACT_FIELDS, ContactFilter, contact_page
from scrapersky.db.domain_listings import DOMAIN_FIELDS, DomainFilter, domain_ids, domain_page
from scrapersky.db.tables import domains, job_targets, jobs
from scrapersky.outcomes import ErrorCode
from scrapersky.states import JobState, TargetState

__all__ = [
    "CONTACT_FIELDS",
    "DOMAIN_FIELDS",
    "ContactFilter",
    "DomainFilter",
    "contact_page",
    "domain_ids",
    "domain_page",
    "newest_jobs",
    "target_page",
]


async def target_page(
    session: AsyncSession,
    job_id: UUID,
    *,
    state: TargetState | None,
    error: ErrorCode | None,
    after: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """A job's targets; `id` is the domain's.

    Raises:
        JobError: there is no such job.
    """
    await jobs_.get(session, job_id)
    statement = (
        select(
            job_targets.c.domain_id.label("id"),
            domains.c.domain,
            job_targets.c.state,
            job_targets.c.attempts,
            job_targets.c.error_code,
            job_targets.c.error_message,
            job_targets.c.retry_at,
            job_targets.c.ended_at,
        )
        .join(domains, domains.c.id == job_targets.c.domain_id)
        .where(job_targets.c.job_id == job_id)
        .order_by(job_targets.c.domain_id)
    )
    if state is not None:
        statement = statement.where(job_targets.c.state == state)
    if error is not None:
        statement = statement.where(job_targets.c.error_code == error)
    if after is not None:
        # Said twice: PostgreSQL infers equalities through a join, but not that.
        statement = statement.where(job_targets.c.domain_id > after, domains.c.id > after)
    return [dict(row) for row in (await session.execute(statement.limit(limit))).mappings()]


async def newest_jobs(
    session: AsyncSession, *, state: JobState | None, spider: str | None, limit: int
) -> Sequence[RowMapping]:
    """The last jobs, newest first."""
    statement: Select[Any] = jobs_.newest(limit)
    if state is not None:
        statement = statement.where(jobs.c.state == state)
    if spider is not None:
        statement = statement.where(jobs.c.spider == spider)
    rows: Sequence[RowMapping] = (await session.execute(statement)).mappings().all()
    return rows
