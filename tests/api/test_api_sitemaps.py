"""Sitemaps through the API: found by any filter, decided about, deleted, submitted."""

from uuid import uuid4

import pytest
from api_stage import System
from support import wait_until

from scrapersky.demo.behaviours import Behaviour
from scrapersky.demo.site import Response, Site, page, text

A, B = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2))
JOB = "00000000-0000-7000-8000-00000000000a"
FILE = "0197f3a2-5d4e-7cc0-8a53-{:012x}".format
FILL = (
    f"INSERT INTO domains (id, domain) VALUES ('{A}', 'a.test'), ('{B}', 'b.test');"  # noqa: S608 - ids
    f"INSERT INTO jobs (id, spider, source, state, arguments, targets_total) VALUES ('{JOB}',"
    " 'sitemap', 'service', 'running', '{}', 1);"
    f"INSERT INTO job_targets (job_id, domain_id) VALUES ('{JOB}', '{A}');"
    "INSERT INTO sitemap_files (id, domain_id, parent_id, url, found_via, kind, entry_count,"
    " error_code, problems, import_status, import_job_id, first_seen_at, last_seen_at) VALUES"
    f" ('{FILE(1)}', '{A}', NULL, 'https://a.test/index.xml', 'robots', 'sitemapindex', 2, NULL,"
    "  NULL, NULL, NULL, now(), now()),"
    f" ('{FILE(2)}', '{A}', '{FILE(1)}', 'https://a.test/a.xml', 'index', 'urlset', 2, NULL,"
    "  '{\"bad_lastmod\": 3}', NULL, NULL, now(), now()),"
    f" ('{FILE(3)}', '{A}', '{FILE(1)}', 'https://a.test/b.xml', 'index', 'urlset', 0,"
    f"  'truncated', NULL, 'Processing', '{JOB}', now(), now()),"
    f" ('{FILE(4)}', '{B}', NULL, 'https://b.test/s.xml', 'guess', NULL, NULL, 'http_404', NULL,"
    "  'Error', NULL, now(), now());"
    "INSERT INTO pages (id, domain_id, sitemap_id, also_in, url, first_seen_at, last_seen_at)"
    f" VALUES (gen_random_uuid(), '{A}', '{FILE(2)}', '{{{FILE(3)}}}', 'https://a.test/1', now(),"
    f"  now()), (gen_random_uuid(), '{A}', '{FILE(2)}', NULL, 'https://a.test/2', now(), now()),"
    f" (gen_random_uuid(), '{A}', '{FILE(3)}', '{{{FILE(2)}}}', 'https://a.test/3', now(), now())"
)


@pytest.fixture
def api(system: System) -> System:
    """The API, over an index with two files, and a file that is not there."""
    for statement in FILL.split(";"):
        system.crawl.rows(statement)
    system.variables["SCRAPERSKY_NODES"] = ""
    system.start_api()
    return system


def states(api: System) -> list[tuple[str, str | None]]:
    """Curation and import of each file, in order."""
    rows = api.crawl.rows("SELECT curation_status, import_status FROM sitemap_files ORDER BY id")
    return [(row["curation_status"], row["import_status"]) for row in rows]


def test_filters(api: System) -> None:
    for wanted, found in (
        ({}, [1, 2, 3, 4]),
        ({"domain": "b.test"}, [4]),
        ({"domain": "c.test"}, []),
        ({"kind": "urlset"}, [2, 3]),
        ({"found_via": "index", "has_entries": True}, [2]),
        ({"has_entries": False}, [3, 4]),
        ({"error": "http_404"}, [4]),
        ({"import_status": "Processing"}, [3]),
        ({"import_status": "Error", "domain": "a.test"}, []),
        ({"curation": "New"}, [1, 2, 3, 4]),
        ({"curation": "Selected"}, []),
    ):
        rows = api.call("GET", "/sitemaps", params=wanted)["data"]
        assert sorted(row["id"] for row in rows) == [FILE(n) for n in found], wanted
    for wanted in ({}, {"domain": "a.test"}):
        ids, following = [], None
        while True:
            after: dict[str, str] = {} if following is None else {"after": following}
            part = api.call("GET", "/sitemaps", params={"limit": 1, **wanted, **after})
            ids += [row["id"] for row in part["data"]]
            following = part["next"]
            if following is None:
                break
        assert sorted(ids) == [FILE(n) for n in ((1, 2, 3) if wanted else (1, 2, 3, 4))]


def test_one(api: System) -> None:
    index = api.call("GET", f"/sitemaps/{FILE(1)}")["data"]
    assert (index["domain"], index["children"], index["pages"]) == ("a.test", 2, 0)
    file = api.call("GET", f"/sitemaps/{FILE(2)}")["data"]
    assert (file["parent"], file["children"], file["pages"]) == ("https://a.test/index.xml", 0, 2)
    assert file["problems"] == {"bad_lastmod": 3}


def test_selecting_queues_the_import(api: System) -> None:
    selected, other = {"curation_status": "Selected"}, {"curation_status": "Not a Fit"}
    changed = api.call("PATCH", f"/sitemaps/{FILE(2)}", json=selected)["data"]
    assert (changed["curation_status"], changed["import_status"]) == ("Selected", "Queued")
    by_filter = {"filter": {"kind": "urlset"}, "set": selected}
    answer = api.call("PATCH", "/sitemaps", json=by_filter)
    assert answer == {"status": "success", "data": {"changed": 2}, "next": None}
    by_ids = {"ids": [FILE(4), str(uuid4())], "set": selected}
    assert api.call("PATCH", "/sitemaps", json=by_ids)["data"] == {"changed": 1}
    # What is being read goes on; what failed is tried again.
    assert states(api) == [
        ("New", None),
        ("Selected", "Queued"),
        ("Selected", "Processing"),
        ("Selected", "Queued"),
    ]
    waiting = {row["name"]: row["waiting"] for row in api.call("GET", "/services")["data"]}
    assert waiting["sitemap-import"] == 2
    api.call("PATCH", "/sitemaps", json={"filter": {"curation": "Selected"}, "set": other})
    assert states(api)[1:] == [
        ("Not a Fit", None),
        ("Not a Fit", "Processing"),
        ("Not a Fit", None),
    ]


