"""Pages of sitemaps: what a batch changes, and what leaves a file."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from scrapersky.db import pages, sitemap_files
from scrapersky.items import PagesItem, SitemapFileItem, SitemapsItem
from scrapersky.sitemaps.entries import PageEntry
from scrapersky.states import FileOutcome, FoundVia

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOMAIN = str(uuid4())
Connection = psycopg.AsyncConnection[dict[str, Any]]


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Connection]:
    """As behind a transaction-mode pooler: nothing is prepared."""
    async with await psycopg.AsyncConnection.connect(
        database, prepare_threshold=None, autocommit=True, row_factory=dict_row
    ) as connection:
        await connection.execute("INSERT INTO domains (id, domain) VALUES (%s, 'a.test')", [DOMAIN])
        for name in ("one", "two"):
            await sitemap_files.write_seen(connection, [file(name, FileOutcome.BEGUN)])
        yield connection


def file(name: str, outcome: FileOutcome = FileOutcome.READ, **values: Any) -> SitemapFileItem:
    base = {"domain": "a.test", "domain_id": DOMAIN, "crawled_at": NOW, "fetched_at": NOW}
    return SitemapFileItem(
        **{**base, **values}, url=url(name), outcome=outcome, found_via=FoundVia.ROBOTS
    )


def url(name: str) -> str:
    return f"https://a.test/{name}"


def listing(name: str, *entries: PageEntry, number: int = 1, days: int = 0) -> list[bytes]:
    return pages.pack(
        PagesItem(
            domain="a.test",
            domain_id=DOMAIN,
            crawled_at=NOW + timedelta(days=days),
            sitemap=url(name),
            number=number,
            pages=list(entries),
        )
    )


def page(name: str, **values: Any) -> PageEntry:
    return PageEntry(url(name), **values)


async def write(connection: Connection, *packed: list[bytes]) -> pages.Written:
    async with connection.transaction():
        return await pages.write(connection, packed)


async def rows(connection: Connection) -> dict[str, dict[str, Any]]:
    found = await connection.execute(
        "SELECT p.*, f.url AS file, p.xmin::text AS version FROM pages p"
        " LEFT JOIN sitemap_files f ON f.id = p.sitemap_id ORDER BY p.url"
    )
    return {row["url"].removeprefix("https://a.test/"): row for row in await found.fetchall()}


async def finish(connection: Connection, *, is_complete: bool = True, days: int = 0) -> int:
    ending = SitemapsItem(
        domain="a.test",
        domain_id=DOMAIN,
        job=str(uuid4()),
        attempt=1,
        crawled_at=NOW + timedelta(days=days),
        sitemaps=2,
        pages=1,
        is_complete=is_complete,
    )
    async with connection.transaction():
        return await pages.finish(connection, ending)


async def leave(connection: Connection, name: str, *left: str, days: int = 0) -> None:
    listed = b"".join(pages.url_hash(url(each)) for each in left)
    async with connection.transaction():
        await pages.leave(
            connection, file(name, listed=listed, crawled_at=NOW + timedelta(days=days))
        )


async def test_values_of_every_kind(connection: Connection) -> None:
    lastmod = datetime(1, 1, 1, tzinfo=UTC)
    await write(
        connection,
        listing(
            "one",
            page("a", lastmod=lastmod, changefreq="weekly", priority=0.5),
            page("b", changefreq="some\x00thing\ud800 " * 9, priority=float("nan")),
            page("c", changefreq=" ", priority=1e300, alternates=(("d\x00e", url("de")),)),
            page("d", lastmod=datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
            page("x" * 10_000),
        ),
    )
    found = await rows(connection)
    assert (found["a"]["changefreq"], found["a"]["priority"]) == ("weekly", 0.5)
    assert (len(found["b"]["changefreq"]), found["b"]["priority"]) == (32, None)
    assert (found["c"]["changefreq"], found["c"]["priority"]) == (None, None)
    assert found["c"]["alternates"] == [{"language": "de", "url": url("de")}]
    assert found["a"]["lastmod"] == lastmod
    assert found["d"]["lastmod"].microsecond == 999_999
    assert len(found) == 5
    hashes = {name: row["url_hash"].bytes for name, row in found.items()}
    assert hashes == {name: pages.url_hash(url(name)) for name in found}


async def test_doing_it_twice_changes_nothing(connection: Connection) -> None:
    entries = [page(f"p{number}", priority=0.5) for number in range(100)]
    assert await write(connection, listing("one", *entries)) == (100, 0)
    before = await rows(connection)
    assert await write(connection, listing("one", *entries, days=1)) == (0, 100)
    assert await rows(connection) == before
    changed = [entries[0]._replace(priority=0.7), *entries[1:]]
    assert await write(connection, listing("one", *changed, days=1)) == (1, 99)
    # An older crawl that comes late does not overwrite a newer one.
    assert (await write(connection, listing("one", *entries))).pages == 0


@pytest.mark.parametrize("batches", [1, 2], ids=["in one batch", "in two"])
async def test_pages_that_stand_twice(connection: Connection, batches: int) -> None:
    """In a file the last counts, of two files the first: whatever the batches are."""
    one = listing("one", page("a", priority=0.1), page("a", priority=0.2), page("b"))
    two = listing("two", page("a", priority=0.9), page("c"), number=2)
    if batches == 1:
        await write(connection, one, two)
    else:
        await write(connection, one)
        await write(connection, two)
    found = await rows(connection)
    assert found["a"]["priority"] == pytest.approx(0.2)
    assert {name: row["file"] for name, row in found.items()} == {
        "a": url("one"),
        "b": url("one"),
        "c": url("two"),
    }
    also = {name: len(row["also_in"] or ()) for name, row in found.items()}
    assert also == {"a": 1, "b": 0, "c": 0}
    before = await rows(connection)
    await write(connection, two, one)  # no more is to be said
    assert await rows(connection) == before


async def test_leaving(connection: Connection) -> None:
    one = listing("one", page("a"), page("b"), page("c"))
    await write(connection, one, listing("two", page("b"), page("c"), number=2))
    await leave(connection, "two", "b", days=1)
    await leave(connection, "one", "c", days=1)
    found = await rows(connection)
    files = {name: row["file"] for name, row in found.items()}
    assert files == {"a": None, "b": url("two"), "c": url("one")}
    assert [row["also_in"] for row in found.values()] == [None] * 3
    assert {row["gone_at"] for row in found.values()} == {None}
    assert await finish(connection, is_complete=False, days=1) == 0
    # Both files are still there.
    for name in ("one", "two"):
        later = file(name, FileOutcome.UNCHANGED, crawled_at=NOW + timedelta(days=1))
        await sitemap_files.write_seen(connection, [later])
    assert await finish(connection, days=1) == 1
    assert (await rows(connection))["a"]["gone_at"] == NOW + timedelta(days=1)
    assert await finish(connection, days=2) == 2  # now neither is
    assert (await write(connection, listing("two", page("a"), days=3))).pages == 1
    back = (await rows(connection))["a"]
    assert (back["gone_at"], back["file"], back["first_seen_at"]) == (None, url("two"), NOW)


async def test_files_that_vanish_with_pages_in_both(connection: Connection) -> None:
    await write(connection, listing("one", page("a")), listing("two", page("a"), number=2))
    assert await finish(connection, days=1) == 1
    row = (await rows(connection))["a"]
    assert (row["file"], row["also_in"]) == (None, None)
    assert row["last_seen_at"] == NOW
    count = await connection.execute("SELECT page_count, sitemap_count FROM domains")
    assert await count.fetchone() == {"page_count": 0, "sitemap_count": 2}


async def test_pages_of_a_file_that_is_no_more(connection: Connection) -> None:
    await connection.execute("DELETE FROM domains")
    assert (await write(connection, listing("one", page("a")))).pages == 0


async def test_what_a_person_decided_stays(connection: Connection) -> None:
    await write(connection, listing("one", page("a")))
    await connection.execute("UPDATE pages SET curation_status = 'Selected'")
    await write(connection, listing("one", page("a", priority=1.0), days=1))
    assert (await rows(connection))["a"]["curation_status"] == "Selected"
