"""Pages through the API: found by any filter, decided about, selected, deleted."""

from typing import Any
from uuid import uuid4

import pytest
from api_stage import System

from scrapersky.db.walks import WALK

MANY = 2 * WALK + 500
A, B = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2))
PAGE = "0197f3a2-5d4e-7cc0-8a53-{:012x}".format
FILL = (
    "INSERT INTO domains (id, domain, page_count) VALUES"  # noqa: S608 - numbers and ids go in
    f" ('{A}', 'a.test', {MANY}), ('{B}', 'b.test', 0);"
    "INSERT INTO sitemap_files (id, domain_id, url, found_via, first_seen_at, last_seen_at)"
    " SELECT id, id, 'https://' || domain || '/sitemap.xml', 'robots', now(), now() FROM domains;"
    "INSERT INTO pages (id, domain_id, sitemap_id, url, page_type, lastmod, first_seen_at,"
    " last_seen_at) SELECT ('0197f3a2-5d4e-7cc0-8a53-' || lpad(to_hex(n), 12, '0'))::uuid,"
    f" '{A}', '{A}', 'https://a.test/' || n, CASE WHEN n % 1000 = 0 THEN 'contact'"
    "  WHEN n = 77 THEN 'media' ELSE 'other' END,"
    " CASE WHEN n % 2 = 0 THEN '2026-01-01Z'::timestamptz + n * interval '1 minute' END,"
    f" now(), now() FROM generate_series(1, {MANY}) n;"
    "INSERT INTO pages (id, domain_id, url, page_type, first_seen_at, last_seen_at, gone_at)"
    f" VALUES ('{PAGE(MANY + 1)}', '{B}', 'https://b.test/50%_Off', 'legal', now(), now(), now())"
)


@pytest.fixture
def api(system: System) -> System:
    """The API, over more pages than a part of a list looks at."""
    for statement in FILL.split(";"):
        system.crawl.rows(statement)
    system.variables["SCRAPERSKY_NODES"] = ""
    system.start_api()
    return system


def whole(api: System, **wanted: Any) -> list[dict[str, Any]]:
    """A list from its beginning to its end."""
    rows: list[dict[str, Any]] = []
    following = None
    while True:
        after: dict[str, Any] = {} if following is None else {"after": following}
        answer = api.call("GET", "/pages", params={"limit": 1000, **wanted, **after})
        rows += answer["data"]
        following = answer["next"]
        if following is None:
            return rows


