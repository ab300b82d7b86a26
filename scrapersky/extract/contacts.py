"""How to reach the owner: what links and JSON-LD say outright."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import idna
from tldextract import TLDExtract

from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.links import hrefs
from scrapersky.extract.page import Page
from scrapersky.extract.social import profile
from scrapersky.extract.text import clean_text
from scrapersky.extract.urls import host_of, within
from scrapersky.states import ContactKind

MAX_CONTACTS = 200
"""Of a page. A directory's page has more, and they are not its owner's."""
_MAX_RAW = 512
_MAX_ADDRESSES = 50
_MAX_NODES = 20_000


@dataclass(slots=True, frozen=True, kw_only=True)
class Contact:
    """One way to reach somebody, with its provenance."""

    kind: ContactKind
    value: str
    """An e-mail address with its domain in lower case and ASCII; a phone number as `+` and digits,
    without the `+` where its country is not stated; a profile's canonical https URL."""
    raw: str
    "As it stood, cut at 512 characters."
    source: str
    "`mailto`, `tel`, `callto`, `link`, `json-ld` or `sameAs`."
    confidence: float
    network: str | None = None
    "Of a social profile."


_PUBLIC_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None)

_FILE_ENDINGS = frozenset(
    ["css", "gif", "html", "jpeg", "jpg", "js", "json", "pdf", "php", "png", "svg", "webp", "xml"]
)

# RFC 5322's dot-atom, without quoted strings, which nobody has.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_ANGLE = re.compile(r"<([^<>]*)>")

# Reserved by RFC 2606 and RFC 6761, then what templates hold.
_PLACEHOLDER_DOMAINS = (
    "company.com",
    "domain.com",
    "email.com",
    "example.com",
    "example.de",
    "example.edu",
    "example.net",
    "example.org",
    "mydomain.com",
    "mysite.com",
    "sitename.com",
    "test.com",
    "website.com",
    "your-domain.com",
    "yourcompany.com",
    "yourdomain.com",
    "yourdomain.de",
    "yoursite.com",
    "yourwebsite.com",
)
_PLACEHOLDER_LOCALS = frozenset(
    {
        "first.last",
        "firstname.lastname",
        "max.mustermann",
        "mustermann",
        "your",
        "your-email",
        "your.email",
        "your.name",
        "your_email",
        "youremail",
        "yourname",
    }
)

# A run of digits with the separators of RFC 3966 and those that people type.
_NUMBER = re.compile("[+\uff0b]?[ (]{0,3}[0-9][0-9 ()./\u00a0\u2010-\u2015\u2212-]*")
# Zero-width and direction marks, which come along when a number is copied out of a document.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NOT_DIGITS = re.compile("[^0-9]")
_TRUNK_ZERO = re.compile(r"\(\s?0\s?\)")
_ASCENDING = "01234567890"
_MIN_DIGITS = 7
_MAX_DIGITS = 15  # ITU-T E.164


def contacts(page: Page, json_ld: list[JsonObject]) -> list[Contact]:
    """E-mail addresses, phone numbers and social profiles: each once, the best first.

    Ordered by confidence, then links before JSON-LD, then as they stand in the document.
    """
    best: dict[tuple[ContactKind, str], Contact] = {}
    for contact in (*_from_links(page), *_from_json_ld(json_ld)):
        key = (contact.kind, contact.value.lower())
        known = best.get(key)
        if known is None and len(best) == MAX_CONTACTS:
            continue
        if known is None or contact.confidence > known.confidence:
            best[key] = contact
    return sorted(best.values(), key=lambda contact: -contact.confidence)


def email_address(text: str) -> str | None:
    """The address in lower case, its domain in ASCII; None when it is none or a placeholder.

    RFC 5321's lengths and RFC 5322's dot-atom. To RFC 5321 the case before the @ matters; to no
    mail provider does it.
    """
    text = _INVISIBLE.sub("", text)
    inner = _ANGLE.search(text)
    address = (inner[1] if inner else text).strip(" \t\r\n\u00a0.,;:'\"<>()[]")
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    ascii_domain = _ascii_domain(domain)
    if ascii_domain is None or _is_placeholder(local.lower(), ascii_domain):
        return None
    return f"{local.lower()}@{ascii_domain}"


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


