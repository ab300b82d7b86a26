"""The values of entries, typed."""

import re
from collections.abc import Iterable
from functools import lru_cache

from scrapersky.sitemaps.dates import parse_date
from scrapersky.sitemaps.entries import Alternate, News, PageEntry, Problem, SitemapEntry, Video
from scrapersky.sitemaps.findings import Findings
from scrapersky.sitemaps.references import References, UnknownEntityError
from scrapersky.sitemaps.urls import UrlResolver
from scrapersky.text import storable

MAX_VALUE = 8192
"""Characters of a value as it stands in the file. URLs end at 2,048, but escapes are longer."""
MAX_SHOWN = 500
"""Characters that are kept of what is only shown: titles, odd dates."""
MAX_LIST = 1000
"""Alternates, images or videos of a page. Google reads 1,000 images."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,6}(?:[.,]\d{0,20})?|[.,]\d{1,20})", re.ASCII)


class Values:
    """Makes entries of texts, and counts what is wrong with them."""

    def __init__(self, url: str, findings: Findings) -> None:
        self.urls = UrlResolver(url)
        self.references = References()
        self._findings = findings

    def expand(self, raw: str) -> str | None:
        """The text of what stands in the file; None where it cannot be had."""
        if len(raw) > MAX_VALUE:
            self.too_long()
            return None
        try:
            return self.references.expand(raw)
        except UnknownEntityError:
            self._findings.add(Problem.ENTITIES)
            return None

    def too_long(self) -> None:
        """Something is left out."""
        self._findings.add(Problem.TOO_LONG)

    def page(
        self,
        loc: str | None,
        lastmod: str | None = None,
        changefreq: str | None = None,
        priority: str | None = None,
        *,
        alternates: tuple[Alternate, ...] = (),
        images: tuple[str, ...] = (),
        videos: tuple[Video, ...] = (),
        news: News | None = None,
        mobile: bool = False,
    ) -> PageEntry | None:
        """The entry, or None without a URL that can be used."""
        url = self.urls.resolve(loc) if loc else None
        if url is None:
            self._findings.add(Problem.BAD_URL)
            return None
        lastmod = shown(lastmod)
        date = parse_date(lastmod) if lastmod else None
        if lastmod and date is None:
            self._findings.add(Problem.BAD_LASTMOD)
        # Half the time of the named tuple's own constructor.
        return PageEntry._make(
            (
                url,
                date,
                lastmod,
                shown(changefreq),
                number(priority),
                alternates,
                images,
                videos,
                news,
                mobile,
            )
        )

    def sitemap(self, loc: str | None, lastmod: str | None) -> SitemapEntry | None:
        """The entry of an index, or None without a URL that can be used."""
        page = self.page(loc, lastmod)
        return None if page is None else SitemapEntry(page.url, page.lastmod, page.lastmod_text)

    def url(self, text: str | None) -> str | None:
        """An absolute URL that belongs to an entry; those that cannot be used are left out."""
        return self.urls.resolve(text) if text else None

    def alternates(self, links: Iterable[tuple[str, str]]) -> tuple[Alternate, ...]:
        """Of languages and URLs."""
        found = ((shown(language), self.url(href)) for language, href in links)
        return tuple((language, url) for language, url in found if language and url)

    def images(self, locs: Iterable[str]) -> tuple[str, ...]:
        """Of URLs."""
        return tuple(url for loc in locs if (url := self.url(loc)))


def shown(text: str | None) -> str | None:
    """A text to be kept as it is written, but for the blanks around it; None when it is empty."""
    if text is None:
        return None
    text = text.strip()
    return storable(text[:MAX_SHOWN]).strip() or None


@lru_cache(maxsize=256)
def number(text: str | None) -> float | None:
    """A decimal number, with a point or a comma."""
    text = (text or "").strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
