"""Where a page says whose it is: every name in it that may be the owner's, with its source."""

from collections import Counter
from collections.abc import Iterator

from scrapersky.domains import registrable_domain
from scrapersky.extract.company_names import has_legal_form
from scrapersky.extract.copyright_line import copyright_names
from scrapersky.extract.legal_names import legal_names
from scrapersky.extract.logo_names import card_names, logo_names
from scrapersky.extract.name_candidate import Candidate, named
from scrapersky.extract.page import Page
from scrapersky.extract.spellings import spellings
from scrapersky.extract.structured_names import structured_names
from scrapersky.extract.title_names import page_titles, title_names, title_parts
from scrapersky.extract.urls import host_of

_HEAD, _FOOT = 30_000, 20_000
"""Characters of the visible text that are searched, at its beginning and at its end."""
_MAX_SPELLINGS = 6
_META = (
    ("og:site_name", 0.6),
    ("application-name", 0.4),
    ("apple-mobile-web-app-title", 0.35),
    ("copyright", 0.3),
    ("author", 0.2),
    ("dc.publisher", 0.3),
    ("dcterms.publisher", 0.3),
    ("dc.creator", 0.2),
    ("publisher", 0.3),
    ("organization", 0.4),
    ("company", 0.4),
)


def candidates(page: Page) -> list[Candidate]:
    """All of them; the same name may come from several sources."""
    text = _ends(page.text)
    return [
        *structured_names(page),
        *_meta_names(page),
        *_copyrights(page.text),
        *logo_names(page),
        *card_names(page),
        *title_names(page),
        *legal_names(text),
        *_domain_names(page, text),
    ]


def site_labels(page: Page) -> list[str]:
    """The names in the page's domains without their suffix: `rye-bakery` of www.rye-bakery.co.uk.

    The address of the page first; a page without one (a file) says its own in other places.
    """
    hosts = [page.host]
    if registrable_domain(page.host) is None:
        hosts = [host_of(url) for url in _own_addresses(page)]
    labels = [_label(host) for host in hosts]
    return list(dict.fromkeys(label for label in labels if label))


def _own_addresses(page: Page) -> list[str]:
    declared = [
        link.get("href") or ""
        for link in page.tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower()
    ]
    return [page.base_url, *declared[:2], *page.metas.get("og:url", ())[:1]]


def _label(host: str) -> str:
    domain = registrable_domain(host)
    return domain.partition(".")[0] if domain else ""


def _meta_names(page: Page) -> Iterator[Candidate]:
    for key, weight in _META:
        for content in page.metas.get(key, ())[:2]:
            names = copyright_names(f"\u00a9 {content}") if key == "copyright" else [content]
            parts = title_parts(content) if key == "og:site_name" else []
            for name in names:
                yield from named(name, key, weight / 2 if parts else weight)
            for part in parts:
                yield from named(part, key, weight / 2)


def _copyrights(text: str) -> Iterator[Candidate]:
    names = copyright_names(text)
    for name in names:
        formal = 0.15 if has_legal_form(name) else 0.0
        yield Candidate(name, "copyright", (0.6 if len(names) < 3 else 0.4) + formal)


def _domain_names(page: Page, text: str) -> Iterator[Candidate]:
    """Words that make the domain's name when written together, as they stand in title and text."""
    descriptions = page.metas.get("description", ())[:1]
    text = "\n\n".join([*page_titles(page), *descriptions, text])
    for label in site_labels(page):
        for name, count in Counter(spellings(label, text)).most_common(_MAX_SPELLINGS):
            capital = 0.15 if name[0].isupper() else 0.0
            yield from named(name, "domain", min(0.05 * count, 0.15) + capital)


def _ends(text: str) -> str:
    if len(text) <= _HEAD + _FOOT:
        return text
    return f"{text[:_HEAD]}\n{text[-_FOOT:]}"
