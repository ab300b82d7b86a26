"""Names of organizations in JSON-LD and microdata."""

from collections.abc import Iterator
from typing import Any

from scrapersky.extract.company_names import fold, words_of
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.name_candidate import Candidate, named
from scrapersky.extract.page import Page

_MAX_NODES = 3_000


def structured_names(page: Page) -> Iterator[Candidate]:
    """Organizations and websites that are not about somebody else."""
    for source, objects in (("json-ld", page.json_ld), ("microdata", page.microdata)):
        found = list(_organizations(objects))
        several = len({fold(name) for name, weight in found if weight > 0.6}) > 2
        for name, weight in found:
            yield from named(name, source, weight / 2 if several else weight)


def _organizations(objects: list[JsonObject]) -> Iterator[tuple[str, float]]:
    stack: list[tuple[str, Any]] = [("", objects)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        key, value = stack.pop()
        if isinstance(value, list):
            stack.extend((key, item) for item in reversed(value))
        elif isinstance(value, dict):
            weight = _weight(value, key)
            yield from ((name, weight) for name in _names(value) if weight)
            names = (name for name in reversed(value) if name.lower() not in words_of("others"))
            stack.extend((name.lower(), value[name]) for name in names)


def _names(item: JsonObject) -> list[str]:
    names = item.get("name")
    return [n for n in (names[:2] if isinstance(names, list) else [names]) if isinstance(n, str)]


def _weight(item: JsonObject, key: str) -> float:
    types = item.get("@type")
    names = types if isinstance(types, list) else [types]
    kinds = {str(name).rpartition("/")[2].rpartition(":")[2] for name in names}
    if "Person" in kinds:
        return 0.0
    if kinds & words_of("organization_types"):
        return 0.6 if key == "publisher" else 0.8
    return 0.6 if "WebSite" in kinds else 0.0
