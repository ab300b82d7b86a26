"""Namespaces. What their prefixes stand for is told by name, since their URIs are often wrong."""

from scrapersky.sitemaps.tokens import attributes

MAX_PREFIXES = 64

CORE = ""
"""The sitemap's own: it may have any prefix."""
_FAMILIES = ("image", "video", "news", "mobile", "xhtml", "atom")
"""The extensions, by the prefixes of their documentation."""

# Parts of the URIs: http://www.google.com/schemas/sitemap-image/1.1, https and other versions too.
_PARTS = {
    "sitemap-image": "image",
    "sitemap-video": "video",
    "sitemap-news": "news",
    "sitemap-mobile": "mobile",
    "1999/xhtml": "xhtml",
    "2005/atom": "atom",
    "atom/ns": "atom",
    "schemas/sitemap/": CORE,
}


class Spaces:
    """What the prefixes of a document mean."""

    def __init__(self) -> None:
        self._bound: dict[str, str] = {}
        self._own = ""
        self._is_named = True

    def enter(self, prefix: str) -> None:
        """A root or an entry: what is in it and has the same prefix is its own."""
        self._own = prefix

    def is_extension(self, prefix: str) -> bool:
        """Whether this is the prefix of one of the known extensions."""
        return self._named(prefix) in _FAMILIES

    def bind(self, raw: str) -> None:
        """The declarations among the attributes of a tag."""
        if "xmlns" not in raw.lower():
            return
        for name, uri in attributes(raw):
            if name.startswith("xmlns") and len(self._bound) < MAX_PREFIXES:
                self._bound[name[6:]] = uri.strip().lower()
        self._is_named = all(self._named(name) == name for name in _FAMILIES)

    def family(self, prefix: str) -> str:
        """`image`, `video`, …; empty for the sitemap's own; the prefix of anything else."""
        if prefix == self._own:
            return CORE
        family = self._named(prefix)
        uri = self._bound.get(prefix)
        if family in _FAMILIES or (uri and uri != self._bound.get(self._own)):
            return family
        return CORE

    def _named(self, prefix: str) -> str:
        uri = self._bound.get(prefix, "")
        return next((family for part, family in _PARTS.items() if part in uri), prefix)

    @property
    def is_usual(self) -> bool:
        """Whether entries have no prefix, and extensions the prefixes of their documentation."""
        return not self._own and self._is_named
