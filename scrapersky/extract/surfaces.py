"""The parts of a page that technology rules are compared with, each made when first asked for."""

import re
from collections.abc import Callable, Iterable
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
_MAX_LINKS = 2_000
_MAX_LENGTH = 2_000  # of a URL: longer ones are data

_SCRIPT_URLS = etree.XPath(
    "//script/@src | //script/@data-src | //script/@data-rocket-src"
    " | //link[@as='script' or @rel='modulepreload']/@href",
    smart_strings=False,
)
# Data and templates are no scripts: they may hold whole articles. `text/plain` waits for consent.
_SCRIPTS = etree.XPath(
    "//script[not(@src)][not(contains(@type, 'json') or contains(@type, 'template')"
    " or contains(@type, 'html'))]/text()",
    smart_strings=False,
)
_FRAME_URLS = etree.XPath(
    "//iframe/@src | //iframe/@data-src | //iframe/@data-lazy-src | //frame/@src | //embed/@src",
    smart_strings=False,
)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_LINKS = etree.XPath("//link[@rel][@href]")


class Surfaces:
    """One page's."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._own_hosts = _own_hosts(page)
        self._made: dict[tuple[str, str], Value] = {}
        self._makers: dict[str, Callable[[], Iterable[str]]] = {
            "html": lambda: [page.source],
            "class": lambda: dict.fromkeys(self._strings(_CLASSES)),
            "text": lambda: [page.text],
            "scripts": lambda: self._strings(_SCRIPTS),
            "scriptSrc": lambda: filter(_is_short, self._strings(_SCRIPT_URLS)),
            "frameSrc": lambda: filter(_is_short, self._strings(_FRAME_URLS)),
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
        """Every name in a map, and the address."""
        yield "url", ""
        for surface, entries in self._maps.items():
            for key in entries:
                yield surface, key

    @cached_property
    def _maps(self) -> dict[str, dict[str, list[str]]]:
        headers = self._page.headers
        cookies = (value for name, value in headers if name == "set-cookie")
        return {
            "meta": self._page.metas,
            "link": _by_key(_links(self._page.tree)),
            "headers": _by_key(headers),
            "cookies": _by_key(_cookie(cookie) for cookie in cookies),
        }

    def _strings(self, path: etree.XPath) -> list[str]:
        return cast("list[str]", path(self._page.tree))

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


def _own_hosts(page: Page) -> list[str]:
    """The page's host, and the one by which the page itself goes."""
    hosts = [page.host, host_of(first(page.metas, "og:url") or "")]
    hosts += [
        host_of(link.get("href", "")) for link in page.tree.iterfind(".//link[@rel='canonical']")
    ]
    return sorted({host.removeprefix("www.") for host in hosts if "." in host})


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


def _links(tree: HtmlElement) -> Iterable[tuple[str, str]]:
    for link in cast("list[HtmlElement]", _LINKS(tree))[:_MAX_LINKS]:
        for relation in link.get("rel", "").split()[:4]:
            yield relation, link.get("href", "")[:_MAX_LENGTH]


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
