"""Where a page has e-mail addresses: each place read by a function of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import cast
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.ciphers import base64_text, cloudflare, rot13, turned_mailto
from scrapersky.extract.email_address import email_address
from scrapersky.extract.email_text import Spot, plain_text, spots, text_address
from scrapersky.extract.mailboxes import is_role
from scrapersky.extract.page import Page
from scrapersky.extract.properties import strings
from scrapersky.extract.script_emails import hides_an_address, written_addresses
from scrapersky.extract.spelled_out import spelled_out

MAX_FOUND = 500
"""Addresses of one place that are looked at."""

_MAX_LINKS = 2_000
_MAX_HREF = 4_000
_MAX_SCRIPTS = 400_000
_BEFORE = 120

# As it is typed; "mail:" and "email:" work nowhere, but say what is meant.
_MAILTO = re.compile(
    r"(?:https?:/{0,2})?(?:mail[ -]?to|maito|malito|mailo|maillto|mailtto|mialto|mailtp|malto|mailt|mailot"
    r"|amilto|mailto:mailto|e-?mail|mail)\s?(?:[:;=]|%3A)\s?/{0,2}",
    re.IGNORECASE,
)
_MAYBE_MAIL = re.compile(r"@|%40|\(at\)|\[at\]|&#", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;]|\s{2,}|%2C|%3B", re.IGNORECASE)
_CLOUDFLARE = re.compile(
    r"data-cfemail\s?=\s?[\"']?([0-9a-fA-F]{6,400})|/cdn-cgi/l/email-protection#([0-9a-fA-F]{6,800})"
)
_DATA = re.compile(r"data-([\w-]{1,40})\s?=\s?(?:\"([^\"<>]{1,400})\"|'([^'<>]{1,400})')")
_MAIL_NAME = re.compile(r"mail|addr|contact|enc|href|link|b64|base64|cloak|obfus|protect|spam|user", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,400}={0,2}")
_BACKWARDS = re.compile(r"@[\w.+-]{1,60}")
_BACKWARDS_HEAD = re.compile(r"[a-z]{2,10}\.[\w.-]{2,80}\Z")
_CONTENT = re.compile(r"content\s?:\s?[\"']([^\"'\n]{6,200})[\"']")
_CSS_ESCAPE = re.compile(r"\\0{0,4}([0-9a-fA-F]{2}) ?")
_USER_PARTS = ("user", "name", "account", "local", "mailbox", "u", "part1", "login", "before", "first", "id", "mail-user", "email-user")
_DOMAIN_PARTS = ("domain", "host", "site", "d", "part2", "server", "after", "mail-domain", "email-domain", "second", "dom")
_TOP_PARTS = ("tld", "t", "part3", "ext", "suffix", "ending")
_METAS = ("reply-to", "reply to", "reply_to", "email", "e-mail", "contact", "og:email", "business:contact_data:email", "dc.publisher.email", "web_author_email", "owner")

_ALTS = etree.XPath("//img/@alt[contains(., '@')] | //area/@alt[contains(., '@')]")
_HANDLERS = etree.XPath("//@onclick | //@onmouseover | //@onmousedown | //@onfocus", smart_strings=False)
_ACTIONS = etree.XPath("//form/@action[contains(., '@')]", smart_strings=False)
_NOSCRIPTS = etree.XPath("//body//noscript//text()", smart_strings=False)
_SCRIPTS = etree.XPath("//script[not(@src)][not(contains(@type, 'json'))]/text()", smart_strings=False)
_STATES = etree.XPath("//script[contains(@type, '/json')]/text()", smart_strings=False)
_STYLES = etree.XPath("//style/text()", smart_strings=False)
_SPAMSPANS = etree.XPath("//*[contains(concat(' ', @class, ' '), ' spamspan ')]")


@dataclass(slots=True, frozen=True)
class Find:
    """An address where it was found."""

    value: str
    raw: str
    source: str
    confidence: float
    before: str = ""
    "The text that precedes it, where that is known."
    only_if_alone: bool = False
    "Whether it counts only when the page gives no address of its own."


def finds(page: Page) -> Iterator[Find]:
    """Everything, in the order of trust."""
    yield from in_links(page)
    yield from in_structured_data(page)
    yield from in_cloudflare_codes(page)
    yield from in_text(page)
    yield from in_attributes(page)
    yield from in_scripts(page)


def in_links(page: Page) -> Iterator[Find]:
    """`mailto:` links as they are, misspelt, encoded or inside JavaScript."""
    hrefs = [*page.hrefs, *cast("list[str]", _ACTIONS(page.tree))]
    count = 0
    for href in hrefs:
        link = href[:_MAX_HREF].strip()
        head = link[:60]
        if not (_MAYBE_MAIL.search(link) or "mail" in head.lower()):
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
    start = _MAILTO.match(link)
    if start:
        for value in mailto_addresses(link[start.end() :]):
            yield Find(value, href, "mailto", 0.97)
    elif "/" not in link and ":" not in link and "?" not in link:
        value = email_address(unquote(link, errors="replace"))
        if value:
            yield Find(value, href, "mailto", 0.9)


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
    start = _MAILTO.match(text)
    text = text[start.end() :] if start else text
    found = [spot.value for spot in spots(text)] or [spot.value for spot in spelled_out(text)]
    if not found and text.count("@") == 1:
        value = email_address(text)
        found = [value] if value else []
    yield from found


def in_structured_data(page: Page) -> Iterator[Find]:
    """`email` properties of JSON-LD and microdata, and meta elements that hold one."""
    for objects, source in ((page.json_ld, "json-ld"), (page.microdata, "microdata")):
        for key, text in strings(objects):
            if key.lower() in {"email", "e-mail", "mail"} and len(text) < _MAX_HREF:
                start = _MAILTO.match(text.strip())
                part = text.strip()[start.end() :] if start else text
                for value in mailto_addresses(part):
                    yield Find(value, text, source, 0.96)
    for name in _METAS:
        for content in page.metas.get(name, ()):
            value = email_address(content) if len(content) < 200 else None
            if value:
                yield Find(value, content, "meta", 0.85)


def in_cloudflare_codes(page: Page) -> Iterator[Find]:
    """What Cloudflare's Email Address Obfuscation has put in its place."""
    if "data-cfemail" not in page.source and "email-protection#" not in page.source:
        return
    for count, match in enumerate(_CLOUDFLARE.finditer(page.source)):
        if count == MAX_FOUND:
            return
        text = cloudflare(match[1] or match[2])
        for value in mailto_addresses(text or ""):
            yield Find(value, match[0], "cfemail", 0.97)


