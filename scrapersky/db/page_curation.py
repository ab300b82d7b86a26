"""One page, what people decide about pages, and their end."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import domains, pages, sitemap_files
from scrapersky.db.walks import among
from scrapersky.states import CurationStatus

# A domain's count is of the pages that are not gone.
_REMOVE = text(
    "WITH removed AS (DELETE FROM pages WHERE id = ANY(:ids) RETURNING domain_id, gone_at),"
    " counted AS (SELECT domain_id, count(*) AS pages FROM removed"
    "  WHERE gone_at IS NULL GROUP BY domain_id),"
    " told AS (UPDATE domains SET page_count = greatest(page_count - counted.pages, 0),"
    "  updated_at = now() FROM counted WHERE domains.id = counted.domain_id)"
    " SELECT count(*) FROM removed"
)


async def get(session: AsyncSession, page_id: UUID) -> dict[str, Any] | None:
    """All about a page, with its domain and the sitemaps that list it; None: there is none."""
    rows = await session.execute(
        select(pages, domains.c.domain)
        .join(domains, domains.c.id == pages.c.domain_id)
        .where(pages.c.id == page_id)
    )
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    files = await session.execute(
        select(sitemap_files.c.id, sitemap_files.c.url)
        .where(among(sitemap_files.c.id, [row["sitemap_id"], *(row["also_in"] or ())]))
        .order_by(sitemap_files.c.id != row["sitemap_id"], sitemap_files.c.id)
    )
    hidden = {"also_in", "sitemap_id", "url_hash"}
    return {
        **{name: value for name, value in row.items() if name not in hidden},
        "sitemaps": [dict(file) for file in files.mappings()],
    }


async def curate(session: AsyncSession, ids: Sequence[UUID], status: CurationStatus) -> int:
    """Writes what a person decided. Returns how many of the pages there are."""
    found = await _locked(session, ids)
    differs = pages.c.curation_status != status
    await session.execute(
        update(pages).where(among(pages.c.id, found), differs).values(curation_status=status)
    )
    return len(found)


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> int:
    """Deletes pages. Returns how many there were."""
    found = await _locked(session, ids)
    return int(await session.scalar(_REMOVE, {"ids": found}) or 0)


async def _locked(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    # In the order in which crawls write them: two then wait for each other, not in a circle.
    statement = (
        select(pages.c.id)
        .where(among(pages.c.id, ids))
        .order_by(pages.c.domain_id, pages.c.url_hash)
        .with_for_update()
    )
    return list(await session.scalars(statement))
