"""What text must be like to be stored."""

import re
from typing import Any

# jsonb and text refuse NUL; UTF-8 has no lone surrogates; the other controls are never meant.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without what PostgreSQL refuses, and without blanks around it."""
    return _UNSTORABLE.sub("", text).strip()


def clean_json(value: Any) -> Any:
    """The same for all strings in a JSON value."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean_json(item) for key, item in value.items()}
    return value
