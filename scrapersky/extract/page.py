"""A page: its bytes decoded and parsed, and what all extractors read of it, each once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HTMLParser, document_fromstring

from scrapersky.extract.charset import decode
from scrapersky.extract.json_ld import JsonObject, json_ld
from scrapersky.extract.metas import Metas, metas
from scrapersky.extract.microdata import microdata
from scrapersky.extract.urls import absolute_url, host_of
from scrapersky.extract.visible_text import visible_text

Headers = tuple[tuple[str, str], ...]
"""Names in lower case, in the order in which they came; a name may come several times."""

_MAX_START, _MAX_END = 2_000_000, 1_000_000
"""Characters of a page that are read: so many from its start, and so many before its end."""
_EMPTY = b"<html><head></head><body></body></html>"
# One evaluation in C a kind, and plain strings: a tenth of the cost of going through the elements.
_HREFS = etree.XPath("//@href", smart_strings=False)
_SOURCES = etree.XPath("//@src", smart_strings=False)


# lxml.html's own asks a Python function for the class of each element, for forms' sake.
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment)


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """A parsed page. Everything that several extractors need is made when first asked for."""

    url: str
    "The final URL, after redirects."
    base_url: str
    "What relative links are relative to."
    charset: str
    "The encoding that was used, by its lower-case name in the WHATWG Encoding Standard."
    source: str
    "The whole page, decoded: scripts, comments and attributes included."
    tree: HtmlElement
    headers: Headers = ()
    "Of the response; empty where only a file is known."

    @cached_property
    def host(self) -> str:
        """The host of the URL, in lower case, without port."""
        return host_of(self.url)

    @cached_property
    def lowered(self) -> bytes:
        """The source in lower case: tells cheaply which elements and attributes are not there."""
        return self.source.encode("utf-8", "replace").lower()

    @cached_property
    def metas(self) -> Metas:
        """The meta elements."""
        return metas(self.tree)

    @cached_property
    def json_ld(self) -> list[JsonObject]:
        """The JSON-LD objects."""
        return json_ld(self.tree)

    @cached_property
    def microdata(self) -> list[JsonObject]:
        """The microdata items, in the shape of JSON-LD objects."""
        return microdata(self.tree, self.base_url) if b"itemscope" in self.lowered else []

    @cached_property
    def hrefs(self) -> list[str]:
        """Every `href` (links, image maps, `link` elements) in document order, as it stands."""
        return cast("list[str]", _HREFS(self.tree))

    @cached_property
    def sources(self) -> list[str]:
        """Every `src` (scripts, frames, pictures) in document order, as it stands."""
        return cast("list[str]", _SOURCES(self.tree))

    @cached_property
    def _visible(self) -> tuple[str, str]:
        return visible_text(self.tree)

    @property
    def text(self) -> str:
        """The visible text: one line a block, tabs between cells, neighbours kept apart."""
        return self._visible[0]

    @property
    def joined_text(self) -> str:
        """The same, inline elements that touch each other joined without a blank."""
        return self._visible[1]


def parse_page(
    body: bytes, *, url: str, content_type: str | None, headers: Iterable[tuple[str, str]] = ()
) -> Page:
    """Decode and parse a page; whatever the bytes are, there is a tree, if an empty one.

    Args:
        body: the response body, content encoding undone.
        url: the final URL.
        content_type: the Content-Type header, if there was one.
        headers: all headers of the response.
    """
    source, charset = decode(body, url=url, content_type=content_type)
    source = _bounded(source.replace("\x00", ""))
    tree = _parse(source.encode("utf-8", "replace"))
    return Page(
        url=url,
        base_url=_base_url(tree, url),
        charset=charset,
        source=source,
        tree=tree,
        headers=tuple((name.lower(), value) for name, value in headers),
    )


def _bounded(source: str) -> str:
    """A page of many megabytes is data in its middle: what people read is around it."""
    if len(source) <= _MAX_START + _MAX_END:
        return source
    return f"{source[:_MAX_START]}\n{source[-_MAX_END:]}"


def _parse(body: bytes) -> HtmlElement:
    # Without `huge_tree`, libxml2 stops at 256 levels, which unclosed <font> tags reach; with it,
    # at 2,048, still safe for its stack. A text node of more than 10 MB is then no error either. A
    # parser a page: a shared one keeps every name that it ever saw.
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = document_fromstring(body, parser=parser)
    except etree.LxmlError:  # nothing in it: no bytes, only comments, only an XML declaration
        return document_fromstring(_EMPTY)
    return _one_root(tree)


def _one_root(tree: HtmlElement) -> HtmlElement:
    """What follows `</html>` belongs to the page: libxml2 makes further roots of it."""
    others = list(tree.itersiblings("html"))
    if others:
        body = next(tree.iter("body"), tree)
        for other in others:
            body.extend(list(other))
    return tree


def _base_url(tree: HtmlElement, url: str) -> str:
    """The first `<base href>`, else the URL (https://html.spec.whatwg.org/#document-base-url)."""
    for element in tree.iter("base"):
        href = element.get("href")
        if href is not None:
            return absolute_url(url, href) or url
    return url
