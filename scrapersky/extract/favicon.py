"""The icon of a site (https://html.spec.whatwg.org/#rel-icon)."""

import re
from urllib.parse import urljoin

from lxml.html import HtmlElement

from scrapersky.extract.found import Found
from scrapersky.extract.page import Page
from scrapersky.extract.urls import absolute_url

_BEST_SIZE = 32
_SIZE = re.compile(r"(\d{1,4})x\d{1,4}", re.IGNORECASE)
_TOUCH = frozenset({"apple-touch-icon", "apple-touch-icon-precomposed"})


def favicon_url(page: Page) -> Found | None:
    """The icon to show beside a site's name.

    `icon` and `shortcut icon` go before `apple-touch-icon`, those for every colour scheme before
    those for one, then the size nearest to 32 pixels (none stated counts as 16; `any` as 32). Among
    equals the last one declared, as the HTML Standard has it. `data:` icons are no URLs, and
    `mask-icon` has one colour only. Nothing declared: `/favicon.ico` of the page's host, which may
    not exist.
    """
    best: tuple[tuple[int, int, int], str, str] | None = None
    for element in page.tree.iter("link"):
        source = _source(element)
        if source is None:
            continue
        rank = _rank(element, source)
        if best is not None and rank > best[0]:
            continue
        url = absolute_url(page.base_url, element.get("href"))
        if url:
            best = (rank, url, source)
    if best is None:
        return _default(page)
    return Found(value=best[1], source=best[2], confidence=1.0 if best[2] == "link icon" else 0.9)


def _source(element: HtmlElement) -> str | None:
    relations = (element.get("rel") or "").lower().split()
    if "icon" in relations:
        return "link icon"
    if not _TOUCH.isdisjoint(relations):
        return "link apple-touch-icon"
    return None


def _rank(element: HtmlElement, source: str) -> tuple[int, int, int]:
    """Lower is better."""
    return (
        0 if source == "link icon" else 1,
        1 if "prefers-color-scheme" in (element.get("media") or "") else 0,
        abs(_size(element.get("sizes") or "") - _BEST_SIZE),
    )


def _size(sizes: str) -> int:
    if sizes.strip().lower() == "any":
        return _BEST_SIZE
    widths = [int(width) for width in _SIZE.findall(sizes[:200])]
    return min(widths, key=lambda width: abs(width - _BEST_SIZE)) if widths else 16


def _default(page: Page) -> Found | None:
    try:
        url = absolute_url(page.url, urljoin(page.url, "/favicon.ico"))
    except ValueError:
        return None
    return Found(value=url, source="default", confidence=0.2) if url else None
