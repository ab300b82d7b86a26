"""Links to the pages of a site where its owner says how to be reached."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from scrapersky.extract.data_file import data_file
from scrapersky.extract.element_text import element_text
from scrapersky.extract.page import Page
from scrapersky.extract.site_names import squeezed
from scrapersky.extract.urls import absolute_url, host_of

MAX_CONTACT_LINKS = 20
_MAX_LINKS = 2_000
_MAX_TEXT = 60
_MAX_HEADINGS = 20
_MAX_HEADING = 200
_MAX_TAIL = 8
"""Letters that may follow a slug in a part of a path: `contact-form.php` has four."""

_DATA = "contact_pages.json"
_TRIM = " \t\r\n\xa0.,:;!?|/\\-\u2013\u2014·•\u203a»«→>*+()[]\"'“”„_&"
# Words that make a contact a thing that is sold, and pages that only have the word.
_NOT_THESE = re.compile(
    r"lens|linse|lentill|lentes?\b|less\b|cookie|career|\bjobs?\b|blog|news|login|privacy|wishlist",
    re.IGNORECASE,
)
_FILES = re.compile(r"\.(?:pdf|jpe?g|png|gif|svg|zip|docx?|xlsx?|mp[34]|vcf|ics)$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[|\u2013\u2014:»-]")
_NO_PAGES = ("#", "mailto:", "tel:", "javascript:", "data:", "whatsapp:", "sms:")


class LinkKind(StrEnum):
    """What a page is for."""

    CONTACT = "contact"
    IMPRINT = "imprint"
    "Who answers for the site, as German law and others want it."
    ABOUT = "about"


@dataclass(slots=True, frozen=True, kw_only=True)
class ContactLink:
    """A link to such a page of the same site."""

    url: str
    "Absolute, without fragment."
    kind: LinkKind
    text: str
    "Of the link, on one line; cut at 60 characters."
    confidence: float
    "0 to 1: how likely there is an e-mail address or a phone number."


class _Words(NamedTuple):
    phrases: dict[str, LinkKind]
    edges: frozenset[str]
    "First and last words of the phrases: what has none of them needs no closer look."
    slugs: dict[str, LinkKind]
    beginnings: frozenset[str]
    "The first four letters of the slugs."


_WEIGHTS = {LinkKind.CONTACT: 1.0, LinkKind.IMPRINT: 0.95, LinkKind.ABOUT: 0.6}


def contact_links(page: Page) -> list[ContactLink]:
    """The contact, imprint and about pages that the page links to, each once, the best first.

    By the link's text in some thirty languages, and by the words in its path. Only pages of the
    same site, not the page itself; at most 20.
    """
    found: dict[str, ContactLink] = {}
    here = _without_fragment(page.url)
    for link in _links(page):
        if link.url == here:
            continue
        known = found.get(link.url)
        if known is None or link.confidence > known.confidence:
            found[link.url] = link
    best = sorted(found.values(), key=lambda link: -link.confidence)
    return best[:MAX_CONTACT_LINKS]


def is_contact_page(page: Page) -> bool:
    """Whether the page itself is one for contacts, by its path or its headings."""
    if _by_path(page.url) is LinkKind.CONTACT:
        return True
    headings = islice(page.tree.iter("title", "h1", "h2"), _MAX_HEADINGS)
    return any(
        _by_text(part) == (LinkKind.CONTACT, 1.0)
        for element in headings
        for part in _SEPARATORS.split(element_text(element, _MAX_HEADING))
    )


def _links(page: Page) -> Iterator[ContactLink]:
    for position, element in enumerate(page.tree.iter("a", "area")):
        href = element.get("href") or ""
        if position > _MAX_LINKS:
            return
        if href and not href.startswith(_NO_PAGES) and _may_be_own(href, page.host):
            yield from _link(page, element, href)


def _may_be_own(href: str, host: str) -> bool:
    return "//" not in href[:8] or not host or _name_of(host) in href[:300].lower()


def _name_of(host: str) -> str:
    """The part of the host that all hosts of the site have."""
    return ".".join(host.split(".")[-2:])


def _link(page: Page, element: HtmlElement, href: str) -> Iterator[ContactLink]:
    text = _text(element)
    found = _judged(text, href)
    if found is None:
        return
    url = absolute_url(page.base_url, href)
    if url is None or not _same_site(host_of(url), page.host) or _FILES.search(urlsplit(url).path):
        return
    kind, strength = found
    confidence = round(_WEIGHTS[kind] * strength, 3)
    yield ContactLink(url=_without_fragment(url), kind=kind, text=text, confidence=confidence)


def _judged(text: str, href: str) -> tuple[LinkKind, float] | None:
    """The kind, and how sure that is: text and path agree, the text alone, the path alone."""
    said = _by_text(text)
    path = _by_path(href)
    if not (said or path) or _NOT_THESE.search(text):
        return None
    if said is None:
        # A path alone: a picture for a text, or a text in a language that is not known.
        return (path, 0.7 if len(text) < 30 else 0.5) if path else None
    kind, strength = said
    return kind, 0.95 * strength if path is kind else 0.85 * strength


def _text(element: HtmlElement) -> str:
    text = element_text(element, _MAX_TEXT)
    if not text:
        pictures = (image.get("alt") or "" for image in islice(element.iter("img"), 5))
        text = next(pictures, "") or element.get("title") or element.get("aria-label") or ""
        text = " ".join(text.split())
    return text[:_MAX_TEXT]


def _by_text(text: str) -> tuple[LinkKind, float] | None:
    line = text.strip(_TRIM).casefold().replace("\u0307", "")
    phrases = _words().phrases
    if line in phrases:
        return phrases[line], 1.0
    if line.count(" ") > 4:
        return None
    words = line.split(" ")
    if words[0] not in _words().edges and words[-1] not in _words().edges:
        return None
    kinds = {phrases[part] for part in _parts(words) if part in phrases}
    if line.startswith("about ") and line.count(" ") < 3:
        return LinkKind.ABOUT, 0.85
    kinds.discard(LinkKind.ABOUT)  # "our team", "company" are parts of all sorts of texts
    return next(((kind, 0.85) for kind in LinkKind if kind in kinds), None)


def _parts(words: list[str]) -> Iterator[str]:
    """The line without its last, or its first words: `Contact Acme`, `Acme kontaktieren`."""
    for count in range(1, len(words)):
        yield " ".join(words[:count]).strip(_TRIM)
        yield " ".join(words[count:]).strip(_TRIM)


def _by_path(href: str) -> LinkKind | None:
    """By the last part of the path, or by a value of the query."""
    target = href.partition("#")[0][-200:].rstrip("/")
    path, _, query = target.partition("?")
    last = path.rpartition("/")[2]
    if "." in last and "//" in path and path.count("/") == 2:
        return None
    parts = [last, *(value.rpartition("=")[2] for value in query.split("&")[:5] if value)]
    for position, part in enumerate(parts):
        name = squeezed(unquote(part).partition(".")[0])
        kind = _words().slugs.get(name) if position else _by_slug(name)
        if kind and not _NOT_THESE.search(part):
            return kind
    return None


def _by_slug(part: str) -> LinkKind | None:
    slugs = _words().slugs
    if part[:4] not in _words().beginnings:
        return None
    for length in range(min(len(part), 24), 3, -1):
        slug = part[:length]
        if slug in slugs and len(part) - length <= (_MAX_TAIL if length > 6 else 0):
            return slugs[slug]
    return None


def _same_site(host: str, own: str) -> bool:
    host, own = host.removeprefix("www."), own.removeprefix("www.")
    return not own or host == own or host.endswith("." + own) or own.endswith("." + host)


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


@cache
def _words() -> _Words:
    data = data_file(_DATA)
    kinds = list(reversed(LinkKind))  # what stands for two kinds counts as the better one
    phrases = {phrase: kind for kind in kinds for phrase in data[kind]["phrases"]}
    slugs = {slug: kind for kind in kinds for slug in data[kind]["slugs"]}
    ends = [(phrase.partition(" ")[0], phrase.rpartition(" ")[2]) for phrase in phrases]
    return _Words(
        phrases=phrases,
        edges=frozenset(word for pair in ends for word in pair),
        slugs=slugs,
        beginnings=frozenset(slug[:4] for slug in slugs),
    )
