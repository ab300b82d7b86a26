"""Microdata (https://html.spec.whatwg.org/#microdata), read by extruct."""

from typing import Any, cast

from extruct.w3cmicrodata import LxmlMicrodataExtractor
from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.json_ld import JsonObject, storable_objects

_MAX_PROPERTIES = 2_000
"""Of a page. extruct goes through the whole of an item for each item that it is in."""
_MAX_ITEMS = 300
_PROPERTIES = etree.XPath("count(//@itemprop)")
_ITEMS = etree.XPath("count(//@itemscope)")
_EXTRACTOR = LxmlMicrodataExtractor(nested=True)


def microdata(tree: HtmlElement, base_url: str) -> list[JsonObject]:
    """The page's items in document order, in the shape of JSON-LD objects with `@type`."""
    if not 0 < _count(_ITEMS, tree) <= _MAX_ITEMS or _count(_PROPERTIES, tree) > _MAX_PROPERTIES:
        return []
    try:
        items = _EXTRACTOR.extract_items(tree, base_url)
    except (ValueError, RecursionError):  # URLs that are none; items nested without end
        return []
    return storable_objects([_object(item) for item in items])


def _count(path: etree.XPath, tree: HtmlElement) -> float:
    return cast("float", path(tree))


def _object(value: Any) -> Any:
    """schema.org's names alone: `{"type": "http://schema.org/X", "properties": …}` flattened."""
    if isinstance(value, list):
        return [_object(item) for item in value]
    if not isinstance(value, dict):
        return value
    properties = value.get("properties", {})
    kind = value.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind else []
    names = [str(name).rstrip("/").rpartition("/")[2] for name in kinds]
    return {
        "@type": names[0] if len(names) == 1 else names,
        **{key: _object(item) for key, item in properties.items()},
    }