def test_filters_and_parts(api: System) -> None:
    contacts = MANY // 1000
    for wanted, count in (
        ({}, MANY + 1),
        ({"domain": "https://www.a.test/x"}, MANY),
        ({"domain": "c.test"}, 0),
        ({"sitemap": A}, MANY),
        ({"sitemap": str(uuid4())}, 0),
        ({"page_type": "contact"}, contacts),
        ({"page_type": "contact", "domain": "a.test"}, contacts),
        ({"page_type": "contact", "domain": "b.test"}, 0),
        ({"page_type": "media"}, 1),
        ({"curation": "New"}, MANY + 1),
        ({"curation": "Selected"}, 0),
        ({"gone": True}, 1),
        ({"gone": False, "page_type": "legal"}, 0),
        ({"lastmod_after": "2026-01-01T00:10:00Z", "lastmod_before": "2026-01-01T00:20:00Z"}, 5),
        ({"lastmod_after": "2026-01-02T00:00:00Z"}, (MANY - 1440) // 2 + 1),
        ({"lastmod_after": "2026-01-02T00:00:00Z", "page_type": "contact"}, contacts - 1),
        ({"text": "0%_oFF"}, 1),
        ({"text": "test/7_"}, 0),
    ):
        found = [row["id"] for row in whole(api, **wanted)]
        assert len(set(found)) == len(found) == count, wanted
    some = api.call("GET", "/pages", params={"page_type": "media", "gone": True})
    assert (some["data"], some["next"]) == ([], None)
    # Nobody in the first part, and more to come.
    last = api.call("GET", "/pages", params={"text": "b.test"})
    assert last["data"] == []
    assert last["next"] == PAGE(WALK)
    by_time = whole(api, lastmod_after="2026-01-01T00:00:00Z")
    assert [row["lastmod"] for row in by_time] == sorted(row["lastmod"] for row in by_time)


def test_one(api: System) -> None:
    found = api.call("GET", f"/pages/{PAGE(77)}")["data"]
    assert (found["domain"], found["page_type"]) == ("a.test", "media")
    assert found["sitemaps"] == [{"id": A, "url": "https://a.test/sitemap.xml"}]
    changed = api.call("PATCH", f"/pages/{PAGE(77)}", json={"curation_status": "Maybe"})["data"]
    assert changed == {**found, "curation_status": "Maybe"}
    assert [row["id"] for row in whole(api, curation="Maybe")] == [PAGE(77)]


def test_decisions_about_many(api: System) -> None:
    selected = api.call("POST", "/pages/select", json={"page_type": "contact", "gone": False})
    assert selected == {"status": "success", "data": {"selected": MANY // 1000}, "next": None}
    assert {row["page_type"] for row in whole(api, curation="Selected")} == {"contact"}
    ids = [PAGE(1), PAGE(2), PAGE(2), str(uuid4())]
    by_ids = {"ids": ids, "set": {"curation_status": "Archived"}}
    assert api.call("PATCH", "/pages", json=by_ids)["data"] == {"changed": 2}
    by_filter = {"filter": {"curation": "New"}, "set": {"curation_status": "Not a Fit"}}
    left = MANY + 1 - MANY // 1000 - 2
    assert api.call("PATCH", "/pages", json=by_filter)["data"] == {"changed": left}
    rows = api.crawl.rows("SELECT curation_status, count(*) AS n FROM pages GROUP BY 1 ORDER BY 1")
    assert [(row["curation_status"], row["n"]) for row in rows] == [
        ("Archived", 2),
        ("Not a Fit", left),
        ("Selected", MANY // 1000),
    ]


def test_deletion(api: System) -> None:
    assert api.call("DELETE", f"/pages/{PAGE(1)}")["data"] == {"deleted": 1}
    several = {"ids": [PAGE(2), PAGE(3), str(uuid4())]}
    done = {"deleted": 2, "has_more": False}
    assert api.call("POST", "/pages/delete", json=several)["data"] == done
    by_filter = {"filter": {"domain": "a.test", "page_type": "other"}}
    rest = MANY - MANY // 1000 - 1 - 3
    done = {"deleted": rest, "has_more": False}
    assert api.call("POST", "/pages/delete", json=by_filter)["data"] == done
    assert api.crawl.domain("a.test")["page_count"] == MANY // 1000 + 1
    assert len(whole(api)) == MANY // 1000 + 2


def test_what_is_refused(api: System) -> None:
    unknown = str(uuid4())
    changed = {"curation_status": "Maybe"}
    with api.client() as client:
        for method, path, status, said, options in (
            ("GET", f"/pages/{unknown}", 404, "There is no page", {}),
            ("PATCH", f"/pages/{unknown}", 404, "There is no page", {"json": changed}),
            ("DELETE", f"/pages/{unknown}", 404, "There is no page", {}),
            ("GET", "/pages/00000000-0000-0000-0000-000000000000", 422, "zero UUID", {}),
            ("GET", "/pages?page_type=x", 422, "page_type", {}),
            ("GET", "/pages?what=x", 422, "what", {}),
            ("GET", "/pages?text=%00", 422, "NUL", {}),
            ("GET", "/pages?domain=10.0.0.1", 422, "IP address", {}),
            ("GET", "/pages?limit=1001", 422, "limit", {}),
            ("GET", "/pages?lastmod_after=2026-01-01", 422, "lastmod_after", {}),
            ("GET", "/pages?lastmod_after=9999-01-01T00:00:00Z", 422, "out of range", {}),
            ("GET", f"/pages?domain=a.test&after={unknown}", 422, "not in the list any more", {}),
            ("PATCH", "/pages", 422, "either ids or filter", {"json": {"set": changed}}),
            ("PATCH", "/pages", 422, "empty filter", {"json": {"set": changed, "filter": {}}}),
            ("PATCH", "/pages", 422, "ids", {"json": {"set": changed, "ids": []}}),
            ("POST", "/pages/select", 422, "Nothing is given", {"json": {}}),
            ("POST", "/pages/delete", 422, "empty filter", {"json": {"filter": {"gone": None}}}),
        ):
            answer = client.request(method, path, **options)
            assert answer.status_code == status, (path, answer.text)
            assert said in answer.json()["detail"], (path, answer.text)
    assert len(whole(api)) == MANY + 1
