"""E-mail addresses in attributes and style sheets, and those that are cut into several of them."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import cast
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.ciphers import base64_text, rot13, turned_mailto
from scrapersky.extract.email_find import MAX_FOUND, Find
from scrapersky.extract.email_text import plain_text, readable_text, spots, text_address
from scrapersky.extract.link_emails import MAILTO, mailto_addresses
from scrapersky.extract.mailboxes import is_role
from scrapersky.extract.page import Page
from scrapersky.extract.spelled_out import all_spots
from scrapersky.extract.suffixes import has_public_suffix

_MAX_PLAIN = 120

_DATA = re.compile(r"data-([\w-]{1,40})\s?=\s?(?:\"([^\"<>]{1,400})\"|'([^'<>]{1,400})')")
_TITLE = re.compile(
    r"title=(?:\"([^\"<>@]{0,300}@[^\"<>]{3,200})\"|'([^'<>@]{0,300}@[^'<>]{3,200})')"
)
_MAIL_NAME = re.compile(
    r"mail|addr|contact|enc|href|link|b64|base64|cloak|obfus|protect|spam|user", re.IGNORECASE
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,400}={0,2}")
_CONTENT = re.compile(r"content\s?:\s?[\"']([^\"'\n]{6,200})[\"']")
_CSS_ESCAPE = re.compile(r"\\0{0,4}([0-9a-fA-F]{2}) ?")
_USER_PARTS = (
    "user",
    "name",
    "account",
    "local",
    "mailbox",
    "u",
    "part1",
    "login",
    "before",
    "first",
    "id",
    "mail-user",
    "email-user",
)
_DOMAIN_PARTS = (
    "domain",
    "host",
    "site",
    "d",
    "part2",
    "server",
    "after",
    "mail-domain",
    "email-domain",
    "second",
    "dom",
)
_TOP_PARTS = ("tld", "t", "part3", "ext", "suffix", "ending")
_ALTS = etree.XPath("//img[contains(@alt, '@')] | //area[contains(@alt, '@')]")
_STYLES = etree.XPath("//style/text()", smart_strings=False)
_SPAMSPANS = etree.XPath("//*[contains(concat(' ', @class, ' '), ' spamspan ')]")


def in_attributes(page: Page) -> Iterator[Find]:
    """Data attributes, alternative texts, addresses cut into elements or attributes."""
    names: set[str] = set()
    for match in _DATA.finditer(page.source):
        names.add(match[1])
        code = match[2] or match[3]
        if len(code) > 5 and ("@" in code or _MAIL_NAME.search(match[1])):
            yield from _in_data(match[1].lower(), code)
    for match in _TITLE.finditer(page.source):
        yield from _in_title(match[1] or match[2])
    for alt in cast("list[HtmlElement]", _ALTS(page.tree)):
        yield from _in_alt(alt)
    for name in _DOMAIN_PARTS:
        if name in names:
            yield from _in_parts(page, name)
    if "spamspan" in page.source:
        yield from _in_spamspans(page)
    if "content" in page.source:
        for style in cast("list[str]", _STYLES(page.tree)):
            yield from _in_style(style)


def _in_data(name: str, code: str) -> Iterator[Find]:
    if name == "cfemail" or "placeholder" in name:
        return
    text = unescape(unescape(code))
    found: list[str] = []
    if name == "mailto-token":
        found = list(mailto_addresses((turned_mailto(text) or "").removeprefix("mailto:")))
    elif "@" in text and len(text) < _MAX_PLAIN and "{" not in text:
        plain = mailto_addresses(MAILTO.sub("", text, count=1))
        # ROT13 leaves an address that only its top-level domain gives away.
        found = [value for value in plain if has_public_suffix(value.rpartition("@")[2])]
    if not found and _MAIL_NAME.search(name):
        found = list(_decoded(text))
    for value in found:
        yield Find(value, code, "attribute", 0.9)


def _decoded(text: str) -> Iterator[str]:
    decoded = base64_text(text) if _BASE64.fullmatch(text) else None
    if decoded:
        yield from mailto_addresses(MAILTO.sub("", decoded, count=1))
        return
    for variant in (text, text[::-1], rot13(text).replace("[ng]", "[at]")):
        found = [
            spot.value for spot in all_spots(readable_text(unquote(variant, errors="replace")))
        ]
        if found:
            yield from found
            return


def _in_title(text: str) -> Iterator[Find]:
    """What is shown when the mouse rests on an element."""
    for spot in spots(plain_text(unescape(text))):
        if "mail" in spot.before.lower() or is_role(spot.value.partition("@")[0]):
            yield Find(spot.value, text, "attribute", 0.85, spot.before, only_if_own=True)


def _in_alt(image: HtmlElement) -> Iterator[Find]:
    alt = (image.get("alt") or "")[:300]
    near = f"{image.get('class')} {image.get('src')}".lower()
    for spot in spots(plain_text(alt)):
        # Users of a shop or forum are shown as pictures with their addresses for names.
        named = "mail" in near or "mail" in spot.before.lower()
        if named or is_role(spot.value.partition("@")[0]):
            yield Find(spot.value, alt, "attribute", 0.85, spot.before)


def _in_parts(page: Page, name: str) -> Iterator[Find]:
    """`data-user` and `data-domain`, in the names that people give them."""
    for element in page.tree.xpath(f"//*[@data-{name}]")[:MAX_FOUND]:
        local = _first_of(element, _USER_PARTS)
        domain = element.get(f"data-{name}") or ""
        top = _first_of(element, _TOP_PARTS)
        value = local and text_address(local, f"{domain}.{top.strip('.')}" if top else domain)
        if value:
            yield Find(value, f"{local} {domain} {top}", "deobfuscated", 0.93)


def _first_of(element: HtmlElement, names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := element.get(f"data-{name}"))), "")


def _in_spamspans(page: Page) -> Iterator[Find]:
    """Drupal's SpamSpan: classes `u` and `d`, whatever stands between them."""
    for span in cast("list[HtmlElement]", _SPAMSPANS(page.tree))[:MAX_FOUND]:
        user, domain = (
            "".join(
                "".join(part.itertext()) for part in span.iter("span") if part.get("class") == name
            )
            for name in ("u", "d")
        )
        local = re.sub(r"\s?[\[(]dot[\])]\s?", ".", user[:64]).strip()
        for spot in all_spots(f"{local} [at] {domain[:200]}"):
            yield Find(spot.value, f"{user} {domain}", "deobfuscated", 0.95)


def _in_style(style: str) -> Iterator[Find]:
    """Text that a style sheet puts before or after an element."""
    for match in islice(_CONTENT.finditer(style), MAX_FOUND):
        text = _CSS_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), match[1])
        for spot in all_spots(plain_text(text)):
            yield Find(spot.value, match[1], "deobfuscated", 0.9)
