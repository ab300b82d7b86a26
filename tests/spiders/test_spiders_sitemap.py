"""`scrapy crawl sitemap`, seen from outside: a web, a process, a database."""

import gzip
import json
import signal
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import psycopg
import pytest
from support import Crawl, company, end, wait_until

from scrapersky.demo.companies import DEMO_DOMAINS, DEMO_SETTINGS, demo_web
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import (
    Answer,
    Close,
    FailFirst,
    GzipBomb,
    Hang,
    Redirect,
    Reset,
    Response,
    Site,
    Slow,
    Truncate,
    Unless,
    page,
    text,
)

XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
HOME = page("<title>A site</title><p>We have pages.</p>")


@pytest.fixture
def sitemaps(crawl: Crawl) -> Crawl:
    """Crawls by the sitemap spider."""
    crawl.spider = "sitemap"
    return crawl


def urlset(*paths: str, lastmod: str = "", host: str = "a.test") -> Response:
    date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    urls = "".join(f"<url><loc>https://{host}{path}</loc>{date}</url>" for path in paths)
    return xml(f"<urlset {XMLNS}>{urls}</urlset>")


def index(*children: str | tuple[str, str]) -> Response:
    """Of paths or URLs, with or without a date."""
    entries = ""
    for child in children:
        path, lastmod = (child, "") if isinstance(child, str) else child
        url = path if "://" in path else f"https://a.test{path}"
        date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        entries += f"<sitemap><loc>{url}</loc>{date}</sitemap>"
    return xml(f"<sitemapindex {XMLNS}>{entries}</sitemapindex>")


