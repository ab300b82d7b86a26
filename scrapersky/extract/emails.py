"""E-mail addresses."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import idna
from tldextract import TLDExtract

from scrapersky.extract.contact import MAX_RAW, Email, EmailType
from scrapersky.extract.page import Page
from scrapersky.extract.properties import strings
from scrapersky.extract.text import clean_text
from scrapersky.extract.urls import within

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

# Zero-width and direction marks, which come along when a number is copied out of a document.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MAX_ADDRESSES = 50


def emails(page: Page) -> list[Email]:
    """The addresses of the page, each once, the best first."""
    best: dict[str, Email] = {}
    for email in _candidates(page):
        known = best.get(email.value)
        if known is None or email.confidence > known.confidence:
            best[email.value] = email
    return sorted(best.values(), key=lambda email: -email.confidence)


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


def _candidates(page: Page) -> Iterator[Email]:
    for href in page.hrefs:
        if href[:10].lstrip().lower().startswith("mailto:"):
            yield from _from_mailto(page, href)
    for objects, source in ((page.json_ld, "json-ld"), (page.microdata, "microdata")):
        for key, text in strings(objects):
            if key == "email":
                address = text[7:] if text[:7].lower() == "mailto:" else text
                yield from _email(page, address, raw=text, source=source, confidence=0.9)


def _from_mailto(page: Page, href: str) -> Iterator[Email]:
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
        yield from _email(page, text, raw=href, source="mailto", confidence=0.95)


def _email(page: Page, text: str, *, raw: str, source: str, confidence: float) -> Iterator[Email]:
    value = email_address(text)
    if value:
        yield Email(
            value=value,
            raw=clean_text(raw, MAX_RAW),
            source=source,
            confidence=confidence,
            type=EmailType.PERSONAL,
            own_domain=within(value.rpartition("@")[2], page.host.removeprefix("www.")),
        )
