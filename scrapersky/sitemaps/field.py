"""The text of one element, while it is being read."""

from scrapersky.sitemaps.tokens import Token
from scrapersky.sitemaps.values import MAX_VALUE, Values

_MAX_INNER = 64


class Field:
    """Text, CDATA sections, and the tags around a text that do not belong there."""

    def __init__(self, name: str, values: Values) -> None:
        self.name = name
        self.is_blank = True
        self.is_whole = False
        """Ended by a CDATA section: what is cut off behind it is not the value."""
        self._values = values
        self._raw: list[str] = []
        self._done: list[str | None] = []
        self._size = 0
        self._inner: dict[str, int] = {}

    def add(self, text: str) -> None:
        """Text as it stands in the file."""
        if self.is_whole and text.strip():
            self.is_whole = False
        self._keep(self._raw, text)

    def add_plain(self, text: str) -> None:
        """Text that has no references: a piece of a CDATA section."""
        self._expand()
        self._keep(self._done, text)
        self.is_whole = True

    def enter(self, tag: Token) -> None:
        """A tag before any text."""
        if not tag.is_empty and len(self._inner) < _MAX_INNER:
            self._inner[tag.name] = self._inner.get(tag.name, 0) + 1

    def leave(self, tag: Token) -> bool:
        """Whether an end tag is that of one that was entered."""
        count = self._inner.get(tag.name, 0)
        self._inner[tag.name] = max(count - 1, 0)
        return count > 0

    def text(self) -> str | None:
        """The value; None where it cannot be had."""
        if self._size > MAX_VALUE:
            self._values.too_long()
            return None
        self._expand()
        known = [part for part in self._done if part is not None]
        return "".join(known) if len(known) == len(self._done) else None

    def _expand(self) -> None:
        if self._raw:
            self._done.append(self._values.expand("".join(self._raw)))
            self._raw = []

    def _keep(self, parts: "list[str] | list[str | None]", text: str) -> None:
        self._size += len(text)
        if self.is_blank and text.strip():
            self.is_blank = False
        if self._size <= MAX_VALUE:
            parts.append(text)
