"""Lists of pages, part by part: see `scrapersky.db.walks`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import LOOKED_FOR, domains, pages, sitemap_files
from scrapersky.db.walks import Conditions, Part, Walk, among, part, whole
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
    sitemap: UUID | None = None
    """Of those that stand in several files: the first."""
    page_type: PageType | None = None
    curation: CurationStatus | None = None
    is_gone: bool | None = None
    lastmod_after: datetime | None = None
    """From this time on."""
    lastmod_before: datetime | None = None
    text: str | None = None
    """Somewhere in the URL, in any case."""

    def walk(self) -> Walk:
        """The way along the index that leaves the fewest rows to look at."""
        given = self._conditions()
        name = next((name for name in _INDEXES if name in given and self._is_rare(name)), None)
        along = [] if name is None else given.pop(name)
        other = [condition for conditions in given.values() for condition in conditions]
        return Walk(pages, _INDEXES.get(name, (pages.c.id,)), along, other)

    def _is_rare(self, name: str) -> bool:
        """Whether few rows are so, and the index has them all."""
        return (
            name not in {"page_type", "curation", "is_gone"}
            or (name == "page_type" and self.page_type in LOOKED_FOR)
            or (name == "curation" and self.curation != CurationStatus.NEW)
            or (name == "is_gone" and bool(self.is_gone))
        )

    def _conditions(self) -> dict[str, Conditions]:
        wanted: dict[str, Conditions] = {}
        if self.sitemap is not None:
            wanted["sitemap"] = [pages.c.sitemap_id == self.sitemap]
        if self.domain is not None:
            of_name = select(domains.c.id).where(domains.c.domain == self.domain)
            wanted["domain"] = [pages.c.domain_id == of_name.scalar_subquery()]
        if self.page_type is not None:
            # As it is, not as a parameter: only so the partial index is known to have them all.
            wanted["page_type"] = [pages.c.page_type == literal_column(f"'{self.page_type}'")]
        if self.curation is not None:
            wanted["curation"] = [pages.c.curation_status == literal_column(f"'{self.curation}'")]
        if self.is_gone is not None:
            is_gone: ColumnElement[bool] = pages.c.gone_at.is_not(None)
            wanted["is_gone"] = [is_gone if self.is_gone else pages.c.gone_at.is_(None)]
        if times := self._times():
            wanted["lastmod"] = times
        if self.text is not None:
            wanted["text"] = [pages.c.url.icontains(self.text, autoescape=True)]
        return wanted

    def _times(self) -> Conditions:
        wanted: Conditions = []
        if self.lastmod_after is not None:
            wanted.append(pages.c.lastmod >= self.lastmod_after)
        if self.lastmod_before is not None:
            wanted.append(pages.c.lastmod < self.lastmod_before)
        return wanted


# By what a filter may say, the best first: the order in which the index for it has the rows.
_INDEXES: dict[str | None, tuple[Column[Any], ...]] = {
    "sitemap": (pages.c.id,),
    "domain": (pages.c.url_hash,),
    "curation": (pages.c.id,),
    "is_gone": (pages.c.id,),
    "page_type": (pages.c.id,),
    "lastmod": (pages.c.lastmod, pages.c.id),
}


async def page_ids(
    session: AsyncSession, wanted: PageFilter, *, after: UUID | None, limit: int
) -> Part:
    """The next pages, in bounded time."""
    return await part(session, wanted.walk(), after=after, limit=limit)


async def page_part(
    session: AsyncSession, wanted: PageFilter, *, after: UUID | None, limit: int
) -> tuple[list[dict[str, Any]], UUID | None]:
    """The next pages, in bounded time, and behind which to go on.

    Rows have the keys `PAGE_FIELDS` and `alternates`. Those of one domain come in the order of
    their hashes, those of a time by `lastmod`, others by age.
    """
    found = await page_ids(session, wanted, after=after, limit=limit)
    return await _rows(session, found.ids), found.next


async def page_page(
    session: AsyncSession, wanted: PageFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """The same, however long it takes: fewer than `limit` are the last ones."""
    return await _rows(session, await whole(session, wanted.walk(), after=after, limit=limit))


async def _rows(session: AsyncSession, ids: list[UUID]) -> list[dict[str, Any]]:
    found = await session.execute(
        select(*_COLUMNS, pages.c.alternates)
        .join(domains, domains.c.id == pages.c.domain_id)
        .outerjoin(sitemap_files, sitemap_files.c.id == pages.c.sitemap_id)
        .where(among(pages.c.id, ids))
    )
    rows = {row["id"]: dict(row) for row in found.mappings()}
    return [rows[one] for one in ids if one in rows]