def xml(body: str) -> Response:
    return text(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', media_type="application/xml")


def packed(response: Response, **headers: str) -> Response:
    fields = {"Content-Type": "application/gzip", **headers}
    return Response(200, fields, gzip.compress(response.body, mtime=0))


def tagged(response: Response, etag: str) -> Unless:
    return Unless(Response(200, {**response.headers, "ETag": etag}, response.body))


def serve(
    crawl: Crawl, paths: Mapping[str, Answer], *, robots: str | None = "/sitemap.xml"
) -> None:
    """a.test with these paths; robots.txt names one of them."""
    line = f"Sitemap: https://a.test{robots}\n" if robots else ""
    crawl.web.web.add("a.test", Site(paths={"/": HOME, **paths}, robots=f"User-agent: *\n{line}"))


def pages(crawl: Crawl, *, gone: bool = False) -> list[str]:
    """Paths of the pages that are there, or of those that are gone."""
    condition = "gone_at IS NOT NULL" if gone else "gone_at IS NULL"
    rows = crawl.rows(f"SELECT url FROM pages WHERE {condition} ORDER BY url")  # noqa: S608
    return [row["url"].removeprefix("https://a.test") for row in rows]


def files(crawl: Crawl) -> dict[str, dict[str, Any]]:
    """By path."""
    rows = crawl.rows("SELECT * FROM sitemap_files")
    return {row["url"].removeprefix("https://a.test"): row for row in rows}


def counters(crawl: Crawl) -> dict[str, Any]:
    """Of the newest crawl."""
    [row] = crawl.rows("SELECT counters FROM job_workers ORDER BY id DESC LIMIT 1")
    found: dict[str, Any] = row["counters"]
    return found


def versions(crawl: Crawl) -> dict[str, int]:
    """Which transaction wrote each page last."""
    rows = crawl.rows("SELECT url, xmin::text::bigint AS version FROM pages")
    return {row["url"]: row["version"] for row in rows}


def test_files_and_pages_become_rows(sitemaps: Crawl, tmp_path: Path) -> None:
    full = xml(
        f'<urlset {XMLNS} xmlns:xhtml="http://www.w3.org/1999/xhtml"><!-- by a plugin --><url>'
        "<loc>https://a.test/kontakt</loc><lastmod>2026-05-01T10:00:00+02:00</lastmod>"
        "<changefreq>weekly</changefreq><priority>0.8</priority>"
        '<xhtml:link rel="alternate" hreflang="en" href="https://a.test/en/contact"/>'
        "</url><url><loc>https://a.test/x</loc><lastmod>2026-04-01</lastmod></url></urlset>"
    )
    serve(
        sitemaps,
        {"/sitemap.xml": index(("/1.xml.gz", "2026-05-02")), "/1.xml.gz": packed(full, ETag='"1"')},
    )
    out = tmp_path / "out.jsonl"
    sitemaps.run("domains=a.test", options=["-O", str(out)])

    found = files(sitemaps)
    assert set(found) == {"/sitemap.xml", "/1.xml.gz"}
    root, child = found["/sitemap.xml"], found["/1.xml.gz"]
    assert (root["kind"], root["found_via"], root["parent_id"]) == ("sitemapindex", "robots", None)
    assert (child["kind"], child["found_via"], child["parent_id"]) == (
        "urlset",
        "index",
        root["id"],
    )
    assert (child["http_status"], child["gzip"], child["entry_count"]) == (200, True, 2)
    assert child["body_bytes"] == len(packed(full).body)
    assert f"{child['lastmod_min']:%Y-%m-%d %H}" == "2026-04-01 00"
    assert f"{child['lastmod_max']:%Y-%m-%d %H}" == "2026-05-01 08"
    assert f"{child['listed_lastmod']:%Y-%m-%d}" == "2026-05-02"
    assert (child["etag"], child["error_code"]) == ('"1"', None)
    assert len(child["content_hash"]) == 32
    assert child["first_seen_at"] == child["last_seen_at"] <= child["fetched_at"]

    contact, other = sitemaps.rows("SELECT * FROM pages ORDER BY url")
    assert (contact["page_type"], other["page_type"]) == ("contact", "other")
    assert (contact["changefreq"], contact["priority"]) == ("weekly", pytest.approx(0.8))
    assert f"{contact['lastmod']:%Y-%m-%d %H:%M}" == "2026-05-01 08:00"
    assert contact["alternates"] == [{"language": "en", "url": "https://a.test/en/contact"}]
    assert contact["sitemap_id"] == other["sitemap_id"] == child["id"]
    nothing = ("changefreq", "priority", "alternates", "gone_at", "also_in")
    assert [other[name] for name in nothing] == [None] * 5
    assert (contact["id"].version, contact["curation_status"]) == (7, "New")

    domain = sitemaps.domain("a.test")
    assert (domain["sitemap_count"], domain["page_count"]) == (2, 2)
    assert domain["sitemaps_crawled_at"] is not None
    assert sitemaps.job()["state"] == "completed"
    [line] = [json.loads(line) for line in out.read_text().splitlines()]
    assert (line["domain"], line["sitemaps"], line["pages"]) == ("a.test", 2, 2)


def test_what_homepage_knows_stays(sitemaps: Crawl) -> None:
    sitemaps.web.web.add("a.test", company("A company"))
    sitemaps.spider = "homepage"
    sitemaps.run("domains=a.test")
    before = sitemaps.domain("a.test")
    serve(sitemaps, {"/sitemap.xml": urlset("/x")})
    sitemaps.spider = "sitemap"
    sitemaps.run("domains=a.test")
    after = sitemaps.domain("a.test")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"sitemap_count", "page_count", "sitemaps_crawled_at", "updated_at"}
    sitemaps.web.web.add("a.test", Site(default=Close(), robots=""))
    sitemaps.run("domains=a.test", RETRY_ATTEMPTS=1)
    [target] = sitemaps.rows("SELECT * FROM job_targets ORDER BY job_id DESC LIMIT 1")
    assert (target["state"], target["error_code"]) == ("error", "connection_lost")
    last = sitemaps.domain("a.test")
    changed = {name for name in after if after[name] != last[name]}
    assert changed == {"sitemaps_crawled_at", "updated_at"}


LINKS = """<link rel=sitemap href="/rel.xml"><a href="maps/sitemap-2.xml.gz">x</a>
<a href="/sitemap.html">people</a><a href="/sitemap/">people</a><a href="/feed.xml">no</a>"""


