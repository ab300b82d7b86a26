"""RSS 0.9 to 2.0 and Atom: what their tags mean."""

from dataclasses import dataclass, field

from scrapersky.sitemaps.entries import Entry
from scrapersky.sitemaps.spaces import CORE, Spaces
from scrapersky.sitemaps.tokens import Token, attributes
from scrapersky.sitemaps.values import Values

ROOTS = ("rss", "feed", "rdf")
_ENTRIES = ("item", "entry")
# Dates, by how well they say when the page was changed last.
_DATES = ("updated", "modified", "pubdate", "published", "date", "issued", "created")
_FIELDS = ("link", "guid", *_DATES)
# Elements with links and dates that are not those of the entry.
_CONTAINERS = ("source", "content", "summary", "description", "encoded", "image", "author")
_PROTOCOLS = ("http://", "https://")


@dataclass(slots=True)
class _Draft:
    """An entry that is being read."""

    values: dict[str, str] = field(default_factory=dict)
    about: str = ""
    """The entry's own URL as RSS 1.0 has it (`rdf:about`)."""
    links: dict[str, str] = field(default_factory=dict)
    """Those in attributes, by their relation."""


class FeedListing:
    """Makes entries of tags: the page of each item, not that of the feed."""

    is_at_rest = False

    def __init__(self, root: str, values: Values, spaces: Spaces) -> None:
        self.ready: list[Entry] = []
        self._root = root
        self._values = values
        self._spaces = spaces
        self._draft: _Draft | None = None
        self._container = ""
        self._field = ""

    def enter(self, root: str) -> None:
        """Another document follows in the same file."""
        self.finish()
        self._root = root

    def open(self, tag: Token) -> bool:
        """A tag. Returns whether its text is to be taken."""
        name = tag.name
        if name in _ENTRIES and self._spaces.family(tag.prefix) in {CORE, "atom"}:
            self.finish()
            self._draft = _Draft(about=self._attribute(tag, "rdf:about"))
            return False
        if self._draft is None or self._container:
            return False
        if name in _CONTAINERS:
            self._container = "" if tag.is_empty else name
            return False
        if name == "link" and self._link(tag, self._draft):
            return False
        return self._begin(tag)

    def close(self, prefix: str, name: str) -> None:  # noqa: ARG002 - a listing's signature
        """An end tag."""
        if name == self._container:
            self._container = ""
        elif name in _ENTRIES or name in ROOTS:
            self.finish()

    def is_value(self, name: str) -> bool:
        """Whether an element of this name has a text that is taken, or entries of its own."""
        return name in _FIELDS or name in _CONTAINERS or name in _ENTRIES

    def take(self, text: str | None) -> None:
        """The text of the element that `open` wanted; None when it cannot be used."""
        if text and text.strip() and self._draft is not None:
            self._draft.values.setdefault(self._field, text)

    def finish(self) -> None:
        """The end of an entry, or of all."""
        draft, self._draft = self._draft, None
        self._container = ""
        if draft is None:
            return
        values = draft.values
        date = next((values[name] for name in _DATES if name in values), None)
        page = self._values.page(self._url(draft), date)
        if page is not None:
            self.ready.append(page)

    def _begin(self, tag: Token) -> bool:
        name = tag.name
        if name not in _FIELDS:
            return False
        if name == "guid" and self._attribute(tag, "ispermalink").strip().lower() == "false":
            return False
        # An atom:link in RSS is another one; dates may come from any vocabulary.
        if name in {"link", "guid"} and self._spaces.family(tag.prefix) != CORE:
            return False
        self._field = name
        return True

    def _link(self, tag: Token, draft: _Draft) -> bool:
        found = dict(attributes(tag.text))
        href = self._values.expand(found.get("href", ""))
        if not href:
            return "href" in found
        is_page = "html" in found.get("type", "html") or "text" in found.get("type", "")
        relation = found.get("rel", "alternate").strip().lower()
        draft.links.setdefault(relation if is_page else "", href)
        return True

    def _attribute(self, tag: Token, name: str) -> str:
        if name not in tag.text.lower():
            return ""
        return self._values.expand(dict(attributes(tag.text)).get(name, "")) or ""

    def _url(self, draft: _Draft) -> str | None:
        link = draft.values.get("link") or draft.links.get("alternate")
        if link:
            return link
        # A guid is a permalink unless it says that it is not; but many are mere numbers.
        others = (draft.values.get("guid", ""), draft.about)
        return next((url for url in others if url.strip().lower().startswith(_PROTOCOLS)), None)
