"""Which sitemaps are read, and which are not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scrapersky.crawl.walk import Found, Walk, candidates
from scrapersky.db.sitemap_files import KnownFile
from scrapersky.states import FoundVia

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOT = "https://a.test/index.xml"
CHILD = "https://a.test/1.xml"


def known(url: str = CHILD, **values: Any) -> KnownFile:
    base = {
        "found_via": FoundVia.INDEX,
        "kind": "urlset",
        "parent": ROOT,
        "listed_lastmod": NOW - timedelta(days=9),
        "etag": None,
        "last_modified": None,
        "content_hash": b"x",
        "lastmod_hits": 3,
        "lastmod_misses": 0,
        "error_code": None,
        "fetched_at": NOW - timedelta(days=1),
    }
    return KnownFile(url=url, **{**base, **values})


def walk(*files: KnownFile, limit: int = 100, is_full: bool = False) -> Walk:
    return Walk(
        site="www.a.test",
        known={file.url: file for file in files},
        limit=limit,
        is_full=is_full,
        now=NOW,
    )


def child(url: str = CHILD, lastmod: datetime | None = NOW - timedelta(days=9)) -> Found:
    return Found(url, FoundVia.INDEX, ROOT, lastmod)


def test_each_once_in_the_order_of_finding() -> None:
    found = walk()
    urls = ["https://a.test/1", "https://a.test/2", "http://a.test/1", "https://a.test/2#x"]
    assert [found.add(Found(url, FoundVia.ROBOTS)) for url in urls] == [True, True, False, False]
    assert [each and each.url for each in (found.next(), found.next(), found.next())] == [
        "https://a.test/1",
        "https://a.test/2",
        None,
    ]


def test_the_first_that_is_too_many() -> None:
    found = walk(limit=2)
    for number in range(5):
        found.add(Found(f"https://a.test/{number}", FoundVia.ROBOTS))
    assert found.over_limit is not None
    assert found.over_limit.url == "https://a.test/2"


@pytest.mark.parametrize(
    ("url", "via", "parent", "is_off"),
    [
        ("https://b.test/x", FoundVia.ROBOTS, None, False),
        ("https://b.test/x", FoundVia.INDEX, "https://a.test/i", True),
        ("https://b.test/x", FoundVia.HOMEPAGE, None, True),
        ("https://maps.a.test/x", FoundVia.INDEX, "https://a.test/i", False),
        ("https://cdn.b.test/x", FoundVia.INDEX, "https://b.test/i", False),
        ("https://a.test/x", FoundVia.INDEX, "https://b.test/i", False),
        ("https://two.github.io/x", FoundVia.INDEX, "https://one.github.io/i", True),
        ("https://10.0.0.1/x", FoundVia.INDEX, "https://a.test/i", True),
    ],
)
def test_other_hosts(url: str, via: FoundVia, parent: str | None, *, is_off: bool) -> None:
    assert walk().is_off_host(Found(url, via, parent)) is is_off


@pytest.mark.parametrize(
    ("file", "found", "may"),
    [
        (known(), child(), True),
        (known(), child(lastmod=None), False),
        (known(), child(lastmod=NOW), False),
        (known(lastmod_hits=2), child(), False),
        (known(lastmod_misses=1), child(), False),
        (known(content_hash=None), child(), False),
        (known(error_code="http_5xx"), child(), False),
        (known(fetched_at=NOW - timedelta(days=8)), child(), False),
        # Fetched on the day of the date: it may have changed later that day.
        (known(fetched_at=NOW - timedelta(days=8.5)), child(), False),
        (known(), child("https://a.test/2.xml"), False),
    ],
)
def test_what_an_index_is_believed(file: KnownFile, found: Found, *, may: bool) -> None:
    assert walk(file).may_skip(found) is may
    assert walk(file, is_full=True).may_skip(found) is False


def test_children_of_an_index_that_did_not_change() -> None:
    index = known(ROOT, kind="sitemapindex", parent=None)
    found = walk(index, known(), known("https://a.test/old.xml", parent=None))
    assert found.is_known_index(ROOT)
    found.add_known_children(ROOT)
    assert found.next() == child()
    assert found.next() is None


@pytest.mark.parametrize(
    ("domain", "urls"),
    [
        (
            "a.test",
            ["https://a.test/", "https://www.a.test/", "http://a.test/", "http://www.a.test/"],
        ),
        ("www.co.test", ["https://www.co.test/", "http://www.co.test/"]),
    ],
)
def test_candidates(domain: str, urls: list[str]) -> None:
    assert list(candidates(domain)) == urls
