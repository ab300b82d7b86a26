"""`scrapersky pages`, as it is typed."""

import csv
import io
import json
from typing import Any

import pytest
from support import Crawl

from scrapersky.cli.database import PAGE

MANY = PAGE + 300
FILL = (
    "INSERT INTO domains (id, domain) VALUES"  # noqa: S608 - a number goes in
    " ('00000000-0000-7000-8000-000000000001', 'a.test'),"
    " ('00000000-0000-7000-8000-000000000002', 'b.test');"
    "INSERT INTO sitemap_files (id, domain_id, url, found_via, fetched_at, first_seen_at,"
    " last_seen_at) SELECT id, id, 'https://' || domain || '/sitemap.xml', 'robots', '2026-05-05Z',"
    " '2026-01-01Z', '2026-05-05Z' FROM domains;"
    "INSERT INTO pages (id, domain_id, sitemap_id, url, page_type, lastmod, first_seen_at,"
    " last_seen_at) SELECT ('0197f3a2-5d4e-7cc0-8a53-' || lpad(to_hex(n), 12, '0'))::uuid,"
    " '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000001',"
    " 'https://a.test/' || n, CASE n % 100 WHEN 0 THEN 'contact' ELSE 'other' END,"
    " '2026-01-01Z'::timestamptz + n * interval '1 hour', '2026-01-01Z', '2026-01-01Z'"
    f" FROM generate_series(1, {MANY}) n;"
    "INSERT INTO pages (id, domain_id, url, page_type, first_seen_at, last_seen_at, gone_at,"
    " alternates) VALUES ('0197f3a2-5d4e-7cc0-8a54-000000000000',"
    " '00000000-0000-7000-8000-000000000002', 'https://b.test/=x', 'legal', '2026-01-01Z',"
    ' \'2026-02-02Z\', \'2026-03-03Z\', \'[{"language": "de", "url": "https://b.test/de"}]\')'
)


@pytest.fixture
def filled(crawl: Crawl) -> Crawl:
    """More pages than fit into one transaction of an export, and one that is gone."""
    for statement in FILL.split(";"):
        crawl.rows(statement)
    return crawl


def listed(crawl: Crawl, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        crawl.command("pages", "list", "--json", "--limit", "10000", *arguments)
    )
    return found


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ([], MANY + 1),
        (["--domain", "https://www.b.test/x"], 1),
        (["--domain", "c.test"], 0),
        (["--type", "contact"], MANY // 100),
        (["--type", "contact", "--domain", "b.test"], 0),
        (["--gone"], 1),
        (["--listed"], MANY),
        (["--curation", "Selected"], 0),
        (["--lastmod-after", "2026-01-02", "--lastmod-before", "2026-01-03"], 24),
    ],
)
def test_filters(filled: Crawl, arguments: list[str], count: int) -> None:
    assert len(listed(filled, *arguments)) == count


def test_a_page_after_the_other(filled: Crawl) -> None:
    for arguments in ([], ["--domain", "a.test"]):
        whole = [row["id"] for row in listed(filled, *arguments)]
        first = [row["id"] for row in listed(filled, *arguments, "--limit", "700")]
        rest = [row["id"] for row in listed(filled, *arguments, "--after", first[-1])]
        assert first + rest == whole
        assert len(set(whole)) == len(whole) == MANY + (not arguments)


def test_when_a_page_was_seen_last(filled: Crawl) -> None:
    """As long as its sitemap lists it, it was seen with that."""
    [gone] = listed(filled, "--gone")
    assert gone["last_seen_at"] == "2026-02-02T00:00:00Z"
    assert listed(filled, "--limit", "1")[0]["last_seen_at"] == "2026-05-05T00:00:00Z"


@pytest.mark.parametrize("arguments", [[], ["--domain", "a.test"]], ids=["all", "of a domain"])
def test_exports(filled: Crawl, arguments: list[str]) -> None:
    text = filled.command("pages", "export", "-", *arguments)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len({row["url"] for row in rows}) == len(rows) == MANY + (not arguments)
    assert rows[0]["sitemap"] == "https://a.test/sitemap.xml"
    lines = filled.command("pages", "export", "-", "--format", "jsonl", *arguments).splitlines()
    assert len(lines) == len(rows)
    if not arguments:
        last = json.loads(lines[-1])
        assert last["alternates"] == [{"language": "de", "url": "https://b.test/de"}]
        assert (rows[-1]["sitemap"], rows[-1]["gone_at"]) == ("", "2026-03-03T00:00:00Z")


def test_on_a_terminal(filled: Crawl) -> None:
    said = filled.command("pages", "list", "--type", "legal")
    assert "https://b.test/=x" in said
    assert "No such page" in filled.command("pages", "list", "--type", "media")
