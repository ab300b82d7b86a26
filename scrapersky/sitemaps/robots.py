"""The sitemaps that a robots.txt names."""

import re

from scrapersky.sitemaps.decode import HEAD, TextDecoder
from scrapersky.sitemaps.findings import Findings
from scrapersky.sitemaps.urls import UrlResolver

MAX_ROBOTS = 2 * 1024 * 1024
"""Bytes that are read. RFC 9309, section 2.5, asks for at least 500 KiB."""
MAX_SITEMAPS = 10_000

_BREAK = re.compile(r"[\r\n\f\v\x85\u2028\u2029]+")
# Sitemap:, SITEMAP :, Site-map:, Sitemaps:, Sitemap-Index:, Sitemap=.
_LINE = re.compile(r"site[-_ ]?maps?(?:[-_ ]?(?:index|url|file))?\s*+[:=]\s*+(\S.*)", re.IGNORECASE)
_NO_HOST = re.compile(r"\Ahttps?:///+", re.IGNORECASE)
_BLANK = "\ufeff\u200b\u00a0\0 \t"


def sitemap_urls(robots_txt: bytes, url: str) -> list[str]:
    """The URLs behind `Sitemap:`, absolute, each once, in their order.

    The line belongs to no group of rules (RFC 9309, section 2.2.4), so it counts wherever it
    stands.

    Args:
        robots_txt: the file, in whatever encoding.
        url: of the file; relative URLs, which the protocol does not allow, are resolved against it.
    """
    data = robots_txt[:MAX_ROBOTS]
    text = TextDecoder(data[:HEAD], Findings()).decode(data, final=True)
    resolver = UrlResolver(url)
    found: dict[str, None] = {}
    for line in _BREAK.split(text):
        named = _LINE.match(line.strip(_BLANK))
        resolved = resolver.resolve(_value(named[1])) if named else None
        if resolved:
            found[resolved] = None
        if len(found) >= MAX_SITEMAPS:
            break
    return list(found)


def _value(text: str) -> str:
    # A comment begins at a # behind a blank; within a URL it is a fragment.
    text = re.split(r"\s#", text, maxsplit=1)[0].strip(_BLANK)
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    # Without a host, as where a variable was empty, it can only be the site's own.
    return _NO_HOST.sub("/", text.strip("\"'"))
