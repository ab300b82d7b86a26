"""Writing the pages that sitemaps list, and marking those that none lists any more.

A page belongs to the first file that lists it (`sitemap_id`), whose values it has; other files that
list it too are in `also_in`. So a file that did not change needs no look at its pages, and a page
is gone when the last file that listed it is read without it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from uuid_utils import uuid7

from scrapersky.db import copying
from scrapersky.items import PagesItem, SitemapFileItem, SitemapsItem
from scrapersky.sitemaps.entries import PageEntry
from scrapersky.sitemaps.page_types import PageType, page_type
from scrapersky.states import Stage
from scrapersky.text import storable

HASH_BYTES = 16
LONGEST_CHANGEFREQ = 32

# Temporary tables live as long as the transaction, so that a pooler does not mind.
_NEW_PAGES = (
    "CREATE TEMPORARY TABLE new_pages (domain_id uuid, sitemap_hash uuid, number integer,"
    " seen_at timestamptz, id uuid, url text, page_type text, changefreq text, priority real,"
    " lastmod timestamptz, alternates jsonb,"
    " url_hash uuid GENERATED ALWAYS AS (md5(url)::uuid) STORED) ON COMMIT DROP"
)
_COPY_PAGES = (
    "COPY new_pages (domain_id, sitemap_hash, number, seen_at, id, url, page_type, changefreq,"
    " priority, lastmod, alternates) FROM STDIN (FORMAT BINARY)"
)
_FIELDS = 11
_LISTED = (
    "DROP TABLE IF EXISTS pg_temp.listed",
    "CREATE TEMPORARY TABLE listed (url_hash uuid) ON COMMIT DROP",
)
_COPY_LISTED = "COPY listed (url_hash) FROM STDIN (FORMAT BINARY)"

# A batch is small, and each join of it has its index: see scrapersky.db.endings. Scans that are
# "off" look so expensive to the planner that it would compile them.
_PLANNER = (
    "SELECT set_config(name, %s, true) FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin',"
    " 'enable_mergejoin', 'enable_bitmapscan', 'jit']) AS name"
)
_BY_INDEX = _PLANNER.replace("%s", "'off'")
_AS_IT_LIKES = _PLANNER.replace("%s", "'on'")
_VALUES = ("lastmod", "changefreq", "priority", "alternates", "page_type")
# Of a page that stands in several files the first counts; of one that stands in a file twice, the
# last, as it does where the two come in different batches. A file that was deleted meanwhile, with
# its domain, has no pages.
_UPSERT = (  # only names of columns go in: those above
    f"INSERT INTO pages (id, domain_id, sitemap_id, url, {', '.join(_VALUES)},"  # noqa: S608 - see above
    " first_seen_at, last_seen_at)"
    f" SELECT n.id, n.domain_id, n.sitemap_id, n.url, {', '.join(f'n.{v}' for v in _VALUES)},"
    " n.seen_at, n.seen_at"
    " FROM (SELECT DISTINCT ON (new_pages.domain_id, new_pages.url_hash) new_pages.*,"
    "  f.id AS sitemap_id FROM new_pages"
    "  JOIN sitemap_files f ON f.domain_id = new_pages.domain_id"
    "  AND f.url_hash = new_pages.sitemap_hash"
    "  ORDER BY new_pages.domain_id, new_pages.url_hash, new_pages.number, new_pages.id DESC) n"
    " LEFT JOIN pages o ON o.domain_id = n.domain_id AND o.url_hash = n.url_hash"
    " WHERE o.id IS NULL OR (o.last_seen_at <= n.seen_at AND (o.sitemap_id IS NULL"
    f" OR (o.sitemap_id = n.sitemap_id AND ({', '.join(f'o.{v}' for v in _VALUES)})"
    f" IS DISTINCT FROM ({', '.join(f'n.{v}' for v in _VALUES)}))))"
    " ON CONFLICT (domain_id, url_hash) DO UPDATE SET sitemap_id = EXCLUDED.sitemap_id,"
    f" {', '.join(f'{v} = EXCLUDED.{v}' for v in _VALUES)},"
    " last_seen_at = EXCLUDED.last_seen_at, gone_at = NULL"
)
_ALSO_IN = (
    "UPDATE pages p SET also_in = coalesce(p.also_in, '{}') || more.ids"
    " FROM (SELECT n.domain_id, n.url_hash, array_agg(DISTINCT f.id) AS ids FROM new_pages n"
    "  JOIN sitemap_files f ON f.domain_id = n.domain_id AND f.url_hash = n.sitemap_hash"
    "  JOIN pages o ON o.domain_id = n.domain_id AND o.url_hash = n.url_hash"
    "  WHERE o.sitemap_id <> f.id AND NOT f.id = ANY(coalesce(o.also_in, '{}'))"
    "  GROUP BY n.domain_id, n.url_hash) more"
    " WHERE p.domain_id = more.domain_id AND p.url_hash = more.url_hash"
)
# What a page owes to a file that lists it no longer: the next file that does has it then. It was
# listed until the file's content was last had.
_NEXT_FILE = (
    " SET sitemap_id = p.also_in[1], also_in = nullif(p.also_in[2:], '{}'),"
    " last_seen_at = greatest(p.last_seen_at, f.fetched_at)"
)
_LEAVE_ALSO_IN = (
    "UPDATE pages p SET also_in = nullif(array_remove(p.also_in, f.id), '{}')"
    " FROM sitemap_files f"
    " WHERE f.domain_id = %(domain_id)s AND f.url_hash = md5(%(url)s)::uuid"
    " AND p.domain_id = f.domain_id AND p.also_in IS NOT NULL AND f.id = ANY(p.also_in)"
    " AND NOT EXISTS (SELECT FROM listed WHERE listed.url_hash = p.url_hash)"
)
_LEAVE = (
    f"UPDATE pages p{_NEXT_FILE} FROM sitemap_files f"
    " WHERE f.domain_id = %(domain_id)s AND f.url_hash = md5(%(url)s)::uuid"
    " AND p.sitemap_id = f.id"
    " AND NOT EXISTS (SELECT FROM listed WHERE listed.url_hash = p.url_hash)"
)
_VANISHED = "f.domain_id = %(domain_id)s AND f.last_seen_at < %(crawled_at)s"
_LEAVE_VANISHED_ALSO_IN = (
    "UPDATE pages p SET also_in = nullif(ARRAY(SELECT id FROM unnest(p.also_in) WITH ORDINALITY"  # noqa: S608 - a constant
    f" AS a(id, number) WHERE id NOT IN (SELECT f.id FROM sitemap_files f WHERE {_VANISHED})"
    " ORDER BY number), '{}')"
    " WHERE p.domain_id = %(domain_id)s AND p.also_in IS NOT NULL"
    f" AND p.also_in && ARRAY(SELECT f.id FROM sitemap_files f WHERE {_VANISHED})"
)
_LEAVE_VANISHED = (
    f"UPDATE pages p{_NEXT_FILE} FROM sitemap_files f WHERE {_VANISHED} AND p.sitemap_id = f.id"
)
_MARK_GONE = (
    "UPDATE pages SET gone_at = %(crawled_at)s"
    " WHERE domain_id = %(domain_id)s AND sitemap_id IS NULL AND gone_at IS NULL"
)
_COUNT = (
    "UPDATE domains SET sitemaps_crawled_at = %(crawled_at)s, "
    " sitemap_count = coalesce(%(sitemaps)s, sitemap_count),"
    " page_count = CASE WHEN page_count IS NOT NULL AND %(is_same)s THEN page_count"
    "  ELSE (SELECT nullif(count(*), CASE WHEN %(is_error)s THEN 0 END) FROM pages"
    "   WHERE domain_id = %(domain_id)s AND gone_at IS NULL) END,"
    " updated_at = now()"
    " WHERE id = %(domain_id)s"
    " AND (sitemaps_crawled_at IS NULL OR sitemaps_crawled_at <= %(crawled_at)s)"
)
# A part of a crawl knows a part: a scan the sitemaps, an import the pages.
_COUNT_PART = (
    "UPDATE domains SET sitemap_count = coalesce(%(sitemaps)s, sitemap_count),"
    " page_count = coalesce(%(pages)s, page_count), updated_at = now() WHERE id = %(domain_id)s"
)
_COUNT_PAGES = "SELECT count(*) FROM pages WHERE domain_id = %s AND gone_at IS NULL"


class Written(NamedTuple):
    """What a batch changed, in rows of `pages`."""

    pages: int
    unchanged: int


def pack(item: PagesItem) -> list[bytes]:
    """The pages as rows for COPY."""
    start = b"".join(
        (
            copying.row_start(_FIELDS),
            copying.raw(UUID(item.domain_id).bytes),
            copying.raw(url_hash(item.sitemap)),
            copying.integer(item.number),
            copying.timestamptz(item.crawled_at),
            copying.length(HASH_BYTES),
        )
    )
    return [start + _page(page) for page in item.pages]


def url_hash(url: str) -> bytes:
    """What the column `url_hash` makes of a URL."""
    return hashlib.md5(url.encode(), usedforsecurity=False).digest()


async def write(
    connection: psycopg.AsyncConnection[Any], packed: Sequence[Sequence[bytes]]
) -> Written:
    """Writes pages whose files have their rows, in the connection's transaction."""
    given = sum(map(len, packed))
    async with connection.pipeline():
        await connection.execute(_BY_INDEX)
        await connection.execute(_NEW_PAGES)
    await _copy(connection, _COPY_PAGES, (row for rows in packed for row in rows))
    changed = (await connection.execute(_UPSERT)).rowcount
    if changed < given:  # else each row is one that was not there, of its own file
        changed += (await connection.execute(_ALSO_IN)).rowcount
    return Written(changed, max(given - changed, 0))


