"""Statements over `sitemap_files`: what is known of a site's sitemaps, and what a crawl found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import new_id, sitemap_files
from scrapersky.items import SitemapFileItem
from scrapersky.states import FoundVia, ImportStatus
from scrapersky.text import storable

_ROWS = (
    " FROM jsonb_to_recordset(%s) AS n(id uuid, domain_id uuid, url text, outcome text,"
    " found_via text, parent text, listed_lastmod timestamptz, seen_at timestamptz,"
    " fetched_at timestamptz, http_status smallint, error_code text, error_message text,"
    " kind text, body_bytes bigint, gzip boolean, entry_count integer, lastmod_min timestamptz,"
    " lastmod_max timestamptz, generator text, problems jsonb, etag text, last_modified text,"
    " content_hash bytea, hit integer, miss integer)"
)
_ADD = (
    "INSERT INTO sitemap_files (id, domain_id, url, found_via, first_seen_at, last_seen_at)"
    f" SELECT n.id, n.domain_id, n.url, n.found_via, n.seen_at, n.seen_at{_ROWS}"
    " JOIN domains d ON d.id = n.domain_id"
    " ON CONFLICT (domain_id, url_hash) DO NOTHING"
)
# What is begun has no content that is known to its end, so it loses its validators. `fetched_at` is
# the last time that the content was had: until then its pages were seen.
_SEEN = (
    "UPDATE sitemap_files f SET parent_id = p.id, found_via = n.found_via,"  # noqa: S608 - a constant
    " last_seen_at = greatest(f.last_seen_at, n.seen_at),"
    " listed_lastmod = CASE WHEN n.outcome = 'listed' THEN f.listed_lastmod"
    "  ELSE n.listed_lastmod END,"
    " http_status = CASE WHEN n.outcome IN ('listed', 'begun') THEN f.http_status"
    "  ELSE coalesce(n.http_status, f.http_status) END,"
    " error_code = CASE WHEN n.outcome = 'listed' THEN f.error_code ELSE n.error_code END,"
    " error_message = CASE WHEN n.outcome = 'listed' THEN f.error_message ELSE n.error_message END,"
    " fetched_at = CASE WHEN n.outcome = 'unchanged' THEN coalesce(n.fetched_at, f.fetched_at)"
    "  ELSE f.fetched_at END,"
    " etag = CASE WHEN n.outcome <> 'begun' THEN f.etag END,"
    " last_modified = CASE WHEN n.outcome <> 'begun' THEN f.last_modified END,"
    f" content_hash = CASE WHEN n.outcome <> 'begun' THEN f.content_hash END{_ROWS}"
    " LEFT JOIN sitemap_files p ON p.domain_id = n.domain_id AND p.url_hash = md5(n.parent)::uuid"
    " WHERE f.domain_id = n.domain_id AND f.url_hash = md5(n.url)::uuid"
)
_FACTS = (
    "http_status",
    "error_code",
    "error_message",
    "kind",
    "body_bytes",
    "gzip",
    "entry_count",
    "lastmod_min",
    "lastmod_max",
    "generator",
    "problems",
    "etag",
    "last_modified",
    "content_hash",
)
_READ = (
    f"UPDATE sitemap_files f SET {', '.join(f'{name} = n.{name}' for name in _FACTS)},"  # noqa: S608 - names of columns
    " fetched_at = coalesce(n.fetched_at, f.fetched_at),"
    " lastmod_hits = f.lastmod_hits + n.hit, lastmod_misses = f.lastmod_misses + n.miss"
    f"{_ROWS} WHERE f.domain_id = n.domain_id AND f.url_hash = md5(n.url)::uuid"
)
# What an index listed before, and does not any more.
_LET_GO = (
    f"UPDATE sitemap_files c SET parent_id = NULL{_ROWS}"  # noqa: S608 - a constant
    " JOIN sitemap_files f ON f.domain_id = n.domain_id AND f.url_hash = md5(n.url)::uuid"
    " WHERE c.parent_id = f.id AND c.last_seen_at < n.seen_at AND n.error_code IS NULL"
)
LONGEST_HEADER = 1_000
"""Characters of an ETag: a longer one is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What an earlier crawl left of a sitemap."""

    url: str
    found_via: FoundVia
    kind: str | None
    parent: str | None
    """URL of the index that listed it."""
    listed_lastmod: datetime | None
    etag: str | None
    last_modified: str | None
    content_hash: bytes | None
    """None: it was not read to its end."""
    lastmod_hits: int
    lastmod_misses: int
    error_code: str | None
    fetched_at: datetime | None
    is_chosen: bool = False
    """Whether its import is under way."""


async def known_files(session: AsyncSession, domain_id: UUID, limit: int) -> dict[str, KnownFile]:
    """A domain's sitemaps by URL: those to import, then the latest seen, up to `limit`."""
    files, parents = sitemap_files, sitemap_files.alias()
    is_chosen = func.coalesce(files.c.import_status == ImportStatus.PROCESSING, False)
    rows = await session.execute(
        select(
            files.c.url,
            files.c.found_via,
            files.c.kind,
            parents.c.url.label("parent"),
            files.c.listed_lastmod,
            files.c.etag,
            files.c.last_modified,
            files.c.content_hash,
            files.c.lastmod_hits,
            files.c.lastmod_misses,
            files.c.error_code,
            files.c.fetched_at,
            is_chosen.label("is_chosen"),
        )
        .outerjoin(parents, parents.c.id == files.c.parent_id)
        .where(files.c.domain_id == domain_id)
        .order_by(is_chosen.desc(), files.c.last_seen_at.desc(), files.c.id)
        .limit(limit)
    )
    return {row["url"]: KnownFile(**row) for row in rows.mappings()}


async def write_seen(
    connection: psycopg.AsyncConnection[Any], items: Sequence[SitemapFileItem]
) -> None:
    """Writes what was listed, begun, did not change or failed, in the connection's transaction."""
    # Of what is listed and then read or not, the last word counts.
    latest = {(item.domain_id, item.url): item for item in items}
    rows = Jsonb([_row(item) for item in latest.values()], dumps=orjson.dumps)
    for statement in (_ADD, _SEEN):
        await connection.execute(statement, [rows])


async def write_read(
    connection: psycopg.AsyncConnection[Any], items: Sequence[SitemapFileItem]
) -> None:
    """Writes what was read to its end: their pages are there."""
    rows = Jsonb([_row(item) for item in items], dumps=orjson.dumps)
    for statement in (_READ, _LET_GO):
        await connection.execute(statement, [rows])


def _row(item: SitemapFileItem) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in (*_FACTS, "fetched_at")}
    for name in ("error_message", "generator", "etag", "last_modified"):
        row[name] = _text(row[name])
    return row | {
        "id": new_id(),
        "domain_id": item.domain_id,
        "url": item.url,
        "outcome": item.outcome,
        "found_via": item.found_via,
        "parent": item.parent,
        "listed_lastmod": item.listed_lastmod,
        "seen_at": item.crawled_at,
        "problems": item.problems or None,
        "content_hash": f"\\x{item.content_hash}" if item.content_hash else None,
        "hit": int(item.lastmod_hit),
        "miss": int(item.lastmod_miss),
    }


def _text(value: str | None) -> str | None:
    text = storable(value or "").strip()
    return text if 0 < len(text) <= LONGEST_HEADER else None
