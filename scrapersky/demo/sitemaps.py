"""The ways in which sites say what pages they have: https://www.sitemaps.org/protocol.html."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from html import escape
from typing import Literal, NamedTuple

from scrapersky.demo.behaviours import Answer
from scrapersky.demo.response import Response, text

SitemapStyle = Literal[
    "plain",
    "index",
    "gzip",
    "text",
    "rss",
    "atom",
    "elsewhere",
    "unannounced",
    "wordpress",
    "hreflang",
    "images",
    "none",
]

NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWEST = date(2026, 6, 1)
"""When the first page was last changed; the others follow, a week before one another."""


class SitePage(NamedTuple):
    """A page that a sitemap may list."""

    path: str
    title: str
    lang: str


class Sitemap(NamedTuple):
    """What there is to be had, and what robots.txt says of it."""

    paths: dict[str, Answer]
    announced: list[str]
    """Paths for the lines `Sitemap:`."""


def sitemap(style: SitemapStyle, origin: str, pages: Sequence[SitePage]) -> Sitemap:
    """The sitemap of a site in one of the styles; every page is in it once."""
    if style == "none":
        return Sitemap({}, [])
    if style in _FEEDS:
        path, media_type, feed = _FEEDS[style]
        return _alone(path, feed(origin, pages), media_type=media_type)
    urls = _urls(style, origin, pages)
    if style in _INDEXED:
        path, *children = _INDEXED[style]
        halves = (urls[:1], urls[1:]) if len(children) > 1 else (urls,)
        parts = zip(children, map(_url_set, halves), strict=True)
        return _indexed(path, origin, {child: _document(child, part) for child, part in parts})
    path = "/media/maps/site-1.xml" if style == "elsewhere" else "/sitemap.xml"
    found = _alone(path, _url_set(urls))
    return Sitemap(found.paths, []) if style == "unannounced" else found


def _alone(path: str, body: str, *, media_type: str = "application/xml") -> Sitemap:
    return Sitemap({path: text(body, media_type=media_type)}, [path])


def _document(path: str, body: str) -> Response:
    if path.endswith(".gz"):
        packed = gzip.compress(body.encode(), mtime=0)
        return Response(200, {"Content-Type": "application/gzip"}, packed)
    return text(body, media_type="application/xml")


def _indexed(path: str, origin: str, children: dict[str, Response]) -> Sitemap:
    entries = "".join(
        f"<sitemap><loc>{origin}{child}</loc><lastmod>{NEWEST}</lastmod></sitemap>\n"
        for child in children
    )
    body = f"<sitemapindex {NAMESPACES}>\n{entries}</sitemapindex>"
    index = text(_xml(body), media_type="application/xml")
    return Sitemap({path: index, **children}, [path])


def _urls(style: SitemapStyle, origin: str, pages: Sequence[SitePage]) -> list[str]:
    found = []
    for page, changed in _dated(pages):
        url = f"{origin}{page.path}"
        parts = [f"<loc>{url}</loc>", f"<lastmod>{changed}</lastmod>"]
        if style == "hreflang":
            parts += [
                f'<xhtml:link rel="alternate" hreflang="{lang}" href="{url}"/>'
                for lang in (page.lang, "x-default")
            ]
        if style == "images":
            parts.append(f"<image:image><image:loc>{origin}/card.png</image:loc></image:image>")
        found.append(f"<url>{''.join(parts)}</url>\n")
    return found


def _url_set(urls: Iterable[str]) -> str:
    return _xml(f"<urlset {NAMESPACES}>\n{''.join(urls)}</urlset>")


def _lines(origin: str, pages: Sequence[SitePage]) -> str:
    return "".join(f"{origin}{page.path}\n" for page in pages)


def _rss(origin: str, pages: Sequence[SitePage]) -> str:
    items = "".join(
        f"<item><title>{escape(page.title)}</title><link>{origin}{page.path}</link>"
        f"<pubDate>{changed:%a, %d %b %Y} 06:00:00 GMT</pubDate></item>\n"
        for page, changed in _dated(pages)
    )
    head = f"<title>{escape(pages[0].title)}</title><link>{origin}/</link>"
    return _xml(f'<rss version="2.0"><channel>{head}\n{items}</channel></rss>')


def _atom(origin: str, pages: Sequence[SitePage]) -> str:
    entries = "".join(
        f'<entry><title>{escape(page.title)}</title><link href="{origin}{page.path}"/>'
        f"<id>{origin}{page.path}</id><updated>{changed}T06:00:00Z</updated></entry>\n"
        for page, changed in _dated(pages)
    )
    head = f"<title>{escape(pages[0].title)}</title><id>{origin}/</id>"
    feed = f"{head}<updated>{NEWEST}T06:00:00Z</updated>\n{entries}"
    return _xml(f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}</feed>')


def _dated(pages: Sequence[SitePage]) -> Iterator[tuple[SitePage, date]]:
    for number, page in enumerate(pages):
        yield page, NEWEST - timedelta(weeks=number)


def _xml(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


_FEEDS: dict[SitemapStyle, tuple[str, str, Callable[[str, Sequence[SitePage]], str]]] = {
    "text": ("/sitemap.txt", "text/plain", _lines),
    "rss": ("/feed.xml", "application/rss+xml", _rss),
    "atom": ("/atom.xml", "application/atom+xml", _atom),
}
_INDEXED: dict[SitemapStyle, tuple[str, ...]] = {
    "gzip": ("/sitemap_index.xml", "/maps/pages-1.xml.gz"),
    "index": ("/sitemap.xml", "/sitemap-main.xml", "/sitemap-pages.xml"),
    "wordpress": (
        "/wp-sitemap.xml",
        "/wp-sitemap-posts-page-1.xml",
        "/wp-sitemap-posts-post-1.xml",
    ),
}