@pytest.mark.parametrize(
    ("homepage", "robots", "paths", "expected"),
    [
        (
            "",
            "Sitemap: /relative.xml",
            ["/relative.xml", "/sitemap.xml"],
            {"/relative.xml": "robots"},
        ),
        ("", "# Sitemap: https://a.test/no.xml", ["/no.xml"], {}),
        ("", "Sitemap: https://b.test/b.xml", [], {"https://b.test/b.xml": "robots"}),
        (
            LINKS,
            "",
            ["/rel.xml", "/maps/sitemap-2.xml.gz", "/sitemap.xml", "/feed.xml"],
            {"/rel.xml": "homepage", "/maps/sitemap-2.xml.gz": "homepage"},
        ),
        ("", "", ["/sitemap.xml", "/sitemap_index.xml"], {"/sitemap.xml": "guess"}),
        ("", "", ["/sitemap"], {"/sitemap": "guess"}),
        ("/wp-content/themes", "", ["/wp-sitemap.xml"], {"/wp-sitemap.xml": "guess"}),
        ("", "", ["/wp-sitemap.xml"], {}),
        ("", "", [], {}),
    ],
)
def test_discovery(
    sitemaps: Crawl, homepage: str, robots: str, paths: list[str], expected: dict[str, str]
) -> None:
    home = page(f"<title>T</title>{homepage}<p>Text")
    answers = {path: urlset(f"/of{path}") for path in paths}
    sitemaps.web.web.add("a.test", Site(paths={"/": home, **answers}, robots=robots))
    sitemaps.web.web.add("b.test", Site(paths={"/b.xml": urlset("/b")}, robots=""))
    sitemaps.run("domains=a.test")
    assert {path: row["found_via"] for path, row in files(sitemaps).items()} == expected
    assert sitemaps.job()["state"] == "completed"
    asked = [r.path for r in sitemaps.web.requests if r.host == "a.test"]
    assert asked.count("/robots.txt") == 1
    guessed = [path for path in asked if path.startswith(("/sitemap", "/wp-sitemap"))]
    assert len(guessed) <= (7 if homepage else 6)
    if "Sitemap:" in robots and "#" not in robots:
        assert guessed == []


def test_a_homepage_that_is_not_there(sitemaps: Crawl) -> None:
    """Sitemaps may be there all the same; without any the homepage's error is the site's."""
    robots = "User-agent: *\nDisallow: /$\nSitemap: https://{}/s.xml"
    for name, site in {
        "closed.test": Site(robots=robots.format("closed.test")),
        "lost.test": Site(robots=robots.format("lost.test").replace("Disallow: /$", "")),
        "nothing.test": Site(robots=""),
        "shut.test": Site(robots="User-agent: *\nDisallow: /\nSitemap: /s.xml"),
    }.items():
        site.paths["/s.xml"] = urlset("/x", host=name)
        if name == "nothing.test":
            site.paths.clear()
        sitemaps.web.web.add(name, site)
    sitemaps.run("domains=closed.test,lost.test,nothing.test,shut.test")
    rows = sitemaps.rows(
        "SELECT d.domain, t.error_code FROM job_targets t JOIN domains d ON d.id = t.domain_id"
    )
    assert {row["domain"]: row["error_code"] for row in rows} == {
        "closed.test": None,
        "lost.test": None,
        "nothing.test": "http_4xx",
        "shut.test": "robots",
    }
    assert len(sitemaps.rows("SELECT 1 FROM pages")) == 2


