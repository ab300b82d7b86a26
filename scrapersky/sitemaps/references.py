"""Entities in text, expanded within bounds."""

import re
from html.entities import html5

MAX_ENTITY = 2048
"""Characters of an entity of the document's own. A URL is not longer."""
MAX_ENTITIES = 64
MAX_EXPANSION = 64 * 1024 * 1024
"""Characters that a document's own entities may add to it, all together."""

_PREDEFINED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_REFERENCE = re.compile(
    r"&(?:#(?P<decimal>[0-9]{1,8})|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,7})"
    r"|(?P<name>[^\W\d][\w.-]{0,63}));"
)


class UnknownEntityError(Exception):
    """An entity that leads elsewhere, or grows too long."""


class References:
    """Expands what XML, HTML and the document itself define; nothing is ever fetched."""

    def __init__(self) -> None:
        self._own: dict[str, str | None] = {}
        self._room = MAX_EXPANSION

    @property
    def is_standard(self) -> bool:
        """Whether the document defines none of its own."""
        return not self._own

    def define(self, name: str, value: str | None) -> bool:
        """An entity that the document defines; without a value it is external.

        Returns:
            Whether it will be expanded. One that is too long is not, nor what is built of it.
        """
        if name in self._own or len(self._own) >= MAX_ENTITIES:
            return name in self._own  # the first definition counts (XML 1.0, section 4.2)
        self._own[name] = self._bounded(value)
        return self._own[name] is not None

    def expand(self, text: str) -> str:
        """The text with its references replaced; what is none stays as it is.

        Raises:
            UnknownEntityError: an entity is external or too long.
        """
        if "&" not in text:
            return text
        if text.count("&") == text.count("&amp;"):
            return text.replace("&amp;", "&")
        return _REFERENCE.sub(self._value, text)

    def _bounded(self, value: str | None) -> str | None:
        if value is None or len(value) > MAX_ENTITY:
            return None
        try:
            expanded = self.expand(value)
        except UnknownEntityError:
            return None
        return expanded if len(expanded) <= MAX_ENTITY else None

    def _value(self, reference: "re.Match[str]") -> str:
        name = reference["name"]
        if name is None:
            decimal = reference["decimal"]
            return _character(int(decimal) if decimal else int(reference["hexadecimal"], 16))
        if name in _PREDEFINED:
            return _PREDEFINED[name]
        if name in self._own:
            return self._own_value(name)
        return html5.get(f"{name};", reference[0])

    def _own_value(self, name: str) -> str:
        value = self._own[name]
        if value is None or len(value) > self._room:
            raise UnknownEntityError(name)
        self._room -= len(value)
        return value


def _character(number: int) -> str:
    is_character = number in {9, 10, 13} or 32 <= number < 0xD800 or 0xE000 <= number < 0x110000
    return chr(number) if is_character else ""
