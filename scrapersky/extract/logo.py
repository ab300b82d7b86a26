"""The logo of a site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.found import Found
from scrapersky.extract.metas import first
from scrapersky.extract.owner import described_objects
from scrapersky.extract.page import Page
from scrapersky.extract.site_names import SiteNames, site_names
from scrapersky.extract.urls import absolute_url, host_of

_MAX_IMAGES = 250
_FIRST = 40
"""Pictures after this one are looked at closely only if they say "logo" themselves."""
_DEPTH = 7
_NEAR = 4
_MAX_NAMES = 300
_MAX_STYLES = 20
_MAX_STYLE = 200_000
_ENOUGH = 5
_SURE = 9

# Where pictures are when `src` holds a placeholder for a script to replace.
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-srcset", "srcset")
_PLACEHOLDER = re.compile(
    r"(?:blank|spacer|placeholder|lazy|loading|transparent|trans|pixel|clear|1x1)"
    r"(?:blank|spacer|placeholder|loading|[\d_x.-]){0,20}"
    r"\.(?:gif|png|svg|jpe?g|webp)|$",
    re.IGNORECASE,
)
_NO_PICTURE = re.compile(r"\.(?:swf|pdf|html?|php|mp4)$", re.IGNORECASE)
_NAVIGATION = re.compile(r"nav|home|butt|slogan|tagline|contact|banner|_o(?:n|ff)\.", re.IGNORECASE)
_FOLDERS = re.compile(
    r"partner|client|sponsor|customer|supplier|payment|award|certif|button|[-_]logos",
    re.IGNORECASE,
)
_LOGO = re.compile(
    r"logo(?!ut|n\b|ff|s\b|s[-_/])|brand(?!s|ed|en)|wordmark|site-?title|лого", re.IGNORECASE
)
_HEAD = re.compile(
    r"\bhead|header|top-?bar|masthead|\btop\b|kopf|\bnav|entete|cabec|testata|banner", re.IGNORECASE
)
_FOOT = re.compile(r"foot|\bfuss|\bpied|copyright", re.IGNORECASE)
# Other people's logos …
_THIRD_PARTIES = (
    r"partner|clients?\b|sponsor|customer|supplier|brands|logos\b|payment|zahlung|award|certif|"
    r"accredit|membership|trust|seal\b|siegel|testimonial|review|featured|as-?seen|powered|"
    r"credits|made-?by|carousel|slide|gallery|product|author|advert|\bads?\b|widget_media_image"
)
_AROUND = re.compile(_THIRD_PARTIES, re.IGNORECASE)
# … and pictures that are none.
_NONE = re.compile(
    _THIRD_PARTIES + r"|visa\b|master-?card|maestro|amex|paypal|klarna|cards?\b|badge|verified|"
    r"secure|rating|stars|avatar|flag|sprite|spacer|blank|pixel|loading|loader|placeholder|"
    r"captcha|app-?store|google|qr-?code|facebook|twitter|linkedin|instagram|youtube|pinterest|"
    r"yelp|tripadvisor|\brss|arrow|button|\bbtn|search|cart\b|close|\bmenu|thumb",
    re.IGNORECASE,
)
# Of two that are alike, the one that is not for a small or dark place.
_VARIANT = re.compile(
    r"small|mini|mobile|\bmob\b|sticky|scroll|white|weiss|light|invert|negativ|print|retina|icon",
    re.IGNORECASE,
)
_ANY = re.compile("")
_HOME = re.compile(
    r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home|default|start|main)(?:\.\w{2,5})?/?)?",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"""background(?:-image)?\s{0,3}:[^;{}]{0,60}?url\(\s{0,3}['"]?([^'")]{3,500})"""
)
_STYLED = etree.XPath("//*[contains(@style, 'url(')]")


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
        own = bool(_LOGO.search(self.own) or self.is_marked)
        return 3 * bool(_LOGO.search(self.file_name)) + 2 * bool(_LOGO.search(self.alt)) + 3 * own


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
class _Image:
    score: int
    url: str
    source: str


def logo_url(page: Page) -> Found | None:
    """The picture that stands for the site's owner, absolute; None where nothing looks like one.

    The best of the pictures by where it stands (in the header, in a link to the front page), by the
    word "logo" in names and texts, and by the site's name in them; against it speak the words of
    partners, cards, badges, social networks, a place in the footer, a link to elsewhere. Without a
    sure one, what structured data say (https://schema.org/logo), `og:logo`, and at last a
    background in an inline style. `data:` pictures are no URLs.
    """
    names = site_names(page)
    best: _Image | None = None
    for image in _images(page, names):
        if best is None or image.score > best.score:
            best = image
    if best is not None and best.score >= _SURE:
        return _found(best, 0.95)
    declared = next(_declared(page), None)
    if best is not None and best.score >= _ENOUGH:
        return _found(best, 0.7)
    return declared or _background(page)


def _found(image: _Image, confidence: float) -> Found:
    return Found(value=image.url, source=image.source, confidence=confidence)


def _images(page: Page, names: SiteNames) -> Iterator[_Image]:
    """The pictures for which much speaks, in document order."""
    elements = page.tree.iter("img", "amp-img", "object")
    marks: dict[HtmlElement, _Marks] = {}
    for position, element in enumerate(islice(elements, _MAX_IMAGES)):
        picture = _picture(element, position)
        if picture is None or (position > _FIRST and not picture.says_logo):
            continue
        score = _score(picture, _place(element, page, marks), names)
        url = absolute_url(page.base_url, picture.source) if score >= _ENOUGH else None
        if url:
            yield _Image(score, url, element.tag)


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
        alt=(element.get("alt") or "")[:_MAX_NAMES],
        own=f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES],
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
    score -= 2 * bool(_VARIANT.search(f"{file_name} {own}")) + 6 * _is_navigation(file_name)
    score -= 6 * bool(_FOLDERS.search(picture.folder))
    if _NONE.search(f"{file_name} {own}") or _AROUND.search(alt) or picture.is_tiny:
        score -= 6
    return score


