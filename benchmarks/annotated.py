"""Pages in which people marked contacts: what they marked, and the pages as they were before.

The marks are `<span wa-type="TEL" wa-id="7">…</span>`, several spans of one id where the text is in
several elements, and `<wa-…>` elements that belong to the tool that they were made with.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml.html import HtmlElement, tostring

from scrapersky.extract.page import Page, parse_page

_CONTENT_TYPE = "text/html; charset=utf-8"
# Pages on which none of these is marked were marked for something else.
_CONTACTS = ("ORG", "TEL", "EMAIL", "STREET", "ZIPCODE")


@dataclass(frozen=True, slots=True)
class Annotated:
    """A page and the texts that are marked in it, by type, each text once."""

    name: str
    page: Page
    marked: dict[str, list[str]]


def annotated_pages(folder: Path, urls: dict[str, str]) -> Iterator[Annotated]:
    """The pages of a folder on which contacts are marked; `urls` by the names of the files."""
    for file in sorted(folder.glob("*.html")):
        tree = parse_page(file.read_bytes(), url="", content_type=None).tree
        marked = _marked(tree)
        if any(kind in marked for kind in _CONTACTS):
            url = urls.get(file.name) or _base(tree)
            body = tostring(_without_marks(tree), encoding="utf-8")
            yield Annotated(
                file.name, parse_page(body, url=url, content_type=_CONTENT_TYPE), marked
            )


def _marked(tree: HtmlElement) -> dict[str, list[str]]:
    pieces: dict[tuple[str, str], list[str]] = defaultdict(list)
    for element in tree.iter("span"):
        kind = element.get("wa-type")
        if kind:
            text = " ".join(element.text_content().split())
            pieces[kind, element.get("wa-id", "")].append(text)
    marked: dict[str, list[str]] = defaultdict(list)
    for (kind, _), texts in pieces.items():
        whole = " ".join(texts)
        if whole not in marked[kind]:
            marked[kind].append(whole)
    return dict(marked)


def _without_marks(tree: HtmlElement) -> HtmlElement:
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        if element.tag.startswith("wa-"):
            element.drop_tree()
        elif element.get("wa-type"):
            element.drop_tag()
    return tree


def _base(tree: HtmlElement) -> str:
    href = next((element.get("href", "") for element in tree.iter("base")), "")
    return href if href.startswith("http") else ""