async def leave(connection: psycopg.AsyncConnection[Any], file: SitemapFileItem) -> None:
    """Takes from a file that was read those of its pages that it lists no longer.

    They are not gone by that: another file may list them, perhaps one that is yet to be read.
    """
    listed = file.listed or b""
    hashes = (listed[at : at + HASH_BYTES] for at in range(0, len(listed), HASH_BYTES))
    start = copying.row_start(1)
    file_of = {"domain_id": file.domain_id, "url": file.url}
    async with connection.pipeline():
        await connection.execute(_BY_INDEX)
        for statement in _LISTED:
            await connection.execute(statement)
    await _copy(connection, _COPY_LISTED, (start + copying.raw(each) for each in hashes))
    async with connection.pipeline():
        await connection.execute("CREATE INDEX ON listed (url_hash)")
        await connection.execute(_LEAVE_ALSO_IN, file_of)
        await connection.execute(_LEAVE, file_of)


async def finish(connection: psycopg.AsyncConnection[Any], ending: SitemapsItem) -> int:
    """Says of a domain what its sitemaps came to.

    Returns:
        How many pages are gone. Where not everything could be read, none is.
    """
    if ending.stage is not None:
        await _finish_part(connection, ending)
        return 0
    values: dict[str, Any] = {
        "domain_id": ending.domain_id,
        "crawled_at": ending.crawled_at,
        "sitemaps": ending.sitemaps if ending.error_code is None else None,
    }
    gone = 0
    if ending.is_complete:
        await connection.execute(_BY_INDEX)
        await connection.execute(_LEAVE_VANISHED_ALSO_IN, values)
        await connection.execute(_LEAVE_VANISHED, values)
        gone = (await connection.execute(_MARK_GONE, values)).rowcount
    await connection.execute(_AS_IT_LIKES)
    values["is_error"] = ending.error_code is not None
    values["is_same"] = not (ending.error_code or ending.pages or gone)
    await connection.execute(_COUNT, values)
    return gone


