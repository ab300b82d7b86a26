"""`scrapy crawl sitemap -a stage=…`: the same work in three parts."""

import pytest
from support import Crawl
from test_spiders_sitemap import files, index, pages, serve, tagged, urlset

from scrapersky.demo.site import Answer, Site, page

TREE: dict[str, Answer] = {
    "/sitemap.xml": tagged(index("/1.xml", "/2.xml"), '"i"'),
    "/1.xml": tagged(urlset("/contact", "/about"), '"1"'),
    "/2.xml": tagged(urlset("/jobs"), '"2"'),
}


@pytest.fixture
def sitemaps(crawl: Crawl) -> Crawl:
    crawl.spider = "sitemap"
    return crawl


def stage(crawl: Crawl, name: str) -> None:
    crawl.run("domains=a.test", f"stage={name}")


def select(crawl: Crawl, path: str) -> None:
    """As the import service claims it."""
    crawl.rows("UPDATE sitemap_files SET import_status = NULL")
    crawl.rows(
        "UPDATE sitemap_files SET import_status = 'Processing' WHERE url = %s",
        f"https://a.test{path}",
    )


def kinds(crawl: Crawl) -> dict[str, str | None]:
    return {path: row["kind"] for path, row in files(crawl).items()}


def test_one_after_the_other(sitemaps: Crawl) -> None:
    serve(sitemaps, TREE)
    stage(sitemaps, "submission")
    assert kinds(sitemaps) == {"/sitemap.xml": None}
    assert sitemaps.fetched("/sitemap.xml") == []
    assert files(sitemaps)["/sitemap.xml"]["found_via"] == "robots"

    stage(sitemaps, "scan")
    assert kinds(sitemaps) == {
        "/sitemap.xml": "sitemapindex",
        "/1.xml": "urlset",
        "/2.xml": "urlset",
    }
    found = files(sitemaps)
    assert [found[path]["entry_count"] for path in TREE] == [2, 2, 1]
    assert pages(sitemaps) == []
    assert (found["/1.xml"]["etag"], found["/1.xml"]["fetched_at"]) == (None, None)
    assert found["/sitemap.xml"]["etag"] == '"i"', "an index has no pages that are left to read"
    domain = sitemaps.domain("a.test")
    assert (domain["sitemap_count"], domain["page_count"]) == (3, None)
    assert domain["sitemaps_crawled_at"] is None

    select(sitemaps, "/1.xml")
    stage(sitemaps, "import")
    assert pages(sitemaps) == ["/about", "/contact"]
    found = files(sitemaps)
    assert (found["/1.xml"]["etag"], found["/2.xml"]["etag"]) == ('"1"', None)
    assert len(sitemaps.fetched("/2.xml")) == 1, "it was not selected"
    domain = sitemaps.domain("a.test")
    assert (domain["sitemap_count"], domain["page_count"]) == (3, 2)

    select(sitemaps, "/sitemap.xml")
    stage(sitemaps, "import")
    assert pages(sitemaps) == ["/about", "/contact", "/jobs"], "with what the index lists"


def test_a_scan_takes_nothing_from_what_was_imported(sitemaps: Crawl) -> None:
    serve(sitemaps, TREE)
    sitemaps.run("domains=a.test")
    before = files(sitemaps)["/1.xml"]
    serve(sitemaps, {**TREE, "/1.xml": tagged(urlset("/contact", "/team"), '"1b"')})
    stage(sitemaps, "scan")
    after = files(sitemaps)["/1.xml"]
    assert (after["entry_count"], after["content_hash"]) == (2, None)
    assert after["fetched_at"] == before["fetched_at"], "its pages were not seen"
    assert pages(sitemaps) == ["/about", "/contact", "/jobs"]
    select(sitemaps, "/1.xml")
    stage(sitemaps, "import")
    assert pages(sitemaps) == ["/about", "/contact", "/jobs", "/team"]
    sitemaps.run("domains=a.test")
    assert pages(sitemaps, gone=True) == ["/about"], "the whole crawl sees what is gone"


def test_a_selected_file_is_read_though_its_index_says_that_nothing_changed(
    sitemaps: Crawl,
) -> None:
    tree = {**TREE, "/sitemap.xml": index(("/1.xml", "2020-01-01"))}
    serve(sitemaps, tree)
    sitemaps.run("domains=a.test")
    sitemaps.rows("UPDATE sitemap_files SET lastmod_hits = 9")
    serve(sitemaps, {**tree, "/1.xml": urlset("/new")})
    select(sitemaps, "/1.xml")
    stage(sitemaps, "import")
    assert "/new" in pages(sitemaps)


def test_a_guess_is_looked_at(sitemaps: Crawl) -> None:
    serve(sitemaps, TREE, robots=None)
    stage(sitemaps, "submission")
    found = files(sitemaps)
    assert set(found) == set(TREE), "and what it lists is found, too"
    assert found["/sitemap.xml"]["found_via"] == "guess"
    assert sitemaps.fetched("/1.xml") == []
    assert pages(sitemaps) == []


def test_known_sitemaps_are_read_where_the_homepage_is_broken(sitemaps: Crawl) -> None:
    serve(sitemaps, TREE)
    stage(sitemaps, "submission")
    site = Site(paths={"/": page("no", status=500), **TREE})
    sitemaps.web.web.add("a.test", site)
    stage(sitemaps, "scan")
    assert kinds(sitemaps)["/1.xml"] == "urlset"
    assert sitemaps.job()["state"] == "completed"


def test_nothing_is_known(sitemaps: Crawl) -> None:
    serve(sitemaps, TREE)
    for name in ("scan", "import"):
        stage(sitemaps, name)
        assert sitemaps.job()["state"] == "completed"
    assert files(sitemaps) == {}


def test_a_site_without_anything_fails(sitemaps: Crawl) -> None:
    sitemaps.run("domains=dead.test", "stage=submission")
    target = sitemaps.rows("SELECT state, error_code FROM job_targets")[0]
    assert (target["state"], target["error_code"]) == ("error", "http_4xx")
    domain = sitemaps.domain("dead.test")
    assert (domain["sitemap_count"], domain["sitemaps_crawled_at"]) == (None, None)


def test_there_is_no_other_stage(sitemaps: Crawl) -> None:
    log = sitemaps.run("domains=a.test", "stage=moon", status=2)
    assert "stage='moon'" in log
