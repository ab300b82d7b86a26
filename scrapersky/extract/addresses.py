"""Postal addresses: what is marked up as one, then what stands around a postcode."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.company_names import fold, words_of
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.page import Page
from scrapersky.extract.places import Place, place_at
from scrapersky.extract.postcodes import Postcode, postal, postcodes
from scrapersky.extract.region import site_region
from scrapersky.extract.text import clean_text

MAX_ADDRESSES = 50
"""Of a page."""
MAX_RAW = 300
"""Characters of `raw`."""

_MAX_NODES = 5_000
_MAX_FIELD = 120
_HEAD, _FOOT = 120_000, 80_000
"""Characters of the visible text that are searched, at its beginning and at its end."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Address:
    """A postal address; what the page does not say is None."""

    street: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    "State, province or county, as its usual abbreviation where it has one."
    country: str | None
    "ISO 3166-1 alpha-2."
    raw: str
    "As it stood, on one line, cut at 300 characters."
    source: str
    "`json-ld`, `microdata`, `hcard`, `address` (the element) or `text`."
    confidence: float


def addresses(page: Page) -> list[Address]:
    """The addresses of a page, the most certain first, each once; at most 50."""
    found = [*_structured(page), *_cards(page), *_written(page)]
    merged: dict[str, Address] = {}
    for address in found:
        key = _key(address)
        merged[key] = _richer(merged[key], address) if key in merged else address
    kept = [address for address in merged.values() if not _is_part(address, merged.values())]
    return sorted(kept, key=lambda address: -address.confidence)[:MAX_ADDRESSES]


def _is_part(address: Address, others: Iterable[Address]) -> bool:
    """Whether it lacks the postcode that another one of the same street has."""
    if address.postal_code or not address.street:
        return False
    street = fold(address.street)
    return any(
        other.postal_code and street.startswith(fold(other.street or "-")) for other in others
    )


def _key(address: Address) -> str:
    code = re.sub(r"\W", "", address.postal_code or "").upper()
    number = re.search(r"\d+", address.street or "")
    if not code:
        return fold(address.raw)
    # A ZIP+4 code is in the place of its first five digits.
    code = code[:5] if code.isdigit() and len(code) == 9 else code
    return f"{code}:{number[0] if number else ''}"


def _richer(known: Address, other: Address) -> Address:
    """The first of two finds of one address, with what only the second one knows."""
    missing = {
        name: getattr(other, name)
        for name in ("street", "city", "region", "country")
        if getattr(known, name) is None and getattr(other, name)
    }
    return replace(known, **missing, confidence=max(known.confidence, other.confidence))


# --- Marked up -----------------------------------------------------------------------------------


def _structured(page: Page) -> Iterator[Address]:
    for source, objects in (("json-ld", page.json_ld), ("microdata", page.microdata)):
        for value in _postal_addresses(objects):
            address = _of_object(value, source) if isinstance(value, dict) else None
            if isinstance(value, str):
                yield from _in_text(value, source, page, 0.1)
            elif address:
                yield address


def _postal_addresses(objects: list[JsonObject]) -> Iterator[JsonObject | str]:
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
    """hCard and h-adr (https://microformats.org/wiki/adr)."""
    if "adr" not in page.source:
        return
    names = cast("list[etree._ElementUnicodeResult]", _CARDS(page.tree))
    cards = (
        name.getparent()
        for name in names[: 4 * MAX_ADDRESSES]
        if {"adr", "h-adr"} & set(name.split())
    )
    for card in cast("Iterator[HtmlElement]", itertools.islice(cards, MAX_ADDRESSES)):
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


# --- Written -------------------------------------------------------------------------------------


def _written(page: Page) -> Iterator[Address]:
    marked = _marked_up(page.tree)
    for address in _in_text(_ends(page.text), "text", page, 0.0):
        code = address.postal_code
        if code and code in marked:
            confidence = min(0.95, address.confidence + 0.05)
            yield replace(address, source="address", confidence=round(confidence, 2))
        else:
            yield address


def _ends(text: str) -> str:
    if len(text) <= _HEAD + _FOOT:
        return text
    return f"{text[:_HEAD]}\n{text[-_FOOT:]}"


def _marked_up(tree: HtmlElement) -> str:
    """The text of the `<address>` elements."""
    elements = itertools.islice(tree.iter("address"), 20)
    texts = (element.text_content()[: 4 * MAX_RAW] for element in elements)
    return " ".join(" ".join(texts).split())


def _in_text(text: str, source: str, page: Page, bonus: float) -> Iterator[Address]:
    site: str | None = None
    asked = False
    for postcode in postcodes(text):
        if postcode.country is None and not asked:
            site, asked = site_region(page).region, True
        place = place_at(text, postcode, site)
        if place:
            yield Address(
                street=place.street,
                postal_code=postcode.code,
                city=place.city,
                region=place.region,
                country=place.country,
                raw=_raw(text, postcode, place),
                source=source,
                confidence=round(min(0.95, place.confidence + bonus), 2),
            )


def _raw(text: str, postcode: Postcode, place: Place) -> str:
    """What the text has from the first word of the place to its last one."""
    first = (place.street or place.city or postcode.code).partition(",")[0]
    start = text.rfind(first, max(0, postcode.start - MAX_RAW), postcode.end)
    start = postcode.start if start < 0 else start
    end = postcode.end
    if postcode.leads and place.city:
        end = text.find(place.city, end) + len(place.city)
    return clean_text(text[start:end], MAX_RAW)
