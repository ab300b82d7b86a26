"""URLs as they stand in pages, made absolute and safe to store."""

from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from scrapersky.extract.text import storable

MAX_URL = 2_048
"""Longer URLs are ignored: they are data or errors, and no index takes them."""


def absolute_url(base: str, href: str | None) -> str | None:
    """`href` against `base`, percent-encoded; None unless it is http(s) with a host.

    Leading and trailing blanks are dropped and tabs and line feeds removed anywhere, as in the
    WHATWG URL Standard, "basic URL parser".
    """
    if not href or len(href) > MAX_URL:
        return None
    href = storable(href).strip().translate({9: None, 10: None, 13: None})
    if not href:
        return None
    try:
        # urljoin takes "https:///x" for a path.
        return _http(href if "://" in href[:8] else urljoin(base, href))
    except ValueError:  # brackets that hold no IPv6 address, a host that IDNA refuses, …
        return None


def host_of(url: str) -> str:
    """The host in lower case, without port; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def within(host: str, domain: str) -> bool:
    """Whether the host is the domain or below it."""
    return host == domain or host.endswith("." + domain)


def _http(url: str) -> str | None:
    if not url[:8].lower().startswith(("http://", "https://")):
        return None
    url = safe_url_string(url)
    host = urlsplit(url).hostname
    if not host or " " in host or len(url) > MAX_URL:
        return None
    return url
