"""Names that stand in the place of a logo, and in hCards."""

import re
from collections.abc import Iterator
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.company_names import MAX_NAME
from scrapersky.extract.name_candidate import Candidate, named
from scrapersky.extract.page import Page
from scrapersky.extract.title_names import title_parts

_MAX_IMAGES = 150
_MAX_BLOCKS = 60
_MAX_CARDS = 5
_MAX_PIECES = 12
_IMAGES = etree.XPath("//img[@alt]")
_HINTS = (
    "contains(., 'ogo') or contains(., 'site') or contains(., 'brand') or contains(., 'blog-t')"
)
# Attributes, not elements: a third of the cost.
_NAMES = etree.XPath(f"//@class[{_HINTS}] | //@id[{_HINTS}]")
_NAMED = re.compile(
    r"logo|site-?_?(?:title|name)|navbar-?brand|brand-name|blog-?title", re.IGNORECASE
)
_CARDS = etree.XPath(
    "//*[contains(concat(' ', @class, ' '), ' vcard ')]"
    "//*[contains(concat(' ', @class, ' '), ' org ')"
    " or contains(concat(' ', @class, ' '), ' organization-name ')]"
)
_FOREIGN = re.compile(
    r"partner|sponsor|client|customer|payment|card|badge|award|member|certif|social|facebook"
    r"|twitter|linkedin|google|paypal|visa|trust|seal|brands?\b|carousel|slide|testimonial"
    r"|associat|affiliat",
    re.IGNORECASE,
)
_HOME = re.compile(r"(?:index|default|home)\.\w{2,5}|home/?|[a-z]{2}/?", re.IGNORECASE)


def logo_names(page: Page) -> Iterator[Candidate]:
    """What stands for the logo where pictures are not shown, and logos that are texts."""
    for image in cast("list[HtmlElement]", _IMAGES(page.tree))[:_MAX_IMAGES]:
        alt = image.get("alt", "")
        weight = _weight(image) if 1 < len(alt) <= 2 * MAX_NAME else 0.0
        if weight:
            yield from named(alt, "logo", weight if len(alt) > 3 else weight / 2)
            for part in title_parts(alt)[:3]:
                yield from named(part, "logo", weight * 0.6)
    for element in _blocks(page.tree):
        text = _short_text(element)
        yield from named(text, "logo text", 0.45)
        for part in title_parts(text)[:1]:
            yield from named(part, "logo text", 0.25)


def card_names(page: Page) -> Iterator[Candidate]:
    """Organizations of hCards (https://microformats.org/wiki/hcard)."""
    if "vcard" in page.source:
        for element in cast("list[HtmlElement]", _CARDS(page.tree))[:_MAX_CARDS]:
            yield from named(_short_text(element), "hcard", 0.6)


def _weight(image: HtmlElement) -> float:
    source = image.get("src", "")[-200:]
    names = f"{image.get('class', '')} {image.get('id', '')} {image.get('alt', '')}"
    around, home = _around(image)
    # The host of the picture says nothing: a logo of card-makers.test is theirs.
    path = source.rpartition("://")[2].partition("/")[2] or source
    if "logo" in f"{source} {names} {around}".lower() or "brand" in around:
        weight = 0.55 if home else 0.45
    else:
        weight = 0.35 if home else 0.0
    return 0.0 if weight and _FOREIGN.search(f"{path} {names} {around}") else weight


def _around(image: HtmlElement) -> tuple[str, bool]:
    """Classes and ids of the elements around it, and whether it links to the homepage."""
    names: list[str] = []
    home = False
    element: HtmlElement | None = image
    for _ in range(4):
        element = None if element is None else element.getparent()
        if element is None or element.tag == "body":
            break
        names += (element.get("class", ""), element.get("id", ""))
        home = home or (element.tag == "a" and _is_home(element.get("href", "")))
    return " ".join(names).lower(), home


def _is_home(href: str) -> bool:
    if href in {"", "#"}:
        return False
    path = href.partition("://")[2].partition("/")[2] if "://" in href else href.lstrip("./")
    return not path or _HOME.fullmatch(path) is not None


def _blocks(tree: HtmlElement) -> list[HtmlElement]:
    """Elements whose class or id says that they hold the logo or the site's name."""
    found: dict[HtmlElement, None] = {}
    for name in cast("list[Any]", _NAMES(tree))[:_MAX_BLOCKS]:
        if _NAMED.search(name) and not _FOREIGN.search(name):
            element = cast("HtmlElement", name.getparent())
            if element.tag != "img":
                found[element] = None
    return list(found)


def _short_text(element: HtmlElement) -> str:
    pieces: list[str] = []
    for piece in element.itertext():
        pieces.append(piece)
        if len(pieces) > _MAX_PIECES or len(piece) > 2 * MAX_NAME:
            return ""
    text = " ".join("".join(pieces).split())
    return text if len(text) <= MAX_NAME else ""
