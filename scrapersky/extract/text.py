"""Text as PostgreSQL, JSON and people can use it."""

import re

MAX_TITLE = 1_000
MAX_DESCRIPTION = 5_000

# PostgreSQL's jsonb refuses U+0000, orjson refuses lone surrogates, and nobody wants the other C0
# and C1 controls or a byte order mark in a title. Tab, line feed and carriage return stay.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def storable(text: str) -> str:
    """The text without NUL, other control characters, lone surrogates and byte order marks."""
    return _UNSTORABLE.sub("", text)


def clean_text(text: str, limit: int) -> str:
    """One line: storable, white space collapsed, at most `limit` characters; may be empty."""
    # Collapsed twice: NEL and others are both white space and controls, so they must separate
    # words, and a control between two blanks leaves two blanks behind.
    line = storable(" ".join(text.split()))
    return " ".join(line.split())[:limit].rstrip()
