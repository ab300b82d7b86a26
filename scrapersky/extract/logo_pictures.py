"""The pictures of a page that may be its logo, and how much speaks for each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from scrapersky.extract.logo_words import (
    FOOT,
    HEAD,
    LOGO,
    MAX_NAMES,
    NAVIGATION,
    NO_LOGO,
    OTHERS_FOLDERS,
    THIRD_PARTIES,
    VARIANT,
)
from scrapersky.extract.page import Page
from scrapersky.extract.site_names import SiteNames, site_names
from scrapersky.extract.urls import absolute_url, host_of

ENOUGH = 5
"""Score from which a picture may be the logo."""

_MAX_IMAGES = 250
_FIRST = 40
"""Pictures after this one are looked at closely only if they say "logo" themselves."""
_DEPTH = 7
_NEAR = 4

# Where pictures are when `src` holds a placeholder for a script to replace.
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-srcset", "srcset")
_PLACEHOLDER = re.compile(
    r"(?:blank|spacer|placeholder|lazy|loading|transparent|trans|pixel|clear|1x1)"
    r"(?:blank|spacer|placeholder|loading|[\d_x.-]){0,20}"
    r"\.(?:gif|png|svg|jpe?g|webp)|$",
    re.IGNORECASE,
)
_NO_PICTURE = re.compile(r"\.(?:swf|pdf|html?|php|mp4)$", re.IGNORECASE)
_HOME = re.compile(
    r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home|default|start|main)(?:\.\w{2,5})?/?)?",
    re.IGNORECASE,
)


@dataclass(slots=True, frozen=True, kw_only=True)
class _Picture:
    position: int
    "Among the page's pictures, from 0."
    source: str
    folder: str
    file_name: str
    alt: str
    own: str
    "Class and id."
    is_tiny: bool
    is_marked: bool
    'Has `itemprop="logo"`.'

    @property
    def says_logo(self) -> int:
        """How much its own names and texts say that it is a logo."""
        own = bool(LOGO.search(self.own) or self.is_marked)
        return 3 * bool(LOGO.search(self.file_name)) + 3 * bool(LOGO.search(self.alt)) + 3 * own


class _Marks(NamedTuple):
    """What names of elements around say."""

    named: bool
    "For a logo."
    head: bool
    foot: bool
    others: bool
    "Among partners, payment cards, products, …"


class _Place(NamedTuple):
    marks: _Marks
    link: int
    "4 in a link to the front page, less than 0 in one to another site."


@dataclass(slots=True, frozen=True)
class LogoPicture:
    score: int
    url: str
    source: str


def logo_pictures(page: Page) -> Iterator[LogoPicture]:
    """Those for which enough speaks, in document order."""
    names = site_names(page)
    elements = page.tree.iter("img", "amp-img", "object")
    marks: dict[HtmlElement, _Marks] = {}
    for position, element in enumerate(islice(elements, _MAX_IMAGES)):
        picture = _picture(element, position)
        if picture is None or (position > _FIRST and not picture.says_logo):
            continue
        score = _score(picture, _place(element, page, marks), names)
        url = absolute_url(page.base_url, picture.source) if score >= ENOUGH else None
        if url:
            yield LogoPicture(score, url, element.tag)


def _picture(element: HtmlElement, position: int) -> _Picture | None:
    source = _source(element)
    if not source:
        return None
    folder, _, file_name = unquote(source.partition("?")[0][-300:]).rpartition("/")
    return _Picture(
        position=position,
        source=source,
        folder=folder[-60:],
        file_name=file_name,
        alt=(element.get("alt") or "")[:MAX_NAMES],
        own=f"{element.get('class') or ''} {element.get('id') or ''}"[:MAX_NAMES],
        is_tiny=_is_tiny(element),
        is_marked=element.get("itemprop") == "logo",
    )


def _source(element: HtmlElement) -> str:
    """The address of the picture; empty when there is none that can be stored."""
    source = element.get("src") or element.get("data") or ""
    if not source or _PLACEHOLDER.match(source.rpartition("/")[2]) or source.startswith("data:"):
        lazy = (element.get(name) or "" for name in _LAZY)
        source = next((one for one in lazy if one.strip() and not one.startswith("data:")), "")
        source = source.split()[0].rstrip(",") if source else ""
    return "" if _NO_PICTURE.search(source[-8:]) else source


def _score(picture: _Picture, place: _Place, names: SiteNames) -> int:
    """How much speaks for it; without the word "logo" only a link to the front page is enough."""
    file_name, alt, own = picture.file_name, picture.alt, picture.own
    score = picture.says_logo + 4 * place.marks.named
    if not score and place.link < 4:
        return 0
    score += place.link + 2 * place.marks.head - 3 * place.marks.foot - 6 * place.marks.others
    score += 2 * _is_named(file_name, alt, names)
    score += 2 if picture.position == 0 else picture.position < 5
    score -= 2 * bool(VARIANT.search(f"{file_name} {own}")) + 6 * _is_navigation(file_name)
    score -= 6 * bool(OTHERS_FOLDERS.search(picture.folder))
    if NO_LOGO.search(f"{file_name} {own}") or THIRD_PARTIES.search(alt) or picture.is_tiny:
        score -= 6
    return score


def _is_named(file_name: str, alt: str, names: SiteNames) -> bool:
    return names.match(file_name.partition(".")[0]) or (len(alt) < 60 and names.match(alt))


def _is_navigation(file_name: str) -> bool:
    return NAVIGATION.search(file_name) is not None and LOGO.search(file_name) is None


def _is_tiny(element: HtmlElement) -> bool:
    sizes = (element.get("width") or "", element.get("height") or "")
    return any(size.isdecimal() and len(size) < 3 and int(size) < 16 for size in sizes)


def _place(element: HtmlElement, page: Page, marks: dict[HtmlElement, _Marks]) -> _Place:
    named = head = foot = others = False
    link = 0
    for level, ancestor in enumerate(islice(element.iterancestors(), _DEPTH)):
        if ancestor.tag in {"body", "html"}:
            break
        mark = marks.get(ancestor) or marks.setdefault(ancestor, _marks(ancestor))
        head, foot = head or mark.head, foot or mark.foot
        if level < _NEAR:
            named, others = named or mark.named, others or mark.others
        if ancestor.tag == "a" and not link:
            link = _link_score(ancestor.get("href") or "", page)
    return _Place(_Marks(named, head, foot, others), link)


def _marks(element: HtmlElement) -> _Marks:
    marks = _marks_of(f"{element.get('class') or ''} {element.get('id') or ''}"[:MAX_NAMES])
    if element.tag == "header":
        return marks._replace(head=True)
    return marks._replace(foot=True) if element.tag == "footer" else marks


# Elements around pictures are alike, within a page and beyond.
@lru_cache(maxsize=1_024)
def _marks_of(names: str) -> _Marks:
    return _Marks(
        named=LOGO.search(names) is not None,
        head=HEAD.search(names) is not None,
        foot=FOOT.search(names) is not None,
        others=THIRD_PARTIES.search(names) is not None,
    )


def _link_score(href: str, page: Page) -> int:
    """4 for a link to the front page, less for one to other sites."""
    if not href or href.startswith(("#", "javascript:")):
        return 0
    if not page.host and "//" not in href[:10]:
        return 4 if _HOME.fullmatch(href.lstrip("./").partition("?")[0][:60]) else 0
    url = absolute_url(page.base_url, href)
    host = host_of(url or "")
    if not url or not host:
        return 0
    if page.host and host.removeprefix("www.") != page.host.removeprefix("www."):
        return 0 if _related(host, page.host) else -5
    return 4 if _HOME.fullmatch(urlsplit(url).path[:60]) else 0


def _related(one: str, other: str) -> bool:
    return one.split(".")[-2:] == other.split(".")[-2:]
