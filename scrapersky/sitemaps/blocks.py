"""A quick way through the plain entries of a urlset.

Most files have nothing but plain entries, one like the other. Where an entry is of that form, all
of it is read by a few regular expressions, and comes out exactly as the tokenizer would have read
it; where it is not, the tokenizer goes on from its beginning, and gives the next one back. So each
entry is read by one of the two, from one position in the text, and none twice.
"""

import re
from typing import NamedTuple

from scrapersky.sitemaps.dates import parse_date
from scrapersky.sitemaps.entries import Alternate, Entry, PageEntry
from scrapersky.sitemaps.urls import CLEAN_MARKUP, MAX_URL
from scrapersky.sitemaps.values import MAX_LIST, MAX_VALUE, Values, number

_LINK_TAG = (
    r"<xhtml:link rel=\"alternate\" hreflang=\"[A-Za-z0-9-]{1,40}+\""
    rf" href=\"{CLEAN_MARKUP}\" ?+/>\s*+"
)
_IMAGE_TAGS = rf"<image:image>\s*+<image:loc>{CLEAN_MARKUP}</image:loc>\s*+</image:image>\s*+"
# An entry whose values need no more than a look: URLs, date and number as they should be.
_CLEAN = re.compile(
    rf"\s*+<url>\s*+<loc>({CLEAN_MARKUP})</loc>\s*+"
    r"(?:<lastmod>([0-9TZ:.+-]{1,40}+)</lastmod>\s*+)?+"
    r"(?:<changefreq>([a-z]{1,20}+)</changefreq>\s*+)?+"
    r"(?:<priority>([01]?\.[0-9]{1,5}+)</priority>\s*+)?+"
    rf"((?:{_LINK_TAG})*+)((?:{_IMAGE_TAGS})*+)</url>",
    re.ASCII,
)
_IMAGE_LOC = re.compile(r"<image:loc>([^<]*+)")
_HEAD = re.compile(
    r"\s*+<url>\s*+<loc>([^<]*+)</loc>\s*+"
    r"(?:<lastmod>([^<]*+)</lastmod>\s*+)?+"
    r"(?:<changefreq>([^<]*+)</changefreq>\s*+)?+"
    r"(?:<priority>([^<]*+)</priority>\s*+)?+"
    r"(</url>)?+"
)
_FIELD = re.compile(r"<(lastmod|changefreq|priority)>([^<]*+)</\1>")
_LINK = re.compile(
    r"<xhtml:link\s++rel=\"alternate\"\s++hreflang=\"([^\"<]*+)\"\s++href=\"([^\"<]*+)\"\s*+/>"
)
_IMAGE = re.compile(
    r"<image:image>\s*+<image:loc>([^<]*+)</image:loc>\s*+"
    r"((?:<image:(?:title|caption|geo_location|license)>[^<]*+"
    r"</image:(?:title|caption|geo_location|license)>\s*+)*+)</image:image>"
)
_END = "</url>"
_MAX_CLEAN = MAX_VALUE
_MAX_REST = 64 * 1024


class _Rest(NamedTuple):
    """What stands in an entry behind its plain fields."""

    end: int
    fields: list[tuple[str, str]]
    links: list[tuple[str, str]]
    images: list[str]


