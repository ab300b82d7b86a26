"""Microdata (https://html.spec.whatwg.org/#microdata), read by extruct."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from extruct.w3cmicrodata import LxmlMicrodataExtractor
from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.json_ld import JsonObject, storable_objects

_MAX_PROPERTIES = 2_000
_MAX_ITEMS = 300
_MAX_REFERENCES = 50
_MAX_LEVELS = 100
"""Between a property and its item."""
_MAX_NESTING = 20
"""Items in items. Without a bound Python's own would stop them, at any line whatever: in lxml's
clean-up behind an XPath, for instance, which then stays locked for ever."""
_MAX_PIECES, _MAX_TEXT = 300, 5_000
"""Text nodes and characters of one value."""
_MAX_PAGE = 1_000_000
"""Characters of all values of a page together, one in another counted twice."""
_TEXTS = etree.XPath(".//text()[not(parent::script or parent::style)]", smart_strings=False)
_PROPERTIES = etree.XPath("//*[@itemprop]")
_ITEMS = etree.XPath("count(//@itemscope)")
_REFERENCES = etree.XPath("//@itemref", smart_strings=False)
_WITH_IDS = etree.XPath("//*[@id]")


def microdata(tree: HtmlElement, base_url: str) -> list[JsonObject]:
    """The page's items in document order, in the shape of JSON-LD objects with `@type`.

    None at all where a page has more items, properties or references than a page has use for.
    """
    if not 0 < cast("float", _ITEMS(tree)) <= _MAX_ITEMS:
        return []
    properties = cast("list[HtmlElement]", _PROPERTIES(tree))
    references = " ".join(cast("list[str]", _REFERENCES(tree))).split()
    if len(properties) > _MAX_PROPERTIES or len(references) > _MAX_REFERENCES:
        return []
    try:
        items = _Extractor(properties).extract_items(tree, base_url)
    except ValueError:  # a URL that is none
        return []
    return storable_objects([_object(item) for item in items])


class _Extractor(LxmlMicrodataExtractor):  # type: ignore[misc]
    """extruct's, in linear time.

    Its own goes through all that an item holds for each item around it, and copies and cleans the
    element of every value: a page of 14 KB took three seconds.
    """

    def __init__(self, properties: list[HtmlElement]) -> None:
        super().__init__(nested=True)
        self._room = _MAX_PAGE
        self._nesting = 0
        self._by_id: dict[str, HtmlElement] = {}
        self._properties: dict[HtmlElement, list[HtmlElement]] = defaultdict(list)
        for element in properties:
            item = _item_around(element)
            if item is not None:
                self._properties[item].append(element)

    def _extract_item(self, node: HtmlElement, **known: Any) -> JsonObject | None:
        if self._nesting == _MAX_NESTING:
            return None
        self._nesting += 1
        item = cast("JsonObject | None", super()._extract_item(node, **known))
        self._nesting -= 1
        return item

    def _extract_properties(self, node: HtmlElement, **known: Any) -> Iterator[tuple[str, Any]]:
        for element in self._properties[node]:
            yield from self._extract_property(element, **known)

    def _extract_property_refs(
        self, node: HtmlElement, refid: str, **known: Any
    ) -> Iterator[tuple[str, Any]]:
        if not self._by_id:
            elements = cast("list[HtmlElement]", _WITH_IDS(node))
            self._by_id = {element.get("id", ""): element for element in reversed(elements)}
        if refid in self._by_id:
            for element in _referred(self._by_id[refid]):
                yield from self._extract_property(element, **known)

    def _extract_textContent(self, node: HtmlElement) -> str:  # noqa: N802 - extruct's name
        if self._room <= 0:
            return ""
        text = " ".join(cast("list[str]", _TEXTS(node))[:_MAX_PIECES])
        self._room -= len(text)
        return " ".join(text.split())[:_MAX_TEXT]


def _item_around(element: HtmlElement) -> HtmlElement | None:
    for parent in islice(element.iterancestors(), _MAX_LEVELS):
        if parent.get("itemscope") is not None:
            return parent
    return None


def _referred(target: HtmlElement) -> Iterator[HtmlElement]:
    """The properties that a reference to an element means: it, or those in it of its own item."""
    if target.get("itemprop") is not None:
        yield target
        return
    for element in islice(target.iterdescendants(), _MAX_PROPERTIES):
        if element.get("itemprop") is not None and _item_around(element) is _item_around(target):
            yield element


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