async def _finish_part(connection: psycopg.AsyncConnection[Any], ending: SitemapsItem) -> None:
    if ending.error_code is not None or ending.stage == Stage.SUBMISSION:
        return
    values: dict[str, Any] = {"domain_id": ending.domain_id, "sitemaps": None, "pages": None}
    if ending.stage == Stage.SCAN:
        values["sitemaps"] = ending.sitemaps
    else:
        found = await connection.execute(_COUNT_PAGES, [ending.domain_id])
        [values["pages"]] = await found.fetchone() or [None]
    await connection.execute(_COUNT_PART, values)


async def _copy(
    connection: psycopg.AsyncConnection[Any], statement: str, rows: Iterator[bytes]
) -> None:
    async with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        await copy.write(copying.document(rows))


def _page(page: PageEntry) -> bytes:
    """From the id's bytes on; see `_COPY_PAGES` for the order."""
    url, lastmod, _, changefreq, priority, alternates = page[:6]
    text = url.encode()
    return b"".join(
        (
            uuid7().bytes,
            copying.length(len(text)),
            text,
            _TYPES[page_type(url)],
            _changefreq(changefreq),
            _priority(priority),
            copying.NULL if lastmod is None else copying.timestamptz(lastmod),
            _alternates(alternates) if alternates else copying.NULL,
        )
    )


_TYPES = {each: copying.raw(each.encode()) for each in PageType}


@lru_cache(maxsize=1_000)
def _changefreq(value: str | None) -> bytes:
    text = storable(value or "").strip()[:LONGEST_CHANGEFREQ]
    return copying.raw(text.encode()) if text else copying.NULL


@lru_cache(maxsize=1_000)
def _priority(value: float | None) -> bytes:
    if value is None or not isfinite(value) or abs(value) > 1e9:
        return copying.NULL
    return copying.real(value)


def _alternates(alternates: Iterable[tuple[str, str]]) -> bytes:
    rows = [{"language": storable(language), "url": url} for language, url in alternates]
    return copying.raw(b"\x01" + orjson.dumps(rows))  # jsonb's own version, then its text
