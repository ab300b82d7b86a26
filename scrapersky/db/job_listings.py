"""Jobs as rows of a file."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.reports import job_page
from scrapersky.db.tables import jobs
from scrapersky.states import JobState

_COLUMNS = (
    jobs.c.id,
    jobs.c.spider,
    jobs.c.state,
    jobs.c.reason,
    jobs.c.source,
    jobs.c.arguments,
    jobs.c.priority,
    jobs.c.rate,
    jobs.c.targets_total,
    jobs.c.targets_completed,
    jobs.c.targets_error,
    jobs.c.rejected,
    jobs.c.duplicates,
    jobs.c.created_at,
    jobs.c.queued_at,
    jobs.c.started_at,
    jobs.c.ended_at,
)
JOB_FIELDS = tuple(column.name for column in _COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs. What is None does not count."""

    state: JobState | None = None
    spider: str | None = None


async def job_rows(
    session: AsyncSession, wanted: JobFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Jobs, newest first: rows with the keys `JOB_FIELDS`."""
    rows = await job_page(
        session, state=wanted.state, spider=wanted.spider, after=after, limit=limit
    )
    return [{name: row[name] for name in JOB_FIELDS} for row in rows]
