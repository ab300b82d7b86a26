"""The URLs of entries: absolute, and safe to request and to store."""

import re
from urllib.parse import urlsplit

from scrapersky.extract.urls import MAX_URL, absolute_url

__all__ = ["CLEAN_MARKUP", "MAX_URL", "UrlResolver"]

_SAFE = r"[A-Za-z0-9_\-.~!$'()*+,;=:@/?%]*+"
# What `absolute_url` gives back as it is: RFC 3986 without brackets, host in lower case.
_CLEAN_URL = rf"https?://[a-z0-9.-]++(?:[/?#]{_SAFE}(?:&{_SAFE})*+)?+"
CLEAN_MARKUP = rf"https?://[a-z0-9.-]++(?:[/?#]{_SAFE}(?:&amp;{_SAFE})*+)?+"
"""The same as it stands in markup."""

_CLEAN = re.compile(_CLEAN_URL)
_BLANK = " \t\r\n\f\v\0\u00a0\u2000\u2001\u2002\u2003\u200b\u2028\u2029\u3000\ufeff"
_CONTROLS = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
# Of Liquid, Jinja, Go, Handlebars: a template that nobody filled in.
_TEMPLATE = re.compile(r"\{[{%][^{}]{0,500}[%}]\}")
_HOST_AND_PORT = re.compile(r"[\w.-]+(?=[/?#:]|\Z)")


class UrlResolver:
    """Resolves against the address of a file, or what the file says is its base."""

    def __init__(self, base: str) -> None:
        self._base = base
        host = _host(base)
        self._hosts = {host, f"www.{host}", host.removeprefix("www.")} - {""}

    def resolve(self, text: str) -> str | None:
        """The URL, or None where the text is none that can be requested."""
        if _CLEAN.fullmatch(text) and len(text) <= MAX_URL:
            return text
        return self._resolve(text)

    def rebase(self, text: str) -> None:
        """Take another base from here on (`xml:base`)."""
        self._base = self.resolve(text) or self._base

    def _resolve(self, text: str) -> str | None:
        text = _CONTROLS.sub("", text.strip(_BLANK))
        if text[:1] in {'"', "'"} and text[-1:] == text[:1]:
            text = text[1:-1].strip(_BLANK)
        if not text or text.startswith("#") or _TEMPLATE.search(text):
            return None
        if self._is_schemeless(text):
            scheme = "https" if self._base.startswith("https:") else "http"
            text = f"{scheme}://{text}"
        try:
            return absolute_url(self._base, text)
        except (UnicodeError, ValueError):
            return None

    def _is_schemeless(self, text: str) -> bool:
        # example.com/page, as some write it: a path would hardly begin with the site's own host.
        host = _HOST_AND_PORT.match(text[:300])
        if host is None or (_SCHEME.match(text) and host[0].lower() not in self._hosts):
            return False
        name = host[0].lower()
        return name in self._hosts or (name.startswith("www.") and name.count(".") > 1)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
