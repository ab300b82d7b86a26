"""What text must be like to be stored."""

import re
from typing import Any

# PostgreSQL's jsonb refuses U+0000, orjson refuses lone surrogates, and nobody wants the other C0
# and C1 controls or a byte order mark in a title. Tab, line feed and carriage return stay.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def storable(text: str) -> str:
    """The text without NUL, other control characters, lone surrogates and byte order marks."""
    return _UNSTORABLE.sub("", text)


def storable_json(value: Any) -> Any:
    """The same for all strings in a JSON value."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable_json(item) for key, item in value.items()}
    return value
