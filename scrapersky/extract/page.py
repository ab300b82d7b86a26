"""A page: its bytes decoded and parsed, once."""

from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from scrapersky.extract.charset import decode
from scrapersky.extract.urls import absolute_url

_EMPTY = b"<html><head></head><body></body></html>"


@dataclass(slots=True, frozen=True)
class Page:
    """A parsed page."""

    url: str
    "The final URL, after redirects."
    base_url: str
    "What relative links are relative to."
    charset: str
    "The encoding that was used, by its lower-case name in the WHATWG Encoding Standard."
    tree: HtmlElement


def parse_page(body: bytes, *, url: str, content_type: str | None) -> Page:
    """Decode and parse a page; whatever the bytes are, there is a tree, if an empty one.

    Args:
        body: the response body, content encoding undone.
        url: the final URL.
        content_type: the Content-Type header, if there was one.
    """
    text, charset = decode(body, url=url, content_type=content_type)
    tree = _parse(text.replace("\x00", "").encode("utf-8", "replace"))
    return Page(url=url, base_url=_base_url(tree, url), charset=charset, tree=tree)


def _parse(body: bytes) -> HtmlElement:
    # Without `huge_tree`, libxml2 stops at 256 levels, which unclosed <font> tags reach; with it,
    # at 2,048, still safe for its stack. A text node of more than 10 MB is then no error either. A
    # parser a page: a shared one keeps every name that it ever saw.
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        return document_fromstring(body, parser=parser)
    except etree.LxmlError:  # nothing in it: no bytes, only comments, only an XML declaration
        return document_fromstring(_EMPTY)


def _base_url(tree: HtmlElement, url: str) -> str:
    """The first `<base href>`, else the URL (https://html.spec.whatwg.org/#document-base-url)."""
    for element in tree.iter("base"):
        href = element.get("href")
        if href is not None:
            return absolute_url(url, href) or url
    return url