def in_text(page: Page) -> Iterator[Find]:
    """The visible text, and what it says where there are no scripts."""
    text = _readable(page.text)
    known: list[str] = []
    for spot in _all_spots(text):
        known.append(spot.value)
        yield _in_text(spot)
    if page.joined_text != page.text:
        for spot in spots(_readable(page.joined_text)):
            if not any(_is_glued(spot.value, value) for value in known):
                yield _in_text(spot)
    fallbacks = " ".join(" ".join(cast("list[str]", _NOSCRIPTS(page.tree)))[:_MAX_SCRIPTS].split())
    for spot in _all_spots(_readable(fallbacks)):
        yield _in_text(spot)
    if any(hint in page.source for hint in ("bidi-override", "rtl", "revers")):
        yield from _backwards(text)


def _readable(text: str) -> str:
    return plain_text(unescape(text) if "&#" in text or "&commat" in text else text)


def _all_spots(text: str) -> Iterator[Spot]:
    yield from spots(text)
    yield from spelled_out(text)


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
    for match in _BACKWARDS.finditer(text):
        word = _BACKWARDS_HEAD.search(text[max(0, match.start() - 100) : match.start()])
        code = (word[0] if word else "") + match[0]
        if not any(True for _ in spots(code)):
            for spot in spots(code[::-1]):
                yield Find(spot.value, code, "deobfuscated", 0.94)


