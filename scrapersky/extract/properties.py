"""Every string of structured data with the name of its property."""

from collections.abc import Iterator
from typing import Any

from scrapersky.extract.json_ld import JsonObject

_MAX_NODES = 20_000


def strings(objects: list[JsonObject]) -> Iterator[tuple[str, str]]:
    """Property name and string, at any depth, in document order, without recursion."""
    stack: list[tuple[str, Any]] = [("", objects)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        key, value = stack.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, list):
            stack.extend((key, item) for item in reversed(value))
        elif isinstance(value, dict):
            stack.extend((name, value[name]) for name in reversed(value))
