"""`scrapy crawl sitemap`, seen from outside: a web, a process, a database."""

from collections.abc import Iterable

import pytest
from support import Crawl

from scrapersky.demo.site import Site, page, text

XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(*urls: str, lastmod: str | None = None) -> str:
    date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    entries = "".join(f"<url><loc>{url}</loc>{date}</url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {XMLNS}>{entries}</urlset>'


def index(*urls: str, lastmod: str | None = None) -> str:
    date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    entries = "".join(f"<sitemap><loc>{url}</loc>{date}</sitemap>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {XMLNS}>{entries}</sitemapindex>'


def xml(body: str, **headers: str):
    return text(body, media_type="application/xml")


def test_simple(crawl: Crawl) -> None:
    crawl.web.web.add("a.test", Site(paths={"/": page("<p>Hello</p>"), "/s.xml": xml(index("https://a.test/1.xml", "https://a.test/2.xml")), "/1.xml": xml(urlset("https://a.test/contact", "https://a.test/x")), "/2.xml": xml(urlset("https://a.test/x", "https://a.test/y", lastmod="2026-01-01"))}, robots="Sitemap: https://a.test/s.xml"))
    crawl.spider = "sitemap"
    log = crawl.run("domains=a.test")
    print(log)
    for table in ("sitemap_files", "pages", "job_targets", "domains"):
        for row in crawl.rows(f"SELECT * FROM {table}"):
            print({k: v for k, v in row.items() if v is not None})
    assert 0
