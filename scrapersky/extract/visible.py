"""What a visitor could see of a page, roughly: there is no layout here."""

from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.page import Page

# Elements that show, play or do something without any text, or that may make the whole page
# (scripts).
_CONTENT = (
    "img",
    "script",
    "iframe",
    "frame",
    "svg",
    "video",
    "audio",
    "canvas",
    "object",
    "embed",
    "input",
    "button",
    "select",
    "textarea",
)
_COUNT = etree.XPath("count(//*)")
_UNSEEN = frozenset({"script", "style", "template", "noscript", "title", "head", "svg", "textarea"})


def is_empty(page: Page) -> bool:
    """Whether nothing is there: no text, no picture, no script, no form, no frame.

    A page that only scripts fill, or that only sends elsewhere by `meta refresh`, is not empty.
    """
    if next(page.tree.iter(*_CONTENT), None) is not None:
        return False
    if any((meta.get("http-equiv") or "").lower() == "refresh" for meta in page.tree.iter("meta")):
        return False
    return not any(text.strip() for body in page.tree.iter("body") for text in _texts(body))


def short_text(page: Page, *, limit: int, elements: int) -> str | None:
    """The visible text on one line; None when the page has more text or elements than that."""
    if cast("float", _COUNT(page.tree)) > elements:
        return None
    parts: list[str] = []
    length = 0
    for element in page.tree.iter("*"):
        own = None if element.tag in _UNSEEN else element.text
        for text in (own, element.tail):
            if text and not text.isspace():
                line = " ".join(text.split())
                parts.append(line)
                length += len(line) + 1
        if length > limit:
            return None
    return " ".join(parts)


def _texts(body: HtmlElement) -> list[str]:
    # Only called for pages without scripts; what a <style> holds is no text, a <noscript> is.
    return [
        text
        for element in body.iter("*")
        for text in (None if element.tag == "style" else element.text, element.tail)
        if text
    ]
