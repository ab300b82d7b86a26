"""Pages of sites, page by page of a list: see `scrapersky.db.listings`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import domains, pages, sitemap_files
from scrapersky.sitemaps.page_types import PageType
from scrapersky.states import CurationStatus

_COLUMNS = (
    pages.c.id,
    domains.c.domain,
    pages.c.url,
    pages.c.page_type,
    pages.c.lastmod,
    pages.c.changefreq,
    pages.c.priority,
    sitemap_files.c.url.label("sitemap"),
    pages.c.curation_status,
    pages.c.first_seen_at,
    # A page is not written as long as its sitemap does not change.
    case(
        (
            pages.c.gone_at.is_(None),
            func.greatest(pages.c.last_seen_at, sitemap_files.c.fetched_at),
        ),
        else_=pages.c.last_seen_at,
    ).label("last_seen_at"),
    pages.c.gone_at,
)
PAGE_FIELDS = tuple(column.name for column in _COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFilter:
    """Which pages. What is None does not count."""

    domain: str | None = None
    page_type: PageType | None = None
    curation: CurationStatus | None = None
    is_gone: bool | None = None
    lastmod_after: datetime | None = None
    """From this time on."""
    lastmod_before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        wanted: list[ColumnElement[bool]] = []
        if self.domain is not None:
            of_name = select(domains.c.id).where(domains.c.domain == self.domain)
            wanted.append(pages.c.domain_id == of_name.scalar_subquery())
        if self.page_type is not None:
            # As it is, not as a parameter: only so the partial index is known to have them all.
            wanted.append(pages.c.page_type == literal_column(f"'{self.page_type}'"))
        if self.curation is not None:
            wanted.append(pages.c.curation_status == self.curation)
        if self.is_gone is not None:
            wanted.append(pages.c.gone_at.is_not(None) == self.is_gone)
        if self.lastmod_after is not None:
            wanted.append(pages.c.lastmod >= self.lastmod_after)
        if self.lastmod_before is not None:
            wanted.append(pages.c.lastmod < self.lastmod_before)
        return wanted


async def page_page(
    session: AsyncSession, wanted: PageFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Pages: rows with the keys `PAGE_FIELDS` and `alternates`.

    Those of one domain come in the order of their hashes, for which there is an index: by age, each
    part of a list of a million would sort all of it.
    """
    order = pages.c.id if wanted.domain is None else pages.c.url_hash
    statement = (
        select(*_COLUMNS, pages.c.alternates)
        .join(domains, domains.c.id == pages.c.domain_id)
        .outerjoin(sitemap_files, sitemap_files.c.id == pages.c.sitemap_id)
        .where(*wanted.conditions())
        .order_by(order)
    )
    if after is not None:
        last = select(order).where(pages.c.id == after).correlate(None).scalar_subquery()
        statement = statement.where(order > last)
    return [dict(row) for row in (await session.execute(statement.limit(limit))).mappings()]