def in_attributes(page: Page) -> Iterator[Find]:
    """Data attributes, alternative texts, addresses cut into elements or attributes."""
    names: set[str] = set()
    for match in _DATA.finditer(page.source):
        names.add(match[1])
        code = match[2] or match[3]
        if len(code) > 5 and ("@" in code or _MAIL_NAME.search(match[1])):
            yield from _in_data(match[1].lower(), code)
    for alt in _ALTS(page.tree):
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
    if name == "mailto-token":
        decoded = turned_mailto(text)
        found = mailto_addresses(decoded[7:]) if decoded else iter(())
    elif "@" in text:
        found = mailto_addresses(_MAILTO.sub("", text, count=1)) if len(text) < 120 and "{" not in text else iter(())
    else:
        found = _decoded(text)
    for value in found:
        yield Find(value, code, "attribute", 0.9)


def _decoded(text: str) -> Iterator[str]:
    decoded = base64_text(text) if _BASE64.fullmatch(text) else None
    if decoded:
        yield from mailto_addresses(_MAILTO.sub("", decoded, count=1))
        return
    for variant in (text, text[::-1], rot13(text)):
        found = [spot.value for spot in _all_spots(_readable(unquote(variant, errors="replace")))]
        if found:
            yield from found
            return


def _in_alt(alt: "etree._ElementUnicodeResult") -> Iterator[Find]:
    image = cast("HtmlElement", alt.getparent())
    near = f"{image.get('class')} {image.get('src')}".lower()
    for spot in spots(plain_text(str(alt)[:300])):
        # Users of a shop or forum are shown as pictures with their addresses for names.
        if "mail" in near or "mail" in spot.before.lower() or is_role(spot.value.partition("@")[0]):
            yield Find(spot.value, str(alt), "attribute", 0.85, spot.before)


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
    for span in _SPAMSPANS(page.tree)[:MAX_FOUND]:
        user, domain = (
            "".join("".join(part.itertext()) for part in span.iter("span") if part.get("class") == name)
            for name in ("u", "d")
        )
        local = re.sub(r"\s?[\[(]dot[\])]\s?", ".", user[:64]).strip()
        for spot in _all_spots(f"{local} [at] {domain[:200]}"):
            yield Find(spot.value, f"{user} {domain}", "deobfuscated", 0.95)


def _in_style(style: str) -> Iterator[Find]:
    """Text that a style sheet puts before or after an element."""
    for match in _CONTENT.finditer(style):
        text = _CSS_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), match[1])
        for spot in _all_spots(plain_text(text)):
            yield Find(spot.value, match[1], "deobfuscated", 0.9)


def in_scripts(page: Page) -> Iterator[Find]:
    """What scripts and event handlers put together; then what stands in them as it is."""
    handlers = [code for code in cast("list[str]", _HANDLERS(page.tree)) if hides_an_address(code)]
    scripts = cast("list[str]", _SCRIPTS(page.tree))
    for script in [*handlers[:MAX_FOUND], *scripts]:
        if hides_an_address(script):
            for spot in written_addresses(script[:_MAX_SCRIPTS]):
                yield Find(spot.value, spot.raw, "script", 0.93)
    for script in [*handlers[:MAX_FOUND], *scripts, *cast("list[str]", _STATES(page.tree))]:
        for spot in spots(plain_text(script[:_MAX_SCRIPTS])):
            if spot.before[-7:].lower() == "mailto:":
                yield Find(spot.value, spot.raw, "script", 0.93)
            else:
                yield Find(spot.value, spot.raw, "script", 0.75, spot.before, only_if_alone=True)
