"""Phone numbers: where a page has them, and how far each is to be believed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import phonenumbers as pn

from scrapersky.extract.contact import MAX_RAW, Phone, PhoneType
from scrapersky.extract.page import Page
from scrapersky.extract.phone_candidates import Candidate, Reader, candidates
from scrapersky.extract.phone_fiction import is_fiction
from scrapersky.extract.phone_labels import Label
from scrapersky.extract.phone_links import phone_links
from scrapersky.extract.phone_plan import (
    Form,
    Number,
    PlanReader,
    Regions,
    read_abroad,
)
from scrapersky.extract.phone_trust import is_third_party, trust
from scrapersky.extract.properties import strings
from scrapersky.extract.region import region_votes
from scrapersky.extract.text import clean_text

MAX_FINDS = 500
"""Numbers that are looked at, of each source. A page with more is a directory."""

_WORTH_A_TRY = 0.5
"""Votes from which a country's numbering plan is tried, if it is not the likeliest."""
_CERTAIN = 1.0
"""Votes from which the likeliest country's plan goes before North America's very own form."""
_STRUCTURED = {"telephone": False, "faxnumber": True}
_METAS = {
    "og:phone_number": False,
    "og:fax_number": True,
    "business:contact_data:phone_number": False,
    "business:contact_data:fax_number": True,
    "telephone": False,
    "phone": False,
}
_ATTRIBUTE = re.compile(r"data-(?:phone|tel|mobile)[a-z-]{0,20}=[\"']([^\"'<>]{7,40})[\"']")
# RFC 2606, RFC 6761: sites that are not of this world have numbers that are not.
_RESERVED = (".test", ".example", ".invalid", ".localhost")


@dataclass(slots=True, frozen=True, kw_only=True)
class _Find:
    phone: Phone
    fax: bool | None
    "What the label says; None where there is none."


def phones(page: Page) -> list[Phone]:
    """The numbers of the page, each once, the best first, faxes last."""
    read = PlanReader(_regions(page))
    finds: dict[str, list[_Find]] = {}
    for find in _finds(page, read):
        finds.setdefault(find.phone.value, []).append(find)
    merged = map(_merged, finds.values())
    return sorted(merged, key=lambda phone: (phone.type is PhoneType.FAX, -phone.confidence))


def _regions(page: Page) -> Regions:
    """Where a number without a country code may be, the likeliest first."""
    votes = region_votes(page)
    usual = [region for region, weight in votes[:4] if weight >= _WORTH_A_TRY]
    return Regions(usual, certain=bool(votes) and votes[0][1] >= _CERTAIN)


def _finds(page: Page, read: Reader) -> Iterator[_Find]:
    found = (
        _from_links(page, read),
        _from_structured_data(page, read),
        _from_metas(page, read),
        _from_attributes(page, read),
        _from_text(page, read),
    )
    fiction = page.host.endswith(_RESERVED)
    for finds in found:
        for number, find in islice(finds, MAX_FINDS):
            if fiction or not is_fiction(number.parsed):
                yield find


def _merged(finds: list[_Find]) -> Phone:
    """One of one number: the find that is best, and what all of them tell."""
    best = max((find.phone for find in finds), key=lambda phone: phone.confidence)
    labels = {find.fax for find in finds}
    kind = PhoneType.FAX if True in labels and False not in labels else best.type
    if kind is not PhoneType.FAX and any(f.phone.type is PhoneType.MOBILE for f in finds):
        kind = PhoneType.MOBILE
    extension = next((find.phone.extension for find in finds if find.phone.extension), None)
    several = len({find.phone.source for find in finds}) > 1
    confidence = min(0.99, best.confidence + 0.03) if several else best.confidence
    return replace(best, type=kind, extension=extension, confidence=round(confidence, 2))


def _from_links(page: Page, read: Reader) -> Iterator[tuple[Number, _Find]]:
    for link in phone_links(page.hrefs):
        for number, extension in _numbers(link.text, read):
            trusted = (0.95 if number.sure else 0.8) - link.doubt
            phone = _phone(number, raw=link.href, source=link.source, confidence=trusted)
            kind = PhoneType.MOBILE if link.mobile else phone.type
            phone = replace(phone, extension=link.extension or extension, type=kind)
            yield number, _Find(phone=phone, fax=None)


def _from_structured_data(page: Page, read: Reader) -> Iterator[tuple[Number, _Find]]:
    for objects, source in ((page.json_ld, "json-ld"), (page.microdata, "microdata")):
        for key, text in strings(objects):
            fax = _STRUCTURED.get(key.lower())
            if fax is not None:
                yield from _from_value(text, read, source=source, fax=fax)


def _from_metas(page: Page, read: Reader) -> Iterator[tuple[Number, _Find]]:
    for key, fax in _METAS.items():
        for text in page.metas.get(key, ()):
            yield from _from_value(text, read, source="meta", fax=fax)


def _from_value(
    text: str, read: Reader, *, source: str, fax: bool
) -> Iterator[tuple[Number, _Find]]:
    for number, extension in _numbers(text, read):
        trusted = 0.93 if number.sure else 0.8
        phone = _phone(number, raw=text, source=source, confidence=trusted)
        yield number, _Find(phone=replace(phone, extension=extension), fax=fax)


def _from_attributes(page: Page, read: Reader) -> Iterator[tuple[Number, _Find]]:
    for attribute in _ATTRIBUTE.finditer(page.source):
        number = read(attribute[1])
        if number and number.sure and number.form > Form.WEAK:
            phone = _phone(number, raw=attribute[1], source="attribute", confidence=0.8)
            yield number, _Find(phone=phone, fax=None)


def _from_text(page: Page, read: Reader) -> Iterator[tuple[Number, _Find]]:
    for candidate in candidates(page.text, read):
        confidence = trust(candidate)
        if not confidence or is_third_party(candidate):
            continue
        number, label = candidate.number, candidate.label.label if candidate.label else None
        phone = _phone(number, raw=candidate.raw, source="text", confidence=confidence)
        if label is Label.MOBILE and phone.type is PhoneType.OTHER:
            phone = replace(phone, type=PhoneType.MOBILE)
        told = label in {Label.PHONE, Label.MOBILE, Label.BOTH, Label.FAX}
        fax = label is Label.FAX if told else None
        yield number, _Find(phone=replace(phone, extension=candidate.extension), fax=fax)


def _numbers(text: str, read: Reader) -> Iterable[tuple[Number, str | None]]:
    """Those in a value that is meant to hold one: `+1 212 …; ext=5`, `a / b`."""
    text = text[:MAX_RAW]
    found: list[Candidate] = list(candidates(f"Tel: {text}", read))
    if found:
        return [(candidate.number, candidate.extension) for candidate in found]
    number = read(text) or read_abroad(text)
    return [(number, None)] if number else []


def _phone(number: Number, *, raw: str, source: str, confidence: float) -> Phone:
    return Phone(
        value=pn.format_number(number.parsed, pn.PhoneNumberFormat.E164),
        raw=clean_text(raw, MAX_RAW),
        source=source,
        confidence=round(confidence, 2),
        type=number.type,
        national=pn.format_number(number.parsed, pn.PhoneNumberFormat.NATIONAL),
        region=number.region,
    )
