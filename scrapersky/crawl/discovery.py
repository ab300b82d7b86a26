"""Where sitemaps are looked for that robots.txt does not name."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from scrapy.http import HtmlResponse, Response

from scrapersky.extract.page import parse_page
from scrapersky.extract.urls import absolute_url

GUESSES = (
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/sitemap-index.xml",
    "/sitemapindex.xml",
    "/sitemap.xml.gz",
    "/sitemap",
)
WORDPRESS_GUESS = "/wp-sitemap.xml"
"""https://make.wordpress.org/core/2020/07/22/new-xml-sitemaps-functionality-in-wordpress-5-5/"""
LINKS = 20
"""Links of a homepage that are followed, at most."""

_WORDPRESS = re.compile(rb"/wp-(?:content|includes|json)/|content=[\"']WordPress", re.IGNORECASE)
# A page for people is called so too, but it does not end like a file of URLs.
_FILE = re.compile(r"sitemap[^/]{0,100}\.(?:xml|txt|rss|atom)(?:\.gz)?\Z", re.IGNORECASE)


def homepage_links(response: Response) -> list[str]:
    """Sitemaps to which a homepage links: `<link rel="sitemap">`, and links to such a file."""
    if not isinstance(response, HtmlResponse) or b"sitemap" not in response.body.lower():
        return []
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    page = parse_page(response.body, url=response.url, content_type=content_type or None)
    found: dict[str, None] = {}
    for element in page.tree.iter("link", "a"):
        url = absolute_url(page.base_url, element.get("href"))
        is_named = "sitemap" in (element.get("rel") or "").lower().split()
        if url and (is_named or _FILE.search(urlsplit(url).path)):
            found[url] = None
        if len(found) == LINKS:
            break
    return list(found)


def guesses(url: str, response: Response | None) -> Iterator[str]:
    """The usual names, on the site of a homepage."""
    if response is not None and _WORDPRESS.search(response.body):
        yield urljoin(url, WORDPRESS_GUESS)
    for path in GUESSES:
        yield urljoin(url, path)
