"""Postal addresses: what is marked up as one, then what stands around a postcode."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from lxml.html import HtmlElement

from scrapersky.extract.address import MAX_RAW, Address
from scrapersky.extract.company_names import fold
from scrapersky.extract.marked_addresses import address_texts, marked_addresses
from scrapersky.extract.page import Page
from scrapersky.extract.places import Place, place_at
from scrapersky.extract.postcodes import Postcode, postcodes
from scrapersky.extract.region import site_region
from scrapersky.extract.text import clean_text

__all__ = ["MAX_ADDRESSES", "Address", "addresses"]

MAX_ADDRESSES = 50
"""Of a page."""

_LEAST_SURE = 0.4
_HEAD, _FOOT = 120_000, 80_000
"""Characters of the visible text that are searched, at its beginning and at its end."""


def addresses(page: Page) -> list[Address]:
    """The addresses of a page, the most certain first, each once; at most 50."""
    found = [*marked_addresses(page), *_written(page)]
    merged: dict[str, Address] = {}
    for address in found:
        key = _key(address)
        merged[key] = _richer(merged[key], address) if key in merged else address
    kept = [address for address in merged.values() if not _is_part(address, merged.values())]
    return sorted(kept, key=lambda address: -address.confidence)[:MAX_ADDRESSES]


def _is_part(address: Address, others: Iterable[Address]) -> bool:
    """Whether another one has what it has, and the street or the postcode that it lacks."""
    if address.street and address.postal_code:
        return False
    street = fold(address.street or "")
    return any(
        other.street
        and other.postal_code
        and (address.postal_code == other.postal_code or street.startswith(fold(other.street)))
        for other in others
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


def _written(page: Page) -> Iterator[Address]:
    marked = _marked_up(page.tree)
    for source, text in address_texts(page):
        yield from _in_text(text, source, page, 0.1)
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
    site = cache(lambda: _site(page))
    since = 0
    for postcode in postcodes(text):
        place = place_at(text, postcode, site, since)
        if place:
            since = postcode.end
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


def _site(page: Page) -> str | None:
    """The site's country, unless the postcode in question is all that speaks for it."""
    guess = site_region(page)
    return guess.region if guess.confidence >= _LEAST_SURE else None


def _raw(text: str, postcode: Postcode, place: Place) -> str:
    """What the text has from the first word of the place to its last one."""
    first = (place.street or place.city or postcode.code).partition(",")[0]
    start = text.rfind(first, max(0, postcode.start - MAX_RAW), postcode.end)
    start = postcode.start if start < 0 else start
    end = postcode.end
    if postcode.leads and place.city:
        end = text.find(place.city, end) + len(place.city)
    return clean_text(text[start:end], MAX_RAW)
