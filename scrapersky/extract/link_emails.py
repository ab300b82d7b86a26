"""E-mail addresses in links: `mailto:` as it is, misspelt, encoded or inside JavaScript."""

import re
from collections.abc import Iterator
from html import unescape
from typing import cast
from urllib.parse import unquote

from lxml import etree

from scrapersky.extract.email_address import email_address
from scrapersky.extract.email_find import MAX_FOUND, Find
from scrapersky.extract.email_text import plain_text, spots
from scrapersky.extract.page import Page
from scrapersky.extract.script_emails import written_addresses
from scrapersky.extract.spelled_out import spelled_out

_MAX_LINKS = 2_000
_MAX_HREF = 4_000

# As it is typed; "mail:" and "email:" work nowhere, but say what is meant.
MAILTO = re.compile(
    r"(?:https?:/{0,2})?(?:mail[ -]?to|maito|malito|mailo|maillto|mailtto|mialto|mailtp|malto|mailt"
    r"|mailot|amilto|mailto:mailto|e-?mail|mail)\s?(?:[:;=]|%3A)\s?/{0,2}",
    re.IGNORECASE,
)
_MAYBE_MAIL = re.compile(r"@|%40|\(at\)|\[at\]|&#", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;]|\s{2,}|%2C|%3B", re.IGNORECASE)
_ACTIONS = etree.XPath("//form/@action[contains(., '@')]", smart_strings=False)


def in_links(page: Page) -> Iterator[Find]:
    """`mailto:` links as they are, misspelt, encoded or inside JavaScript."""
    hrefs = [*page.hrefs, *cast("list[str]", _ACTIONS(page.tree))]
    count = 0
    for whole in hrefs:
        href = whole[:_MAX_HREF]
        link = href.strip()
        head = link[:60].lower()
        if not (_MAYBE_MAIL.search(link) or "mail" in head or head.startswith("javascript:")):
            continue
        count += 1
        if count > _MAX_LINKS:
            return
        yield from _in_link(link, href)


def _in_link(link: str, href: str) -> Iterator[Find]:
    link = unescape(link) if "&" in link else link
    if link[:11].lower() == "javascript:":
        for spot in written_addresses(unquote(link[11:], errors="replace")):
            yield Find(spot.value, href, "deobfuscated", 0.96)
        return
    start = MAILTO.match(link)
    if start:
        for value in mailto_addresses(link[start.end() :]):
            yield Find(value, href, "mailto", 0.97)
    elif "/" not in link and ":" not in link and "?" not in link:
        address = email_address(unquote(link, errors="replace"))
        if address:
            yield Find(address, href, "mailto", 0.9)


def mailto_addresses(text: str) -> Iterator[str]:
    """RFC 6068: addresses before the `?`, and in the field `to`; percent-encoded each."""
    addresses, _, query = text.partition("?")
    parts = _SEPARATORS.split(addresses)
    for pair in query.replace("&amp;", "&").split("&"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "to":
            parts += _SEPARATORS.split(unquote(value, errors="replace"))
    for part in parts[:MAX_FOUND]:
        yield from _link_part(part)


def _link_part(part: str) -> Iterator[str]:
    text = unquote(unquote(part, errors="replace"), errors="replace").strip()
    text = plain_text(unescape(text) if "&" in text else text)
    start = MAILTO.match(text)
    text = text[start.end() :] if start else text
    found = [spot.value for spot in spots(text)] or [spot.value for spot in spelled_out(text)]
    if not found and text.count("@") == 1:
        value = email_address(text)
        found = [value] if value else []
    yield from found
