"""Phone numbers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import unquote

import phonenumbers as pn

from scrapersky.extract.contact import MAX_RAW, Phone, PhoneType
from scrapersky.extract.page import Page
from scrapersky.extract.phone_candidates import Candidate, candidates
from scrapersky.extract.phone_labels import Label
from scrapersky.extract.phone_plan import Form, Number, is_fiction, phone_type, read_number
from scrapersky.extract.properties import strings
from scrapersky.extract.region import region_votes
from scrapersky.extract.text import clean_text

MAX_PHONES = 400
"""Numbers of a page that are looked at, of each source."""

_LINK = re.compile(r"\s*(tel|callto|sms|phone):", re.IGNORECASE)


def phones(page: Page) -> list[Phone]:
    """The numbers of the page, each once, the best first."""
    regions = tuple(region for region, _ in region_votes(page)[:4]) or ('US',)
    best: dict[str, Phone] = {}
    for phone in _found(page, regions):
        known = best.get(phone.value)
        best[phone.value] = _merged(known, phone) if known else phone
    return sorted(best.values(), key=lambda phone: -phone.confidence)


def _merged(one: Phone, other: Phone) -> Phone:
    better = other if other.confidence > one.confidence else one
    return replace(better, extension=one.extension or other.extension)


def _found(page: Page, regions: tuple[str, ...]) -> Iterator[Phone]:
    read = partial(read_number, regions=regions)
    for href in page.hrefs:
        link = _LINK.match(href[:20])
        if link:
            text = unquote(href.strip().partition(":")[2], errors="replace").partition(";")[0]
            number = read(text)
            if number and not is_fiction(number.parsed):
                yield _phone(number, raw=href, source=link[1].lower(), confidence=0.95)
    for objects, source in ((page.json_ld, "json-ld"), (page.microdata, "microdata")):
        for key, text in strings(objects):
            if key in ("telephone", "faxNumber"):
                for c in candidates("Tel: "+text, read):
                    p=_phone(c.number, raw=text, source=source, confidence=.93, extension=c.extension)
                    yield replace(p, type=PhoneType.FAX) if key == "faxNumber" else p
    for candidate in candidates(page.text, read):
        yield from _from_text(candidate)


def _from_text(c: Candidate) -> Iterator[Phone]:
    if is_fiction(c.number.parsed):
        return
    conf = _confidence(c)
    if conf < .5:
        return
    p = _phone(c.number, raw=c.raw, source="text", confidence=conf, extension=c.extension)
    if c.label and c.label.label is Label.FAX:
        p = replace(p, type=PhoneType.FAX)
    yield p


def _confidence(c: Candidate) -> float:
    form = c.number.form
    label = c.label
    if label and label.label is Label.OTHER:
        return 0
    if label and label.label is Label.DOUBT:
        if form < Form.STRONG: return 0
        label = None
    if label:
        conf = .95 if label.close else .85
        return conf if c.number.sure else conf - .1
    if not c.number.sure and c.number.parsed.country_code!=1:
        return 0
    conf = {Form.INTERNATIONAL: .9, Form.STRONG: .85, Form.FAIR: 0.4 if c.prose else .6, Form.WEAK: 0}[form]
    return conf if c.number.sure else conf - .1


def _phone(number: Number, *, raw: str, source: str, confidence: float, extension=None) -> Phone:
    return Phone(
        value=pn.format_number(number.parsed, pn.PhoneNumberFormat.E164),
        raw=clean_text(raw, MAX_RAW),
        source=source,
        confidence=confidence,
        type=phone_type(number.parsed),
        national=pn.format_number(number.parsed, pn.PhoneNumberFormat.NATIONAL),
        region=number.region,
        extension=extension,
    )
