"""The parts of a page that technology rules are compared with, each made when first asked for."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.metas import first
from scrapersky.extract.page import Page
from scrapersky.extract.urls import host_of

Value = tuple[bytes, bytes]
"""A text in UTF-8, and the same in lower case (ASCII letters only): as long, byte for byte."""

# Below a site's host: others, such as blog. and shop., are built on their own.
_SERVING = re.compile(
    r"(?:admin|api|assets|backend|cdn|cms|content|files|images|img|media|origin|static|wp|www)-?\d?"
)
_MAX_START, _MAX_END = 1_500_000, 500_000  # bytes of the page that are looked at
_MAX_LENGTH = 2_000  # of a URL: longer ones are data
_MAX_NAMES = 4  # of a site, that its page declares

_CLASSES = etree.XPath("//@class", smart_strings=False)
_TAGS = ("script", "link", "iframe", "frame", "embed")
_SOURCES = ("src", "data-src", "data-lazy-src", "data-rocket-src")  # the latter of lazy loaders
# Data and templates are no scripts: they may hold whole articles. `text/plain` waits for consent.
_NO_CODE = ("json", "template", "html")


class Surfaces:
    """One page's."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._made: dict[tuple[str, str], Value] = {}
        self._makers: dict[str, Callable[[], Iterable[str]]] = {
            "html": lambda: [page.source],
            "class": lambda: dict.fromkeys(cast("list[str]", _CLASSES(page.tree))),
            "text": lambda: [page.text],
            "scripts": lambda: self._elements.code,
            "scriptSrc": lambda: filter(_is_short, self._elements.scripts),
            "frameSrc": lambda: filter(_is_short, self._elements.frames),
            "ownUrl": lambda: filter(self._is_own, dict.fromkeys([*page.sources, *page.hrefs])),
            "url": lambda: [page.url],
        }

    def value(self, surface: str, key: str = "") -> Value:
        """What stands there, one a line; empty when nothing does."""
        if (surface, key) not in self._made:
            texts = self._maps[surface].get(key, []) if key else self._makers[surface]()
            self._made[surface, key] = _value("\n".join(texts))
        return self._made[surface, key]

    def named(self) -> Iterable[tuple[str, str]]:
        """Every name in a map, and what is always there."""
        yield "url", ""
        yield "text", ""
        for surface, entries in self._maps.items():
            for key in entries:
                yield surface, key

    @cached_property
    def _maps(self) -> dict[str, dict[str, list[str]]]:
        headers = self._page.headers
        cookies = (value for name, value in headers if name == "set-cookie")
        return {
            "meta": self._page.metas,
            "link": self._elements.links,
            "headers": _by_key(headers),
            "cookies": _by_key(_cookie(cookie) for cookie in cookies),
        }

    @cached_property
    def _own_hosts(self) -> list[str]:
        """The page's host, and those by which the page itself goes."""
        names = [
            first(self._page.metas, "og:url") or "",
            *self._elements.links.get("canonical", ()),
        ]
        hosts = [self._page.host, *map(host_of, names[:_MAX_NAMES])]
        return sorted({host.removeprefix("www.") for host in hosts if "." in host})

    @cached_property
    def _elements(self) -> "_Elements":
        return _elements(self._page.tree)

    def _is_own(self, url: str) -> bool:
        """Whether it leads to the site of the page, as far as its host is known.

        Others' URLs say what others' sites are built with.
        """
        if not _is_short(url):
            return False
        if not url[:8].lstrip().lower().startswith(("http:", "https:", "//")):
            return True
        host = _host(url)
        return not self._own_hosts or any(_serves(host, own) for own in self._own_hosts)


def _serves(host: str, own: str) -> bool:
    """Whether the host is the site's, or one of those from which a site is served too."""
    if host == own or own.endswith("." + host):
        return True
    below = host.removesuffix("." + own)
    return below != host and _SERVING.fullmatch(below) is not None


def _is_short(url: str) -> bool:
    return len(url) <= _MAX_LENGTH


def _host(url: str) -> str:
    """The host, cheaply: what is malformed is nobody's."""
    authority = url.partition("//")[2].partition("/")[0].partition("?")[0]
    return authority.rpartition("@")[2].partition(":")[0].lower()


@dataclass(slots=True)
class _Elements:
    """What scripts, frames and links say."""

    scripts: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)


def _elements(tree: HtmlElement) -> _Elements:
    found = _Elements()
    for element in tree.iter(*_TAGS):
        if element.tag == "link":
            _add_link(found, element)
            continue
        sources = [element.get(name) for name in _SOURCES]
        urls = found.scripts if element.tag == "script" else found.frames
        urls += [source for source in sources if source]
        if element.tag == "script" and element.text and not sources[0]:
            media_type = (element.get("type") or "").lower()
            if not any(name in media_type for name in _NO_CODE):
                found.code.append(element.text)
    return found


def _add_link(found: _Elements, link: HtmlElement) -> None:
    relations, href = (link.get("rel") or "").lower().split()[:4], link.get("href")
    if not href or not _is_short(href):
        return
    for relation in relations:
        found.links.setdefault(relation, []).append(href)
    if link.get("as") == "script" or "modulepreload" in relations:
        found.scripts.append(href)


def _cookie(header: str) -> tuple[str, str]:
    name, _, value = header.partition(";")[0].partition("=")
    return name.strip(), value.strip()


def _by_key(entries: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in entries:
        found.setdefault(name.lower(), []).append(text)
    return found


def _value(text: str) -> Value:
    source = text.encode("utf-8", "replace")
    if len(source) > _MAX_START + _MAX_END:
        source = source[:_MAX_START] + b"\n" + source[-_MAX_END:]
    return source, source.lower()