def test_deletion_leaves_pages_to_the_next_file(api: System) -> None:
    assert api.call("DELETE", f"/sitemaps/{FILE(2)}")["data"] == {"deleted": 1}
    rows = api.crawl.rows("SELECT url, sitemap_id::text, also_in, gone_at FROM pages ORDER BY url")
    assert [tuple(row.values()) for row in rows] == [
        ("https://a.test/1", FILE(3), None, None),
        ("https://a.test/2", None, None, None),
        ("https://a.test/3", FILE(3), None, None),
    ]
    done = {"deleted": 2, "has_more": False}
    by_filter = {"filter": {"domain": "a.test"}}
    assert api.call("POST", "/sitemaps/delete", json=by_filter)["data"] == done
    assert states(api) == [("New", "Error")]


def test_what_is_refused(api: System) -> None:
    unknown = str(uuid4())
    changed = {"curation_status": "Maybe"}
    with api.client() as client:
        for method, path, status, said, options in (
            ("GET", f"/sitemaps/{unknown}", 404, "There is no sitemap", {}),
            ("PATCH", f"/sitemaps/{unknown}", 404, "There is no sitemap", {"json": changed}),
            ("DELETE", f"/sitemaps/{unknown}", 404, "There is no sitemap", {}),
            ("GET", "/sitemaps?kind=x", 422, "kind", {}),
            ("GET", "/sitemaps?has_entries=x", 422, "has_entries", {}),
            ("PATCH", "/sitemaps", 422, "either ids or filter", {"json": {"set": changed}}),
            ("POST", "/sitemaps/delete", 422, "empty filter", {"json": {"filter": {}}}),
            ("POST", "/sitemaps", 422, "either url or urls", {"json": {}}),
            ("POST", "/sitemaps", 422, "is no URL", {"json": {"url": "ftp://a.test/x"}}),
            ("POST", "/sitemaps", 422, "is no URL", {"json": {"url": "a.test/sitemap.xml"}}),
            ("POST", "/sitemaps", 422, "IP address", {"json": {"url": "http://127.0.0.1/x"}}),
            ("POST", "/sitemaps", 422, "urls", {"json": {"urls": []}}),
            ("POST", "/sitemaps", 422, "NUL", {"json": {"url": "http://a.test/\0"}}),
        ):
            answer = client.request(method, path, **options)
            assert answer.status_code == status, (path, answer.text)
            assert said in answer.json()["detail"], (path, answer.text)
    assert [job["id"] for job in api.call("GET", "/jobs")["data"]] == [JOB]


# --- submitted ----------------------------------------------------------------------------------


def urlset(*paths: str) -> Response:
    urls = "".join(f"<url><loc>https://a.test{path}</loc></url>" for path in paths)
    xmlns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return text(f"<urlset {xmlns}>{urls}</urlset>", media_type="application/xml")


@pytest.mark.slow
def test_a_submitted_sitemap_is_read(running: System) -> None:
    """Though its site names it nowhere; and a crawl of the whole site reads it again."""
    paths: dict[str, Response | Behaviour] = {
        "/": page("<title>A</title>"),
        "/hidden.xml": urlset("/contact", "/x"),
    }
    running.crawl.web.web.add("a.test", Site(paths=paths, robots=""))
    urls = ["https://a.test/hidden.xml#top", "https://a.test/hidden.xml", "https://a.test/no.xml"]
    answer = running.call("POST", "/sitemaps", json={"urls": urls})
    assert answer["status"] == "pending"
    assert answer["status_url"] == f"/api/v3/status/{answer['job_id']}"
    job = running.wait_state(answer["job_id"], "completed")
    assert (job["spider"], job["source"], job["targets_total"]) == ("sitemap", "submitted", 1)
    ended = "SELECT 1 FROM sitemap_files WHERE import_status IN ('Complete', 'Error')"
    wait_until(lambda: len(running.crawl.rows(ended)) == 2)
    found = {row["url"]: row for row in running.call("GET", "/sitemaps")["data"]}
    hidden, missing = found["https://a.test/hidden.xml"], found["https://a.test/no.xml"]
    assert (hidden["found_via"], hidden["import_status"]) == ("submitted", "Complete")
    assert (missing["import_status"], missing["error_code"]) == ("Error", "http_4xx")
    listed = {"sitemap": hidden["id"]}
    assert len(running.call("GET", "/pages", params=listed)["data"]) == 2
    running.call("DELETE", f"/sitemaps/{missing['id']}")

    paths["/hidden.xml"] = urlset("/contact")
    running.crawl.spider = "sitemap"
    running.crawl.run("domains=a.test")
    rows = running.crawl.rows("SELECT url, gone_at IS NULL AS is_there FROM pages ORDER BY url")
    assert [(row["url"], row["is_there"]) for row in rows] == [
        ("https://a.test/contact", True),
        ("https://a.test/x", False),
    ]
    again = running.call("GET", f"/sitemaps/{hidden['id']}")["data"]
    assert (again["found_via"], again["entry_count"]) == ("submitted", 1)
