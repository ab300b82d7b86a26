"""The logo of a site."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.found import Found
from scrapersky.extract.logo_pictures import LogoPicture, logo_pictures
from scrapersky.extract.logo_words import LOGO, MAX_NAMES, NO_LOGO, THIRD_PARTIES
from scrapersky.extract.metas import first
from scrapersky.extract.owner import described_objects
from scrapersky.extract.page import Page
from scrapersky.extract.urls import absolute_url

_SURE = 9
_MAX_STYLED = 250
_MAX_STYLES = 20
_MAX_STYLE = 200_000
_ANY = re.compile("")
_BACKGROUND = re.compile(
    r"""background(?:-image)?\s{0,3}:[^;{}]{0,60}?url\(\s{0,3}['"]?([^'")]{3,500})"""
)
_STYLED = etree.XPath("//*[contains(@style, 'url(')]")


def logo_url(page: Page) -> Found | None:
    """The picture that stands for the site's owner, absolute; None where nothing looks like one.

    The best of the pictures by where it stands (in the header, in a link to the front page), by the
    word "logo" in names and texts, and by the site's name in them; against it speak the words of
    partners, cards, badges, social networks, a place in the footer, a link to elsewhere. Without a
    sure one, what structured data say (https://schema.org/logo), `og:logo`, and at last a
    background in an inline style. `data:` pictures are no URLs.
    """
    best = max(logo_pictures(page), key=lambda picture: picture.score, default=None)
    if best is not None and best.score >= _SURE:
        return _found(best, 0.95)
    declared = next(_declared(page), None)
    if best is not None:
        return _found(best, 0.7)
    return declared or _background(page)


def _found(picture: LogoPicture, confidence: float) -> Found:
    return Found(value=picture.url, source=picture.source, confidence=confidence)


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
    for element in cast("list[HtmlElement]", _STYLED(page.tree))[:_MAX_STYLED]:
        if LOGO.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:MAX_NAMES]):
            found = _background_in(page, element.get("style") or "", _ANY)
            if found:
                return found
    for style in islice(page.tree.iter("style"), _MAX_STYLES):
        for rule in (style.text or "")[:_MAX_STYLE].split("}"):
            selector, _, properties = rule.partition("{")
            if "logo" in selector and not THIRD_PARTIES.search(selector[-MAX_NAMES:]):
                found = _background_in(page, properties, LOGO)
                if found:
                    return found
    return None


def _background_in(page: Page, style: str, wanted: re.Pattern[str]) -> Found | None:
    match = _BACKGROUND.search(style[:2_000])
    url = absolute_url(page.base_url, match[1].strip()) if match else None
    name = (url or "").rpartition("/")[2]
    if url is None or NO_LOGO.search(name) or not wanted.search(url[-80:]):
        return None
    return Found(value=url, source="css", confidence=0.5)
