"""Names in the title: its parts between separators."""

import html
import re
from collections.abc import Iterator

from scrapersky.extract.name_candidate import Candidate, named
from scrapersky.extract.page import Page

_MAX_TITLE = 400
_MAX_PARTS = 8
_SEPARATORS = re.compile(
    r"\s*(?:[|\u2022\u00b7\u00bb\u00ab\u2503\uff5c\u2010\u2192>~]|::+|//|--+|\s[-\u2013\u2014*/<]"
    r"|[-\u2013\u2014]\s|[:;](?=\s)|\s:)\s*|\u2013|\u2014|(?<=\w{3})[.!?]\s+(?=[A-Z])"
)
_KIND = r"(?:contact(?: us| information| page)?|about(?: us)?|home ?page|kontakt|impressum)"
_PAGE_KINDS = re.compile(
    rf"[\s:,/-]{{1,3}}{_KIND}\s{{0,9}}\Z|\A{_KIND}[\s:,/-]{{1,3}}", re.IGNORECASE
)


def page_titles(page: Page) -> list[str]:
    """The title element and what Open Graph says."""
    title = html.unescape(page.tree.findtext(".//title") or "")[:_MAX_TITLE]
    given = (title, *page.metas.get("og:title", ())[:1])
    return [text.strip() for text in given if text.strip()]


def title_parts(text: str) -> list[str]:
    """What stands between separators; nothing where there are none."""
    parts = [part for part in _SEPARATORS.split(text[:_MAX_TITLE]) if part and part.strip()]
    return parts[:_MAX_PARTS] if len(parts) > 1 else []


def title_names(page: Page) -> Iterator[Candidate]:
    """The first and the last part are a name more often than those between."""
    for title in page_titles(page):
        parts = title_parts(title)
        if not parts:
            yield from named(_PAGE_KINDS.sub("", title), "title", 0.25)
        for place, part in enumerate(parts):
            weight = 0.3 if place in {0, len(parts) - 1} else 0.15
            yield from named(part, "title", weight)
        for piece in _pieces(title, parts):
            yield from named(piece, "title", 0.1)
        for whole in _wholes(title):
            yield from named(whole, "title", 0.25)


def _pieces(title: str, parts: list[str]) -> list[str]:
    """Between commas: "Rye Bakery, Berlin"."""
    return [piece for part in parts or [title] for piece in part.split(", ")[:4] if piece != part]


def _wholes(title: str) -> list[str]:
    """Ends with separators of another kind in them: "Rye: Bread and Cakes - Berlin"."""
    first, _, last = title.partition(" - ")
    wholes = (title.rpartition(" | ")[2], last.rpartition(" - ")[2], first)
    return [whole for whole in wholes if whole != title]
