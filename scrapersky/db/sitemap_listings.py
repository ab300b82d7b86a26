"""Lists of sitemaps, part by part: see `scrapersky.db.walks`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import domains, sitemap_files
from scrapersky.db.walks import Part, Walk, among, part
from scrapersky.sitemaps.entries import Kind
from scrapersky.states import CurationStatus, FoundVia, ImportStatus

_FILE = sitemap_files.c
_COLUMNS = (
    _FILE.id,
    domains.c.domain,
    _FILE.url,
    _FILE.kind,
    _FILE.found_via,
    _FILE.parent_id,
    _FILE.http_status,
    _FILE.body_bytes,
    _FILE.entry_count,
    _FILE.lastmod_min,
    _FILE.lastmod_max,
    _FILE.generator,
    _FILE.error_code,
    _FILE.error_message,
    _FILE.problems,
    _FILE.curation_status,
    _FILE.import_status,
    _FILE.import_error,
    _FILE.import_job_id,
    _FILE.fetched_at,
    _FILE.first_seen_at,
    _FILE.last_seen_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapFilter:
    """Which sitemaps. What is None does not count."""

    domain: str | None = None
    kind: Kind | None = None
    found_via: FoundVia | None = None
    curation: CurationStatus | None = None
    import_status: ImportStatus | None = None
    error: str | None = None
    """A code of a file: what may be wrong with it is more than with a domain."""
    has_entries: bool | None = None

    def walk(self) -> Walk:
        """The way along the index that leaves the fewest rows to look at."""
        given = self._conditions()
        name = next((name for name in _INDEXES if name in given), None)
        if name == "curation" and self.curation == CurationStatus.NEW:
            name = None
        along = [] if name is None else [given.pop(name)]
        order = _FILE.url_hash if name == "domain" else _FILE.id
        return Walk(sitemap_files, (order,), along, list(given.values()))

    def _conditions(self) -> dict[str, Any]:
        wanted: dict[str, Any] = {}
        if self.domain is not None:
            of_name = select(domains.c.id).where(domains.c.domain == self.domain)
            wanted["domain"] = _FILE.domain_id == of_name.scalar_subquery()
        # As they are, not as parameters: only so partial indexes are known to have them all.
        for name, (column, value) in self._constants().items():
            if value is not None:
                wanted[name] = column == literal_column(f"'{value}'")
        if self.error is not None:
            wanted["error"] = _FILE.error_code == self.error
        if self.has_entries is not None:
            some = _FILE.entry_count > 0
            wanted["has_entries"] = some if self.has_entries else some.is_not(True)
        return wanted

    def _constants(self) -> dict[str, tuple[Column[Any], str | None]]:
        return {
            "kind": (_FILE.kind, self.kind),
            "found_via": (_FILE.found_via, self.found_via),
            "curation": (_FILE.curation_status, self.curation),
            "import_status": (_FILE.import_status, self.import_status),
        }


# By what a filter may say, the best first.
_INDEXES = ("domain", "import_status", "curation", "error")


async def sitemap_ids(
    session: AsyncSession, wanted: SitemapFilter, *, after: UUID | None, limit: int
) -> Part:
    """The next sitemaps, in bounded time."""
    return await part(session, wanted.walk(), after=after, limit=limit)


async def sitemap_part(
    session: AsyncSession, wanted: SitemapFilter, *, after: UUID | None, limit: int
) -> tuple[list[dict[str, Any]], UUID | None]:
    """The next sitemaps, in bounded time, and behind which to go on."""
    ids, following = await sitemap_ids(session, wanted, after=after, limit=limit)
    found = await session.execute(
        select(*_COLUMNS).join(domains, domains.c.id == _FILE.domain_id).where(among(_FILE.id, ids))
    )
    rows = {row["id"]: dict(row) for row in found.mappings()}
    return [rows[one] for one in ids if one in rows], following
