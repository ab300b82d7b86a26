"""What the head of a page says about it."""

from dataclasses import dataclass

from scrapersky.extract.favicon import favicon_url
from scrapersky.extract.found import Found, found_text
from scrapersky.extract.languages import normalise_language
from scrapersky.extract.metas import Metas, first
from scrapersky.extract.page import Page
from scrapersky.extract.text import MAX_DESCRIPTION, MAX_TITLE
from scrapersky.extract.urls import absolute_url

# Meta keys in the order of trust. og: is ogp.me's, twitter: is X's cards, dc: is Dublin Core's.
_TITLES = (
    ("og:title", 0.8),
    ("twitter:title", 0.7),
    ("title", 0.6),
    ("dc.title", 0.6),
    ("dcterms.title", 0.6),
)
_DESCRIPTIONS = (
    ("description", 1.0),
    ("og:description", 0.8),
    ("twitter:description", 0.7),
    ("dc.description", 0.6),
    ("dcterms.description", 0.6),
)
_LANGUAGES = (
    ("http-equiv:content-language", 0.7),
    ("content-language", 0.6),
    ("language", 0.6),
    ("dc.language", 0.6),
    ("dcterms.language", 0.6),
    # Last: plugins write en_US where nobody set a locale.
    ("og:locale", 0.5),
)


@dataclass(slots=True, frozen=True, kw_only=True)
class Metadata:
    """The declared metadata of a page, each with its provenance."""

    title: Found | None
    description: Found | None
    language: Found | None
    canonical_url: Found | None
    favicon_url: Found | None
    generator: Found | None


def metadata(page: Page) -> Metadata:
    """All of it."""
    tags = page.metas
    return Metadata(
        title=title(page, tags),
        description=description(tags),
        language=language(page, tags),
        canonical_url=canonical_url(page),
        favicon_url=favicon_url(page),
        generator=generator(tags),
    )


def title(page: Page, tags: Metas) -> Found | None:
    """The title element, else what meta elements give for one; at most 1,000 characters.

    A title in an SVG names a drawing (https://html.spec.whatwg.org/#document.title).
    """
    for element in page.tree.iter("title"):
        if next(element.iterancestors("svg"), None) is not None:
            continue
        text = "".join(element.itertext())
        found = found_text(text, source="title", confidence=1.0, limit=MAX_TITLE)
        if found:
            return found
    return _first_of(tags, _TITLES, MAX_TITLE)


def description(tags: Metas) -> Found | None:
    """The meta description, else what other vocabularies give for one; at most 5,000 characters."""
    return _first_of(tags, _DESCRIPTIONS, MAX_DESCRIPTION)


def language(page: Page, tags: Metas) -> Found | None:
    """The declared language as a BCP 47 tag.

    `lang` of the root (https://html.spec.whatwg.org/#the-lang-and-xml:lang-attributes), then the
    content-language pragma, which with a comma in it says nothing, then other vocabularies.
    """
    # In a page parsed as HTML, xml:lang is a name with a colon in it, in no namespace.
    for attribute in ("lang", "xml:lang"):
        tag = normalise_language(page.tree.get(attribute) or "")
        if tag:
            return Found(value=tag, source=f"html {attribute}", confidence=0.9)
    for key, confidence in _LANGUAGES:
        tag = normalise_language(first(tags, key) or "")
        if tag:
            return Found(value=tag, source=_source(key), confidence=confidence)
    return None


def canonical_url(page: Page) -> Found | None:
    """The first usable `link rel=canonical` (RFC 6596), absolute."""
    for element in page.tree.iter("link"):
        if "canonical" not in (element.get("rel") or "").lower().split():
            continue
        url = absolute_url(page.base_url, element.get("href"))
        if url:
            return Found(value=url, source="link canonical", confidence=1.0)
    return None


def generator(tags: Metas) -> Found | None:
    """The first meta generator: with several, the system's own comes before its plugins'."""
    return _first_of(tags, (("generator", 1.0),), MAX_TITLE)


def _first_of(tags: Metas, keys: tuple[tuple[str, float], ...], limit: int) -> Found | None:
    for key, confidence in keys:
        found = found_text(
            first(tags, key), source=_source(key), confidence=confidence, limit=limit
        )
        if found:
            return found
    return None


def _source(key: str) -> str:
    return key if ":" in key else f"meta {key}"