def _is_named(file_name: str, alt: str, names: SiteNames) -> bool:
    return names.match(file_name.partition(".")[0]) or (len(alt) < 60 and names.match(alt))


def _is_navigation(file_name: str) -> bool:
    return _NAVIGATION.search(file_name) is not None and _LOGO.search(file_name) is None


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
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES]
    return _Marks(
        named=_LOGO.search(names) is not None,
        head=element.tag == "header" or _HEAD.search(names) is not None,
        foot=element.tag == "footer" or _FOOT.search(names) is not None,
        others=_AROUND.search(names) is not None,
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


def _declared(page: Page) -> Iterator[Found]:
    for owned, described in described_objects(page):
        url = absolute_url(page.base_url, _url(described.get("logo"))) if owned else None
        if url:
            yield Found(value=url, source="schema.org logo", confidence=0.8)
    url = absolute_url(page.base_url, first(page.metas, "og:logo"))
    if url:
        yield Found(value=url, source="og:logo", confidence=0.7)


def _url(logo: Any) -> str | None:
    """Of a `logo`, which is a URL, an ImageObject, or a list of those."""
    for _ in range(3):
        if isinstance(logo, list):
            logo = logo[0] if logo else None
        if isinstance(logo, dict):
            logo = logo.get("url") or logo.get("contentUrl") or logo.get("@id")
    return logo if isinstance(logo, str) else None


def _background(page: Page) -> Found | None:
    """Of an element with "logo" in its names, or of a rule for it in the page's own styles."""
    for element in cast("list[HtmlElement]", _STYLED(page.tree))[:_MAX_IMAGES]:
        if _LOGO.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES]):
            found = _background_in(page, element.get("style") or "", _ANY)
            if found:
                return found
    for style in islice(page.tree.iter("style"), _MAX_STYLES):
        for rule in (style.text or "")[:_MAX_STYLE].split("}"):
            selector, _, properties = rule.partition("{")
            if "logo" in selector and not _AROUND.search(selector[-_MAX_NAMES:]):
                found = _background_in(page, properties, _LOGO)
                if found:
                    return found
    return None


def _background_in(page: Page, style: str, wanted: re.Pattern[str]) -> Found | None:
    match = _BACKGROUND.search(style[:2_000])
    url = absolute_url(page.base_url, match[1].strip()) if match else None
    name = (url or "").rpartition("/")[2]
    if url is None or _NONE.search(name) or not wanted.search(url[-80:]):
        return None
    return Found(value=url, source="css", confidence=0.5)
