"""Phone numbers."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from scrapersky.extract.contact import MAX_RAW, Phone, PhoneType
from scrapersky.extract.page import Page
from scrapersky.extract.properties import strings
from scrapersky.extract.text import clean_text

# A run of digits with the separators of RFC 3966 and those that people type.
_NUMBER = re.compile("[+\uff0b]?[ (]{0,3}[0-9][0-9 ()./\u00a0\u2010-\u2015\u2212-]*")
# Zero-width and direction marks, which come along when a number is copied out of a document.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NOT_DIGITS = re.compile("[^0-9]")
_TRUNK_ZERO = re.compile(r"\(\s?0\s?\)")
_ASCENDING = "01234567890"
_MIN_DIGITS = 7
_MAX_DIGITS = 15  # ITU-T E.164


def phones(page: Page) -> list[Phone]:
    """The numbers of the page, each once, the best first."""
    best: dict[str, Phone] = {}
    for phone in _candidates(page):
        known = best.get(phone.value)
        if known is None or phone.confidence > known.confidence:
            best[phone.value] = phone
    return sorted(best.values(), key=lambda phone: -phone.confidence)


def phone_number(text: str) -> str | None:
    """`+` and digits where the number says that it is international, else its digits.

    The first number in the text; 7 to 15 digits (E.164); `(0)` after a country code is the trunk
    prefix that is dropped from abroad.
    """
    match = _NUMBER.search(_INVISIBLE.sub("", text))
    if match is None:
        return None
    number = match[0]
    digits = _NOT_DIGITS.sub("", number)
    international = number[0] in "+\uff0b" or digits.startswith("00")
    if international:
        digits = _NOT_DIGITS.sub("", _TRUNK_ZERO.sub("", number, count=1)).removeprefix("00")
    if not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS or _is_dummy(digits):
        return None
    # No country code begins with 0: "+030 …" is a national number that was typed wrongly.
    return f"+{digits}" if international and digits[0] != "0" else digits


def _is_dummy(digits: str) -> bool:
    return len(set(digits)) == 1 or digits in _ASCENDING


def _candidates(page: Page) -> Iterator[Phone]:
    for href in page.hrefs:
        if href[:10].lstrip().lower().startswith(("tel:", "callto:")):
            yield from _from_tel(href)
    for objects, source in ((page.json_ld, "json-ld"), (page.microdata, "microdata")):
        for key, text in strings(objects):
            if key == "telephone":
                number = text.partition(";")[0]
                yield from _phone(number, raw=text, source=source, confidence=0.85)


def _from_tel(href: str) -> Iterator[Phone]:
    """RFC 3966: the number before the first parameter (`;ext=`, `;phone-context=`)."""
    scheme, _, rest = href.strip().partition(":")
    number = unquote(rest, errors="replace").partition(";")[0]
    source = scheme.lower()
    confidence = 0.95 if source == "tel" else 0.9
    yield from _phone(number, raw=href, source=source, confidence=confidence)


def _phone(text: str, *, raw: str, source: str, confidence: float) -> Iterator[Phone]:
    value = phone_number(text)
    if value:
        yield Phone(
            value=value,
            raw=clean_text(raw, MAX_RAW),
            source=source,
            confidence=confidence,
            type=PhoneType.OTHER,
            national=value,
            region=None,
        )