class BlockScanner:
    """Reads plain entries in a row."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._text = ""
        self._next_end = 0

    def scan(self, text: str, position: int, entries: list[Entry]) -> int:
        """Adds the plain entries that begin at a position. Returns where the last one ends."""
        if text is not self._text:
            self._text, self._next_end = text, 0
        while True:
            position = self._clean(position, entries)
            head = _HEAD.match(text, position)
            if head is None:
                break
            end = head.end()
            if end - position > MAX_VALUE:
                break
            if head[5]:
                page = self._plain(head)
            else:
                rest = self._rest(end)
                if rest is None:
                    break
                page, end = self._with(head, rest), rest.end
            if page is not None:
                entries.append(page)
            position = end
        return position

    def is_cut(self, position: int) -> bool:
        """Whether the end of an entry may still come: none is left, and not much text either."""
        text = self._text
        return len(text) - position < _MAX_REST and text.find(_END, position) < 0

    def _clean(self, position: int, entries: list[Entry]) -> int:
        """Those of which nothing has to be looked at twice."""
        match, text = _CLEAN.match, self._text
        make, add = PageEntry._make, entries.append
        while found := match(text, position):
            loc, lastmod, changefreq, priority, links, images = found.groups()
            date = parse_date(lastmod) if lastmod else None
            if (lastmod and date is None) or len(loc) > MAX_URL:
                break
            alternates = _clean_alternates(links) if links else ()
            urls = _clean_images(images) if images else ()
            if alternates is None or urls is None:
                break
            if "&" in loc:
                loc = loc.replace("&amp;", "&")
            values = (loc, date, lastmod, changefreq, number(priority), alternates, urls)
            add(make((*values, (), None, False)))
            position = found.end()
        return position

    def _plain(self, head: "re.Match[str]") -> PageEntry | None:
        loc, lastmod, changefreq, priority, _ = head.groups()
        if "&" in head[0]:
            expand = self._values.references.expand
            loc, lastmod = expand(loc), expand(lastmod or "")
            changefreq, priority = expand(changefreq or ""), expand(priority or "")
        return self._values.page(loc, lastmod, changefreq, priority)

    def _with(self, head: "re.Match[str]", rest: _Rest) -> PageEntry | None:
        expand, values = self._values.references.expand, self._values
        loc, *fields = head.groups("")[:4]
        if rest.fields:
            fields = _merged(fields, rest.fields)
        lastmod, changefreq, priority = map(expand, fields)
        links = ((expand(language), expand(href)) for language, href in rest.links)
        return values.page(
            expand(loc),
            lastmod,
            changefreq,
            priority,
            alternates=values.alternates(links),
            images=values.images(map(expand, rest.images)),
        )

    def _rest(self, start: int) -> _Rest | None:
        """The rest of an entry, if all tags in it are known."""
        text, end = self._text, self._end_behind(start)
        # Each `<url>` is looked for once, and no rest reaches over one: else it would be quadratic.
        if end < 0 or end - start > _MAX_REST or text.find("<url>", start, end) >= 0:
            return None
        images = _IMAGE.findall(text, start, end)
        links = _LINK.findall(text, start, end)
        tags = text.count("<", start, end) - len(links)
        tags -= sum(4 + inner.count("<") for _, inner in images)
        fields = _FIELD.findall(text, start, end) if tags else []
        if tags != 2 * len(fields):
            return None
        rest = _Rest(end + len(_END), fields, links, [loc for loc, _ in images])
        return rest if end - start <= MAX_VALUE or _is_small(rest) else None

    def _end_behind(self, start: int) -> int:
        if 0 <= self._next_end < start:
            self._next_end = self._text.find(_END, start)
        return self._next_end


def _clean_alternates(links: str) -> tuple[Alternate, ...] | None:
    """Of tags that are all alike; None where a URL is too long."""
    if len(links) > _MAX_CLEAN:
        return None
    parts = (links.replace("&amp;", "&") if "&" in links else links).split('"')
    urls = parts[5::6]
    if len(links) > MAX_URL and max(map(len, urls)) > MAX_URL:
        return None
    return tuple(zip(parts[3::6], urls, strict=True))


def _clean_images(tags: str) -> tuple[str, ...] | None:
    if len(tags) > _MAX_CLEAN:
        return None
    urls = _IMAGE_LOC.findall(tags.replace("&amp;", "&") if "&" in tags else tags)
    if len(tags) > MAX_URL and max(map(len, urls)) > MAX_URL:
        return None
    return tuple(urls)


def _merged(fields: list[str], others: list[tuple[str, str]]) -> list[str]:
    """The first of each name that is not empty counts."""
    merged = dict(zip(("lastmod", "changefreq", "priority"), fields, strict=True))
    for name, value in others:
        if not merged[name].strip():
            merged[name] = value
    return list(merged.values())


def _is_small(rest: _Rest) -> bool:
    if max(len(rest.links), len(rest.images)) > MAX_LIST:
        return False
    texts = [*rest.images, *(text for pair in (*rest.links, *rest.fields) for text in pair)]
    return all(len(text) <= MAX_VALUE // 4 for text in texts)
