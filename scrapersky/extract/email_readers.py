"""Where a page has e-mail addresses: each place read by a function of its own."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import cast

from lxml import etree

from scrapersky.extract.attribute_emails import in_attributes
from scrapersky.extract.ciphers import cloudflare
from scrapersky.extract.email_address import email_address
from scrapersky.extract.email_find import MAX_FOUND, Find
from scrapersky.extract.email_text import Spot, plain_text, readable_text, spots
from scrapersky.extract.link_emails import MAILTO, in_links, mailto_addresses
from scrapersky.extract.page import Page
from scrapersky.extract.properties import strings
from scrapersky.extract.script_emails import hides_an_address, written_addresses
from scrapersky.extract.spelled_out import all_spots

_MAX_SCRIPTS = 400_000
_MAX_JOINED = 100
_MAX_VALUE = 4_000
_CLOUDFLARE = re.compile(
    r"data-cfemail\s?=\s?[\"']?([0-9a-fA-F]{6,400})|/cdn-cgi/l/email-protection#([0-9a-fA-F]{6,800})"
)
_BACKWARDS = re.compile(r"@[\w.+-]{1,60}")
_BACKWARDS_HEAD = re.compile(r"[a-z]{2,10}\.[\w.-]{2,80}\Z")
_METAS = (
    "http-equiv:reply-to",
    "dc.publisher.address",
    "reply-to",
    "reply to",
    "reply_to",
    "email",
    "e-mail",
    "contact",
    "og:email",
    "business:contact_data:email",
    "dc.publisher.email",
    "web_author_email",
    "owner",
)
_EVENTS = ("onclick", "onmouseover", "onmousedown", "onfocus")
_NOSCRIPTS = etree.XPath("//body//noscript//text()", smart_strings=False)


def finds(page: Page) -> Iterator[Find]:
    """Everything, in the order of trust."""
    yield from in_links(page)
    yield from in_structured_data(page)
    yield from in_cloudflare_codes(page)
    yield from in_text(page)
    yield from in_attributes(page)
    yield from in_scripts(page)


def in_structured_data(page: Page) -> Iterator[Find]:
    """`email` properties of JSON-LD and microdata, and meta elements that hold one."""
    for objects, source in ((page.json_ld, "json-ld"), (page.microdata, "microdata")):
        for key, text in strings(objects):
            if key.lower() in {"email", "e-mail", "mail"} and len(text) < _MAX_VALUE:
                start = MAILTO.match(text.strip())
                part = text.strip()[start.end() :] if start else text
                for value in mailto_addresses(part):
                    yield Find(value, text, source, 0.96)
    for name in _METAS:
        for content in page.metas.get(name, ()):
            address = email_address(content) if len(content) < 200 else None
            if address:
                yield Find(address, content, "meta", 0.85, only_if_own=True)


def in_cloudflare_codes(page: Page) -> Iterator[Find]:
    """What Cloudflare's Email Address Obfuscation has put in its place."""
    if "data-cfemail" not in page.source and "email-protection#" not in page.source:
        return
    for match in islice(_CLOUDFLARE.finditer(page.source), MAX_FOUND):
        text = cloudflare(match[1] or match[2])
        for value in mailto_addresses(text or ""):
            yield Find(value, match[0], "cfemail", 0.97)


def in_text(page: Page) -> Iterator[Find]:
    """The visible text, and what it says where there are no scripts."""
    text = readable_text(page.text)
    known: dict[str, None] = {}
    for spot in all_spots(text):
        known[spot.value] = None
        yield _in_text(spot)
    if page.joined_text != page.text:
        yield from _in_joined_text(readable_text(page.joined_text), known)
    if b"<noscript" in page.lowered:
        fallbacks = " ".join(cast("list[str]", _NOSCRIPTS(page.tree)))[:_MAX_SCRIPTS]
        for spot in all_spots(readable_text(" ".join(fallbacks.split()))):
            yield _in_text(spot)
    if any(hint in page.source for hint in ("bidi-override", "rtl", "revers")):
        yield from _backwards(text)


def _in_joined_text(text: str, known: dict[str, None]) -> Iterator[Find]:
    """What was cut into elements, but for words that now are glued to an address."""
    new = (spot for spot in spots(text) if spot.value not in known)
    for spot in islice(new, _MAX_JOINED):
        if not any(_is_glued(spot.value, value) for value in known):
            yield _in_text(spot)


def _in_text(spot: Spot) -> Find:
    source, confidence = ("deobfuscated", 0.94) if spot.disguised else ("text", 0.95)
    return Find(spot.value, spot.raw, source, confidence, spot.before)


def _is_glued(longer: str, value: str) -> bool:
    """Whether the one is the other with words glued to its ends."""
    local, _, domain = value.rpartition("@")
    long_local, _, long_domain = longer.rpartition("@")
    return long_local.endswith(local) and long_domain.startswith(domain)


def _backwards(text: str) -> Iterator[Find]:
    """What a style sheet turns round: moc.yrekab@ofni."""
    for match in islice(_BACKWARDS.finditer(text), MAX_FOUND):
        word = _BACKWARDS_HEAD.search(text[max(0, match.start() - 100) : match.start()])
        code = (word[0] if word else "") + match[0]
        if not any(True for _ in spots(code)):
            for spot in spots(code[::-1]):
                yield Find(spot.value, code, "deobfuscated", 0.94)


def in_scripts(page: Page) -> Iterator[Find]:
    """What scripts and event handlers put together; then what stands in them as it is."""
    handlers = [code for code in _handlers(page) if hides_an_address(code)][:MAX_FOUND]
    scripts, states = _scripts(page)
    for script in [*handlers, *filter(hides_an_address, scripts)]:
        for spot in written_addresses(script[:_MAX_SCRIPTS]):
            yield Find(spot.value, spot.raw, "script", 0.93)
    for script in [*handlers, *scripts, *states]:
        for spot in spots(plain_text(script[:_MAX_SCRIPTS])):
            if spot.before[-7:].lower() == "mailto:":
                yield Find(spot.value, spot.raw, "script", 0.93)
            else:
                yield Find(spot.value, spot.raw, "script", 0.75, spot.before, only_if_alone=True)


def _handlers(page: Page) -> list[str]:
    used = tuple(name for name in _EVENTS if name.encode() in page.lowered)
    return cast("list[str]", _attributes(used)(page.tree)) if used else []


@cache
def _attributes(names: tuple[str, ...]) -> etree.XPath:
    return etree.XPath(" | ".join(f"//@{name}" for name in names), smart_strings=False)


def _scripts(page: Page) -> tuple[list[str], list[str]]:
    """Those that are run, and the data that they begin with."""
    scripts: list[str] = []
    states: list[str] = []
    for element in page.tree.iter("script"):
        kind = element.get("type") or ""
        if element.text and "json" not in kind and element.get("src") is None:
            scripts.append(element.text)
        elif element.text and "/json" in kind:
            states.append(element.text)
    return scripts, states
