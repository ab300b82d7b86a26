"""Domains: what is known about one, what people decide about them, and their end."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, case, cast, delete, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import contacts, domains, job_targets, jobs, pages, sitemap_files
from scrapersky.states import AnalysisStatus, CurationStatus

LAST_JOBS = 5
MOST_PAGES = 20_000
"""Pages that one statement deletes: about a quarter of a second."""


async def find(session: AsyncSession, domain: str) -> dict[str, Any] | None:
    """Everything about the domain of a name; None: it is unknown."""
    return await _everything(session, domains.c.domain == domain)


async def get(session: AsyncSession, domain_id: UUID) -> dict[str, Any] | None:
    """The same by id."""
    return await _everything(session, domains.c.id == domain_id)


async def named(session: AsyncSession, names: Sequence[str]) -> list[dict[str, Any]]:
    """Id and name of those domains that are there, by name."""
    rows = await session.execute(
        select(domains.c.id, domains.c.domain)
        .where(domains.c.domain.in_(names))
        .order_by(domains.c.domain)
    )
    return [dict(row) for row in rows.mappings()]


async def curate(
    session: AsyncSession, ids: Sequence[UUID], change: Mapping[str, Any]
) -> list[UUID]:
    """Writes what a person decided. Selecting a domain's sitemaps queues looking for them.

    Args:
        session: whose transaction this is part of.
        ids: which domains.
        change: new values of `curation_status`, `sitemap_curation_status`, `notes`.

    Returns:
        Which of them there are.
    """
    # Locked in order, as crawls do: two then wait for each other instead of deadlocking.
    locked = select(domains.c.id).where(_among(domains.c.id, ids)).order_by(domains.c.id)
    found = list(await session.scalars(locked.with_for_update()))
    values = {**change, **_analysis(change.get("sitemap_curation_status"))}
    if found and values:
        await session.execute(update(domains).where(_among(domains.c.id, found)).values(values))
    return found


def _analysis(sitemaps: CurationStatus | None) -> dict[str, Any]:
    """What a decision about a domain's sitemaps does to the search for them."""
    status, error = domains.c.sitemap_analysis_status, domains.c.sitemap_analysis_error
    if sitemaps is None:
        return {}
    if sitemaps == CurationStatus.SELECTED:
        is_at_work = status == AnalysisStatus.PROCESSING
        return {
            status.name: case((is_at_work, status), else_=AnalysisStatus.QUEUED),
            error.name: None,
        }
    is_waiting = status == AnalysisStatus.QUEUED
    return {status.name: case((is_waiting, null()), else_=status)}


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> int | None:
    """Deletes domains with all that belongs to them, or a part of their pages, if they have many.

    Returns:
        How many domains there were; None: there are pages left, call it again.
    """
    some = select(pages.c.id).where(_among(pages.c.domain_id, ids)).limit(MOST_PAGES)
    gone: Any = await session.execute(delete(pages).where(pages.c.id.in_(some)))
    if gone.rowcount == MOST_PAGES:
        return None
    deleted: Any = await session.execute(delete(domains).where(_among(domains.c.id, ids)))
    return int(deleted.rowcount)


def _among(column: Any, ids: Sequence[UUID]) -> Any:
    return column == any_(cast(ids, ARRAY(Uuid)))


async def _everything(session: AsyncSession, condition: Any) -> dict[str, Any] | None:
    row = (await session.execute(select(domains).where(condition))).mappings().one_or_none()
    if row is None:
        return None
    found = await session.execute(
        select(contacts)
        .where(contacts.c.domain_id == row["id"])
        .order_by(contacts.c.kind, contacts.c.confidence.desc(), contacts.c.value)
    )
    files = await session.scalar(select(func.count()).where(sitemap_files.c.domain_id == row["id"]))
    return {
        **row,
        "contacts": [dict(contact) for contact in found.mappings()],
        "sitemaps": files,
        "crawls": await _crawls(session, row["id"]),
    }


async def _crawls(session: AsyncSession, domain_id: UUID) -> list[dict[str, Any]]:
    """The last jobs that the domain was a target of, newest first."""
    rows = await session.execute(
        select(job_targets, jobs.c.spider)
        .join(jobs, jobs.c.id == job_targets.c.job_id)
        .where(job_targets.c.domain_id == domain_id)
        .order_by(job_targets.c.job_id.desc())
        .limit(LAST_JOBS)
    )
    return [dict(row) for row in rows.mappings()]