def _ascii_domain(domain: str) -> str | None:
    domain = domain.strip().rstrip(".").lower()
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            return None
    if len(domain) > 253 or not all(
        len(label) <= 63 and _LABEL.fullmatch(label) for label in domain.split(".")
    ):
        return None
    suffix = _PUBLIC_SUFFIXES(domain)
    if suffix.suffix:
        return domain if suffix.domain else None
    # Top-level domains are newer than the bundled list; what looks like a file's name is none.
    top = domain.rpartition(".")[2]
    return (
        domain
        if "." in domain and len(top) > 1 and top.isalpha() and top not in _FILE_ENDINGS
        else None
    )


def _is_placeholder(local: str, domain: str) -> bool:
    return local in _PLACEHOLDER_LOCALS or any(
        within(domain, name) for name in _PLACEHOLDER_DOMAINS
    )


def _from_links(page: Page) -> Iterator[Contact]:
    host = host_of(page.url)
    own = (f"https://{host}/", f"http://{host}/")
    for href in hrefs(page):
        # A page has hundreds of links and a handful of contacts: look at the beginning only.
        start = href[:10].lstrip().lower()
        if start.startswith("mailto:"):
            yield from _from_mailto(href)
        elif start.startswith(("tel:", "callto:")):
            yield from _from_tel(href)
        elif "//" in start and not href.startswith(own):
            yield from _social(href, source="link", confidence=0.8)


def _from_mailto(href: str) -> Iterator[Contact]:
    """RFC 6068: addresses before the `?`, and in the header fields `to`; percent-encoded each."""
    addresses, _, query = href.strip()[len("mailto:") :].partition("?")
    parts = re.split("[,;]", addresses.removeprefix("//"))
    for pair in query.replace("&amp;", "&").split("&"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "to":
            parts += re.split("[,;]", unquote(value, errors="replace"))
    for part in parts[:_MAX_ADDRESSES]:
        text = unquote(part, errors="replace").strip()
        if text[:7].lower() == "mailto:":
            text = text[7:]
        yield from _email(text, raw=href, source="mailto", confidence=0.95)


def _from_tel(href: str) -> Iterator[Contact]:
    """RFC 3966: the number before the first parameter (`;ext=`, `;phone-context=`)."""
    scheme, _, rest = href.strip().partition(":")
    number = unquote(rest, errors="replace").partition(";")[0]
    source = scheme.lower()
    confidence = 0.95 if source == "tel" else 0.9
    yield from _phone(number, raw=href, source=source, confidence=confidence)


def _from_json_ld(objects: list[JsonObject]) -> Iterator[Contact]:
    """schema.org's `email`, `telephone` and `sameAs`, at any depth."""
    for key, text in _strings(objects):
        if key == "email":
            address = text[7:] if text[:7].lower() == "mailto:" else text
            yield from _email(address, raw=text, source="json-ld", confidence=0.9)
        elif key == "telephone":
            number = text.partition(";")[0]
            yield from _phone(number, raw=text, source="json-ld", confidence=0.85)
        elif key == "sameAs":
            url = text if "//" in text else f"https://{text}"
            yield from _social(url, source="sameAs", confidence=0.9)


def _strings(objects: list[JsonObject]) -> Iterator[tuple[str, str]]:
    """Every string with the name of its property, in document order, without recursion."""
    stack: list[tuple[str, Any]] = [("", objects)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        key, value = stack.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, list):
            stack.extend((key, item) for item in reversed(value))
        elif isinstance(value, dict):
            stack.extend((name, value[name]) for name in reversed(value))


def _email(text: str, *, raw: str, source: str, confidence: float) -> Iterator[Contact]:
    value = email_address(text)
    if value:
        yield Contact(
            kind=ContactKind.EMAIL,
            value=value,
            raw=clean_text(raw, _MAX_RAW),
            source=source,
            confidence=confidence,
        )


def _phone(text: str, *, raw: str, source: str, confidence: float) -> Iterator[Contact]:
    value = phone_number(text)
    if value:
        yield Contact(
            kind=ContactKind.PHONE,
            value=value,
            raw=clean_text(raw, _MAX_RAW),
            source=source,
            confidence=confidence,
        )


def _social(url: str, *, source: str, confidence: float) -> Iterator[Contact]:
    found = profile(url)
    if found:
        yield Contact(
            kind=ContactKind.SOCIAL,
            value=found[1],
            raw=clean_text(url, _MAX_RAW),
            source=source,
            confidence=confidence,
            network=found[0],
        )
