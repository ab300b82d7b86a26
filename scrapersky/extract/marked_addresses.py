"""Addresses that the page marks up as such: JSON-LD, microdata, hCards."""

import itertools
from collections.abc import Iterator
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.address import MAX_RAW, Address
from scrapersky.extract.company_names import words_of
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.page import Page
from scrapersky.extract.postcodes import postal
from scrapersky.extract.text import clean_text

_MAX_NODES = 5_000
_MAX_FIELD = 120
_MAX_CARDS = 50


def marked_addresses(page: Page) -> Iterator[Address]:
    """Those of structured data and of hCards."""
    for source, objects in (("json-ld", page.json_ld), ("microdata", page.microdata)):
        for value in _values(objects):
            address = _of_object(value, source) if isinstance(value, dict) else None
            if address:
                yield address
    yield from _cards(page)


def address_texts(page: Page) -> Iterator[tuple[str, str]]:
    """Source and text of addresses that structured data have in one string."""
    for source, objects in (("json-ld", page.json_ld), ("microdata", page.microdata)):
        for value in _values(objects):
            if isinstance(value, str):
                yield source, value


def _values(objects: list[JsonObject]) -> Iterator[JsonObject | str]:
    """Objects of the type, and what an `address` property holds, at any depth."""
    stack: list[tuple[str, Any]] = [("", objects)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        key, value = stack.pop()
        if isinstance(value, list):
            stack.extend((key, item) for item in reversed(value))
        elif isinstance(value, str) and key == "address":
            yield value
        elif isinstance(value, dict):
            if "PostalAddress" in str(value.get("@type")) or (
                key == "address" and "postalCode" in value
            ):
                yield value
            else:
                own = (name for name in reversed(value) if _is_own(name))
                stack.extend((name, value[name]) for name in own)


def _is_own(name: str) -> bool:
    return name.lower() not in words_of("others") or name.lower() in {
        "location",
        "department",
        "containedinplace",
    }


def _of_object(value: JsonObject, source: str) -> Address | None:
    fields = {
        name: _string(value.get(key))
        for name, key in (
            ("street", "streetAddress"),
            ("postal_code", "postalCode"),
            ("city", "addressLocality"),
            ("region", "addressRegion"),
        )
    }
    box = _string(value.get("postOfficeBoxNumber"))
    fields["street"] = fields["street"] or (f"PO Box {box}" if box else None)
    if not (fields["postal_code"] or (fields["street"] and fields["city"])):
        return None
    country = _country(_string(value.get("addressCountry")))
    fields["region"] = _state(fields["region"], country)
    raw = clean_text(", ".join(part for part in (*fields.values(), country) if part), MAX_RAW)
    return Address(**fields, country=country, raw=raw, source=source, confidence=0.95)


def _string(value: Any) -> str | None:
    if isinstance(value, list):
        parts = [_string(item) for item in value[:4]]
        return ", ".join(part for part in parts if part) or None
    if isinstance(value, dict):
        value = value.get("name") or value.get("identifier")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = clean_text(value, _MAX_FIELD).strip(" ,;") if isinstance(value, str) else ""
    return None if not text or "{" in text else text


def _country(name: str | None) -> str | None:
    if not name:
        return None
    if len(name) == 2 and name.isascii() and name.isalpha():
        return "GB" if name.upper() == "UK" else name.upper()
    return cast("str | None", postal("countries").get(name.lower().strip(" .")))


def _state(name: str | None, country: str | None) -> str | None:
    """States of the US and provinces of Canada by their abbreviation."""
    tables = {"US": ["us_states"], "CA": ["ca_provinces"], None: ["us_states", "ca_provinces"]}
    for table in tables.get(country, []):
        if name and name.lower() in postal(table):
            return cast("str", postal(table)[name.lower()])
    return name


_CARDS = etree.XPath("//@class[contains(., 'adr')]")
_CARD_FIELDS = {
    "street": ("street-address", "p-street-address"),
    "postal_code": ("postal-code", "p-postal-code"),
    "city": ("locality", "p-locality"),
    "region": ("region", "p-region"),
    "country": ("country-name", "p-country-name"),
}


def _cards(page: Page) -> Iterator[Address]:
    """HCard and h-adr (https://microformats.org/wiki/adr)."""
    if "adr" not in page.source:
        return
    names = cast("list[Any]", _CARDS(page.tree))
    cards = (
        name.getparent() for name in names[: 4 * _MAX_CARDS] if {"adr", "h-adr"} & set(name.split())
    )
    for card in cast("Iterator[HtmlElement]", itertools.islice(cards, _MAX_CARDS)):
        fields = {name: _card_field(card, classes) for name, classes in _CARD_FIELDS.items()}
        if not fields["postal_code"] and not (fields["street"] and fields["city"]):
            continue
        fields["country"] = _country(fields["country"])
        raw = clean_text(card.text_content()[: 4 * MAX_RAW], MAX_RAW)
        yield Address(**fields, raw=raw, source="hcard", confidence=0.9)


def _card_field(card: HtmlElement, classes: tuple[str, ...]) -> str | None:
    for count, element in enumerate(card.iterdescendants()):
        if count == 60:
            break
        if any(name in classes for name in (element.get("class") or "").split()):
            return _string(
                element.get("title")
                if element.tag == "abbr"
                else element.text_content()[: 4 * _MAX_FIELD]
            )
    return None