BOMB = gzip.compress(b"<urlset><url><loc>https://a.test/before</loc></url>" + b" " * 30_000_000)
TREE: dict[str, tuple[Answer, str | None]] = {
    "/good.xml": (urlset("/good"), None),
    "/self.xml": (index("/self.xml", "/below-self.xml"), None),
    "/below-self.xml": (urlset("/below-self"), None),
    "/loop-1.xml": (index("/loop-2.xml"), None),
    "/loop-2.xml": (index("/loop-1.xml", "/below-loop.xml"), None),
    "/below-loop.xml": (urlset("/below-loop"), None),
    "/to-root.xml": (Redirect("/sitemap.xml"), "duplicate"),
    "/moved.xml": (Redirect("/moved-to.xml"), None),
    "/dead.xml": (page("gone", status=404), "http_4xx"),
    "/broken.xml": (page("oops", status=500), "http_5xx"),
    "/forbidden.xml": (page("no", status=403), "blocked"),
    "/slow-down.xml": (page("no", status=429), "rate_limited"),
    "/closed.xml": (Close(), "connection_lost"),
    "/reset.xml": (Reset(), "connection_lost"),
    "/hang.xml": (Hang(), "timeout"),
    "/round.xml": (Redirect("/round.xml"), "redirect_loop"),
    "/to-mail.xml": (Redirect("mailto:x@a.test"), "bad_redirect"),
    "/html.xml": (page("<title>404</title><p>Not here"), "not_a_sitemap"),
    "/json.xml": (text('{"error": 1}', media_type="application/json"), "not_a_sitemap"),
    "/image.xml": (
        Response(200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n" * 9),
        "not_a_sitemap",
    ),
    "/empty.xml": (xml(""), "not_a_sitemap"),
    "/cut.xml": (Truncate(Response(200, {}, urlset("/cut", "/lost").body[:-30])), "truncated"),
    "/bomb.xml": (Response(200, {"Content-Encoding": "gzip"}, BOMB), "bytes_limit"),
    "/html-bomb.xml": (GzipBomb(30), None),
    "/plain.txt": (text("https://a.test/plain\n"), None),
    "/double.xml.gz": (packed(packed(urlset("/double")), **{"Content-Encoding": "gzip"}), None),
    "/elsewhere.xml": (Redirect("https://cdn.b.test/e.xml"), None),
    "https://cdn.b.test/off.xml": (urlset("/off"), "off_host"),
    "https://www.a.test/www.xml": (urlset("/www"), None),
}
GOOD = {
    "/good",
    "/below-self",
    "/below-loop",
    "/moved",
    "/cut",
    "/before",
    "/plain",
    "/double",
    "/elsewhere",
    "/www",
}


def test_a_tree_with_everything_in_it(sitemaps: Crawl) -> None:
    """It ends, with every good page in and every fault on record."""
    paths = {path: answer for path, (answer, _) in TREE.items() if path.startswith("/")}
    named = [path for path in TREE if not path.startswith(("/below", "/loop-2"))]
    serve(
        sitemaps,
        {
            **paths,
            "/sitemap.xml": index(*named),
            "/moved-to.xml": urlset("/moved"),
            "/www.xml": urlset("/www"),
        },
    )
    cdn = Site(paths={"/e.xml": urlset("/elsewhere"), "/off.xml": urlset("/off")}, robots="")
    sitemaps.web.web.add("cdn.b.test", cdn)
    sitemaps.run("domains=a.test", DOWNLOAD_TIMEOUT=2, SITEMAP_BYTES_UNPACKED=20_000_000)
    assert set(pages(sitemaps)) == GOOD
    found = {path: row["error_code"] for path, row in files(sitemaps).items()}
    assert found.pop("/sitemap.xml") is None
    bomb = found.pop("/html-bomb.xml")
    assert bomb in {"not_a_sitemap", "bytes_limit"}
    assert found == {path: error for path, (_, error) in TREE.items() if path != "/html-bomb.xml"}
    assert all(row["error_message"] for row in files(sitemaps).values() if row["error_code"])
    for path in ("/sitemap.xml", "/self.xml", "/loop-1.xml", "/dead.xml"):
        # Once each: the second request for the root is the redirect's.
        assert sitemaps.fetched(path) == ["a.test"] * (2 if path == "/sitemap.xml" else 1)
    assert sitemaps.job()["state"] == "completed"


def test_a_chain_of_a_thousand_indexes(sitemaps: Crawl) -> None:
    paths: dict[str, Answer] = {f"/{n}.xml": index(f"/{n + 1}.xml") for n in range(1_000)}
    serve(sitemaps, {**paths, "/1000.xml": urlset("/deep")}, robots="/0.xml")
    sitemaps.run("domains=a.test")
    assert pages(sitemaps) == ["/deep"]
    assert len(files(sitemaps)) == 1_001
    chain = sitemaps.rows(
        "SELECT count(*) FROM sitemap_files c JOIN sitemap_files p ON p.id = c.parent_id"
    )
    assert chain == [{"count": 1_000}]


def test_more_files_than_are_read(sitemaps: Crawl) -> None:
    names = [f"/{n}.xml" for n in range(20)]
    serve(sitemaps, {"/sitemap.xml": index(*names), **{n: urlset(f"/of{n}") for n in names}})
    sitemaps.run("domains=a.test", SITEMAP_FILES=5)
    assert len(pages(sitemaps)) == 4
    assert files(sitemaps)["/4.xml"]["error_code"] == "files_limit"
    assert len(files(sitemaps)) == 6


def test_a_file_that_is_longer_than_is_read(sitemaps: Crawl) -> None:
    serve(sitemaps, {"/sitemap.xml": urlset(*(f"/page-{n:04}" for n in range(9_000)))})
    sitemaps.run("domains=a.test", SITEMAP_BYTES=100_000)
    assert 1_000 < len(pages(sitemaps)) < 9_000
    row = files(sitemaps)["/sitemap.xml"]
    assert (row["error_code"], row["content_hash"]) == ("bytes_limit", None)


@pytest.mark.parametrize("has_tags", [True, False], ids=["validators", "hashes"])
def test_a_second_crawl_reads_nothing(sitemaps: Crawl, *, has_tags: bool) -> None:
    tree = {
        "/sitemap.xml": index("/1.xml", "/2.xml"),
        "/1.xml": urlset("/a", "/b", "/both"),
        "/2.xml": urlset("/c", "/both", lastmod="2026-01-01"),
    }
    serve(sitemaps, {p: tagged(r, f'"{p}"') if has_tags else r for p, r in tree.items()})
    sitemaps.run("domains=a.test")
    before = versions(sitemaps)
    assert counters(sitemaps)["sitemaps_read"] == 3
    sitemaps.run("domains=a.test")
    counts = counters(sitemaps)
    assert (counts["sitemaps_unchanged"], counts.get("sitemaps_read")) == (3, None)
    assert (counts["page_rows"], counts.get("pages")) == (0, None)
    assert versions(sitemaps) == before
    statuses = {row["http_status"] for row in files(sitemaps).values()}
    assert statuses == ({304} if has_tags else {200})
    # Everything is read, and still nothing written: also what stands in two files, with two dates.
    sitemaps.run("domains=a.test", "full=1")
    counts = counters(sitemaps)
    assert (counts["sitemaps_read"], counts["pages"], counts["page_rows"]) == (3, 5, 0)
    assert versions(sitemaps) == before
    assert len(pages(sitemaps)) == 4
    assert sitemaps.domain("a.test")["page_count"] == 4


def test_one_changed_lastmod_writes_one_row(sitemaps: Crawl) -> None:
    before = urlset("/a", "/b", "/c", lastmod="2026-01-01")
    after = Response(200, {}, before.body.replace(b"2026-01-01", b"2026-02-02", 1))
    tree = {"/sitemap.xml": index("/1.xml", "/2.xml"), "/2.xml": urlset("/d")}
    serve(sitemaps, {**tree, "/1.xml": before})
    sitemaps.run("domains=a.test")
    old = versions(sitemaps)
    serve(sitemaps, {**tree, "/1.xml": after})
    sitemaps.run("domains=a.test")
    new = versions(sitemaps)
    assert {url for url in new if old[url] != new[url]} == {"https://a.test/a"}
    assert counters(sitemaps)["page_rows"] == 1


def test_pages_go_and_come_back(sitemaps: Crawl) -> None:
    def crawl(**children: tuple[str, ...]) -> tuple[list[str], list[str]]:
        paths = {f"/{name}.xml": urlset(*listed) for name, listed in children.items()}
        serve(sitemaps, {"/sitemap.xml": index(*paths), **paths})
        sitemaps.run("domains=a.test")
        return pages(sitemaps), pages(sitemaps, gone=True)

    assert crawl(one=("/a", "/b"), two=("/b", "/c")) == (["/a", "/b", "/c"], [])
    ids = sitemaps.rows("SELECT id, url, first_seen_at FROM pages ORDER BY url")
    # /b leaves the file that it is of; the other one did not change, and lists it still.
    assert crawl(one=("/a",), two=("/b", "/c")) == (["/a", "/b", "/c"], [])
    # /b leaves that one, too. /a moves.
    assert crawl(one=(), two=("/a", "/c")) == (["/a", "/c"], ["/b"])
    gone = sitemaps.rows("SELECT * FROM pages WHERE gone_at IS NOT NULL")[0]
    assert gone["last_seen_at"] < gone["gone_at"]
    # A whole file vanishes.
    assert crawl(one=("/b",)) == (["/b"], ["/a", "/c"])
    assert sitemaps.domain("a.test")["page_count"] == 1
    assert crawl(one=("/a", "/b"), two=("/c",)) == (["/a", "/b", "/c"], [])
    assert ids == sitemaps.rows("SELECT id, url, first_seen_at FROM pages ORDER BY url")


@pytest.mark.parametrize(
    "fault",
    [page("x", status=500), page("x", status=404), page("<p>404</p>"), Close()],
    ids=["500", "404", "html", "closed"],
)
def test_a_failed_file_keeps_its_pages(sitemaps: Crawl, fault: Answer) -> None:
    root = index("/1.xml", "/2.xml")
    serve(sitemaps, {"/sitemap.xml": root, "/1.xml": urlset("/a", "/b"), "/2.xml": urlset("/c")})
    sitemaps.run("domains=a.test")
    serve(sitemaps, {"/sitemap.xml": root, "/1.xml": urlset("/a"), "/2.xml": fault})
    sitemaps.run("domains=a.test")
    # What is not there lists nothing. Any other file that cannot be read may have /b now.
    is_there = isinstance(fault, Response) and fault.status == 404
    assert pages(sitemaps) == (["/a", "/c"] if is_there else ["/a", "/b", "/c"])
    assert files(sitemaps)["/2.xml"]["error_code"]
    serve(sitemaps, {"/sitemap.xml": root, "/1.xml": urlset("/a"), "/2.xml": urlset("/c")})
    sitemaps.run("domains=a.test")
    assert (pages(sitemaps), pages(sitemaps, gone=True)) == (["/a", "/c"], ["/b"])
    assert files(sitemaps)["/2.xml"]["error_code"] is None


def test_a_site_without_any_sitemap_left_keeps_its_pages(sitemaps: Crawl) -> None:
    serve(sitemaps, {"/sitemap.xml": urlset("/a")})
    sitemaps.run("domains=a.test")
    serve(sitemaps, {}, robots=None)
    sitemaps.run("domains=a.test")
    assert pages(sitemaps) == ["/a"]


def test_an_index_is_believed_once_it_has_proved_reliable(sitemaps: Crawl) -> None:
    def crawl(one: int, two: int) -> list[str]:
        """Numbers are contents and dates; which children were asked for."""
        known = len(sitemaps.web.requests)
        children = [("/1.xml", f"2026-01-{one:02}"), ("/2.xml", f"2026-01-{two:02}")]
        serve(
            sitemaps,
            {
                "/sitemap.xml": index(*children),
                "/1.xml": urlset(f"/one-{one}"),
                "/2.xml": urlset(f"/two-{two}"),
            },
        )
        sitemaps.run("domains=a.test")
        asked = [request.path for request in sitemaps.web.requests[known:]]
        return [path for path in asked if path in {"/1.xml", "/2.xml"}]

    for one in (1, 2, 3, 4):  # the first tells nothing, three tell of a change
        assert crawl(one, 1) == ["/1.xml", "/2.xml"]
    assert crawl(4, 1) == []
    assert crawl(5, 1) == ["/1.xml"]
    assert pages(sitemaps) == ["/one-5", "/two-1"]
    # Caught keeping silent about a change, it is not believed any more.
    sitemaps.rows("UPDATE sitemap_files SET lastmod_misses = 1 WHERE url LIKE '%/1.xml'")
    assert crawl(5, 1) == ["/1.xml", "/2.xml"]


def test_a_transient_failure_of_all_gets_a_later_pass(sitemaps: Crawl) -> None:
    serve(sitemaps, {"/sitemap.xml": FailFirst(1, urlset("/a"))})
    sitemaps.run("domains=a.test", RETRY_DELAY=0.2)
    assert pages(sitemaps) == ["/a"]
    [target] = sitemaps.rows("SELECT state, attempts FROM job_targets")
    assert target == {"state": "completed", "attempts": 2}


def test_claims_of_its_own(sitemaps: Crawl) -> None:
    """Without a list it takes the domains whose sitemaps nobody has read, whatever their status."""
    serve(sitemaps, {"/sitemap.xml": urlset("/a")})
    sitemaps.rows(
        "INSERT INTO domains (id, domain, status) VALUES (gen_random_uuid(), 'a.test', 'completed')"
    )
    sitemaps.run()
    assert pages(sitemaps) == ["/a"]
    assert sitemaps.domain("a.test")["status"] == "completed"
    assert "Nothing to do" in sitemaps.run()


def test_killed_in_mid_import_and_resumed(sitemaps: Crawl, database: str) -> None:
    """The same rows as those of a crawl that nobody disturbed."""
    children = [f"/{number}.xml" for number in range(12)]
    tree: dict[str, Answer] = {"/sitemap.xml": index(*children)}
    for number, path in enumerate(children):
        mine = [f"/page-{number}-{at}" for at in range(2_500)]
        shared = [f"/shared-{at}" for at in range(0, 500, number + 1)]
        tree[path] = Slow(0.1, urlset(*mine, *shared, lastmod=f"2026-01-{number + 1:02}"))
    serve(sitemaps, tree)
    process = sitemaps.start("domains=a.test", BATCH_PAGES=2_000)
    for goal in (3_000, 12_000, 20_000):
        sitemaps.wait(f"SELECT 1 FROM pages HAVING count(*) >= {goal}")  # noqa: S608 - a number
        end(process, signal.SIGKILL)
        process = sitemaps.start(f"job={sitemaps.job()['id']}", BATCH_PAGES=2_000)
    _, log = process.communicate(timeout=120)
    assert process.returncode == 0, log
    disturbed = snapshot(sitemaps)
    assert sitemaps.job()["state"] == "completed"
    assert sitemaps.rows("SELECT page_count FROM domains") == [{"page_count": 30_500}]
    sitemaps.rows("TRUNCATE domains CASCADE")
    sitemaps.run("domains=a.test")
    assert snapshot(sitemaps) == disturbed


def snapshot(crawl: Crawl) -> list[list[dict[str, Any]]]:
    """All that does not depend on when and how often."""
    return [
        crawl.rows(
            "SELECT p.url, p.lastmod, p.page_type, p.gone_at, f.url AS file,"
            " (SELECT array_agg(o.url ORDER BY o.url) FROM sitemap_files o"
            "  WHERE o.id = ANY(p.also_in)) AS also_in"
            " FROM pages p JOIN sitemap_files f ON f.id = p.sitemap_id ORDER BY p.url"
        ),
        crawl.rows(
            "SELECT url, kind, found_via, entry_count, lastmod_min, lastmod_max, error_code,"
            " content_hash FROM sitemap_files ORDER BY url"
        ),
    ]


def test_a_domain_that_is_deleted_in_mid_crawl(sitemaps: Crawl) -> None:
    serve(
        sitemaps,
        {
            "/sitemap.xml": index("/1.xml", "/2.xml"),
            "/1.xml": urlset("/a"),
            "/2.xml": Slow(2, urlset("/b")),
        },
    )
    process = sitemaps.start("domains=a.test")
    sitemaps.wait("SELECT 1 FROM pages")
    sitemaps.rows("DELETE FROM domains")
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "ERROR" not in log
    assert sitemaps.rows("SELECT url FROM pages") == []
    assert sitemaps.rows("SELECT url FROM sitemap_files") == []


def test_what_the_database_refuses_is_said(sitemaps: Crawl) -> None:
    serve(sitemaps, {"/sitemap.xml": urlset(*(f"/page-{number}" for number in range(40)))})
    sitemaps.rows("ALTER TABLE pages ADD CONSTRAINT picky CHECK (url NOT LIKE '%page-13')")
    sitemaps.run("domains=a.test")
    assert len(pages(sitemaps)) == 39
    [target] = sitemaps.rows("SELECT state, error_code FROM job_targets")
    assert target == {"state": "error", "error_code": "unwritable"}


def test_the_demo_sites(database: str) -> None:
    """Every company that has a homepage ends; sitemaps of every style give pages."""
    with DemoServerThread(demo_web()) as server:
        crawl = Crawl(server, database, spider="sitemap")
        settings = [f"--set={name}={value}" for name, value in DEMO_SETTINGS.items()]
        crawl.run(f"domains={','.join(DEMO_DOMAINS)}", options=settings)
    kinds = {row["kind"] for row in crawl.rows("SELECT DISTINCT kind FROM sitemap_files")}
    assert {"urlset", "sitemapindex", "text", "rss", "atom"} <= kinds
    found = {row["found_via"] for row in crawl.rows("SELECT DISTINCT found_via FROM sitemap_files")}
    assert found >= {"robots", "guess", "index"}
    assert crawl.rows("SELECT 1 FROM job_targets WHERE state = 'pending'") == []


def test_content_encodings(sitemaps: Crawl) -> None:
    """gzip, which is asked for, in one layer or two; and what nobody asked for."""
    encodings = {
        "gzip": lambda data: gzip.compress(data, mtime=0),
        "x-gzip": lambda data: gzip.compress(data, mtime=0),
        "deflate": zlib.compress,
        "br": brotli.compress,
        "identity": lambda data: data,
    }
    paths = {
        f"/{name}.xml": Response(200, {"Content-Encoding": name}, encode(urlset(f"/{name}").body))
        for name, encode in encodings.items()
    }
    serve(sitemaps, {"/sitemap.xml": index(*paths), **paths})
    sitemaps.run("domains=a.test")
    assert pages(sitemaps) == sorted(f"/{name}" for name in encodings)
    assert {row["error_code"] for row in files(sitemaps).values()} == {None}


def test_a_slow_database_slows_the_reading(sitemaps: Crawl) -> None:
    names = [f"/{number}.xml" for number in range(12)]
    paths = {
        name: urlset(*(f"/page-{number}-{at}" for at in range(2_000)))
        for number, name in enumerate(names)
    }
    serve(sitemaps, {"/sitemap.xml": index(*names), **paths})
    with psycopg.connect(sitemaps.url) as connection:
        connection.execute("LOCK TABLE pages IN ACCESS EXCLUSIVE MODE")
        process = sitemaps.start("domains=a.test", BATCH_PAGES=2_000)
        # One batch waits for the lock, one for the batch, and one for room.
        blocked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        sitemaps.wait(blocked)
        wait_until(lambda: len(children(sitemaps)) >= 3)
        sitemaps.wait(blocked)
        assert len(children(sitemaps)) <= 4
        connection.rollback()
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert len(pages(sitemaps)) == 24_000


def children(crawl: Crawl) -> list[str]:
    """Sitemaps that were asked for, but the root."""
    return [
        r.path for r in crawl.web.requests if r.path.endswith(".xml") and "sitemap" not in r.path
    ]


def test_robots_txt_that_nobody_obeys_names_sitemaps_too(sitemaps: Crawl) -> None:
    serve(sitemaps, {"/named.xml": urlset("/a")}, robots="/named.xml")
    sitemaps.run("domains=a.test", ROBOTSTXT_OBEY=False)
    assert pages(sitemaps) == ["/a"]
