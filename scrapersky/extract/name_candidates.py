"""Where a page says whose it is: every name in it that may be the owner's, with its source."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.domains import registrable_domain
from scrapersky.extract.company_names import (
    LEGAL_FORMS,
    MAX_NAME,
    clean_name,
    fold,
    has_legal_form,
    words_of,
)
from scrapersky.extract.copyright_line import copyright_names
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.page import Page
from scrapersky.extract.spellings import spellings
from scrapersky.extract.urls import host_of

_MAX_NODES = 3_000
_MAX_IMAGES = 150
_MAX_BLOCKS = 60
_MAX_FORMS = 40
_HEAD, _FOOT = 30_000, 20_000
_TITLE_SEPARATORS = re.compile(
    r"\s*(?:[|\u2022\u00b7\u00bb\u00ab\u2503\uff5c\u2010\u2192>~]|::+|//|--+|\s[-\u2013\u2014*/<]|[-\u2013\u2014]\s|[:;](?=\s)|\s:)\s*|\u2013|\u2014|(?<=\w{3})[.!?]\s+(?=[A-Z])"
)
_IMAGES = etree.XPath("//img[@alt]")
# Attributes, not elements: a third of the cost.
_NAMES = etree.XPath(
    "//@class[contains(., 'ogo') or contains(., 'site') or contains(., 'brand') or contains(., 'blog-t')]"
    " | //@id[contains(., 'ogo') or contains(., 'site') or contains(., 'brand') or contains(., 'blog-t')]"
)
_NAMED = re.compile(
    r"logo|site-?_?(?:title|name)|navbar-?brand|brand-name|blog-?title", re.IGNORECASE
)
_CARDS = etree.XPath(
    "//*[contains(concat(' ',@class,' '),' vcard ')]//*[contains(concat(' ',@class,' '),' org ')]"
    " | //*[contains(concat(' ',@class,' '),' vcard ')]//*[contains(concat(' ',@class,' '),' organization-name ')]"
)
_FOREIGN_IMAGE = re.compile(
    r"partner|sponsor|client|customer|payment|card|badge|award|member|certif|social|facebook|twitter|"
    r"linkedin|google|paypal|visa|trust|seal|brands?\b|carousel|slide|testimonial|associat|affiliat",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"(?:(?<![\w.(])[\w&'\u2019.+/()-]{1,30},?\s){1,7}\Z")
_PAGE_KINDS = re.compile(
    r"[\s:,/-]{1,3}(?:contact(?: us| information| page)?|about(?: us)?|home ?page|kontakt|impressum)\s*\Z|"
    r"\A\s*(?:contact(?: us)?|about(?: us)?|home ?page|kontakt|impressum)[\s:,/-]{1,3}",
    re.IGNORECASE,
)


@dataclass(slots=True, frozen=True)
class Candidate:
    """A name, and what it stood in."""

    name: str
    source: str
    weight: float


def candidates(page: Page) -> list[Candidate]:
    """All of them; the same name may come from several sources."""
    return [
        *_structured(page),
        *_meta_names(page),
        *_copyrights(page),
        *_images(page),
        *_named_blocks(page),
        *_titles(page),
        *_legal_names(page),
        *_domain_names(page),
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


def _named(text: str, source: str, weight: float) -> Iterator[Candidate]:
    name = clean_name(text)
    if name:
        yield Candidate(name, source, weight)


def _structured(page: Page) -> Iterator[Candidate]:
    """Organizations and websites of JSON-LD and microdata that are not about somebody else."""
    for source, objects in (("json-ld", page.json_ld), ("microdata", page.microdata)):
        found = list(_organizations(objects))
        many = len({fold(name) for name, weight in found if weight > 0.6}) > 2
        for name, weight in found:
            yield from _named(name, source, weight / 2 if many else weight)


def _organizations(objects: list[JsonObject]) -> Iterator[tuple[str, float]]:
    stack: list[tuple[str, Any]] = [("", objects)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        key, value = stack.pop()
        if isinstance(value, list):
            stack.extend((key, item) for item in reversed(value))
        elif isinstance(value, dict):
            weight = _weight(value, key)
            names = value.get("name")
            for name in names[:2] if isinstance(names, list) else [names]:
                if weight and isinstance(name, str):
                    yield name, weight
            stack.extend(
                (k.lower(), value[k])
                for k in reversed(value)
                if k.lower() not in words_of("others")
            )


def _weight(item: JsonObject, key: str) -> float:
    kinds = item.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    kinds = {str(name).rpartition("/")[2].rpartition(":")[2] for name in names}
    if "Person" in kinds:
        return 0.0
    if kinds & words_of("organization_types"):
        return 0.8 if key != "publisher" else 0.6
    if "WebSite" in kinds:
        return 0.6
    return 0.0


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


def _meta_names(page: Page) -> Iterator[Candidate]:
    for key, weight in _META:
        for content in page.metas.get(key, ())[:2]:
            names = copyright_names(f"\u00a9 {content}") if key == "copyright" else [content]
            parts = _parts(content) if key == "og:site_name" else []
            for name in names:
                yield from _named(name, key, weight / 2 if parts else weight)
            for part in parts:
                yield from _named(part, key, weight / 2)


def _copyrights(page: Page) -> Iterator[Candidate]:
    names = copyright_names(page.text)
    for name in names:
        formal = 0.15 if has_legal_form(name) else 0.0
        yield Candidate(name, "copyright", (0.6 if len(names) < 3 else 0.4) + formal)


def _images(page: Page) -> Iterator[Candidate]:
    """What stands for the logo where pictures are not shown."""
    for image in cast("list[HtmlElement]", _IMAGES(page.tree))[:_MAX_IMAGES]:
        alt = image.get("alt", "")
        weight = _logo_weight(image) if 1 < len(alt) <= 2 * MAX_NAME else 0.0
        if not weight:
            continue
        yield from _named(alt, "logo", weight if len(alt) > 3 else weight / 2)
        for part in _parts(alt)[:3]:
            yield from _named(part, "logo", weight * 0.6)


def _logo_weight(image: HtmlElement) -> float:
    own = " ".join(
        (
            image.get("src", "")[-200:],
            image.get("class", ""),
            image.get("id", ""),
            image.get("alt", ""),
        )
    )
    around, home = _around(image)
    if _FOREIGN_IMAGE.search(
        own.rpartition("://")[2].partition("/")[2] or own
    ) or _FOREIGN_IMAGE.search(around):
        return 0.0
    if "logo" in own.lower() or "logo" in around or "brand" in around:
        return 0.55 if home else 0.45
    return 0.35 if home else 0.0


def _around(image: HtmlElement) -> tuple[str, bool]:
    """Classes and ids of the elements around it, and whether it links to the homepage."""
    names: list[str] = []
    home = False
    element: HtmlElement | None = image
    for _ in range(4):
        element = element.getparent() if element is not None else None
        if element is None or element.tag == "body":
            break
        names += (element.get("class", ""), element.get("id", ""))
        home = home or (element.tag == "a" and _is_home(element.get("href", "")))
    return " ".join(names).lower(), home


def _is_home(href: str) -> bool:
    path = href.partition("://")[2].partition("/")[2] if "://" in href else href.lstrip("./")
    return href not in {"", "#"} and (
        not path
        or re.fullmatch(r"(?:index|default|home)\.\w{2,5}|home/?|[a-z]{2}/?", path, re.IGNORECASE)
        is not None
    )


def _named_blocks(page: Page) -> Iterator[Candidate]:
    for element in _blocks(page.tree):
        text = _short_text(element)
        yield from _named(text, "logo text", 0.45)
        for part in _parts(text)[:1]:
            yield from _named(part, "logo text", 0.25)
    for element in cast("list[HtmlElement]", _CARDS(page.tree))[:5]:
        yield from _named(_short_text(element), "hcard", 0.6)


def _blocks(tree: HtmlElement) -> list[HtmlElement]:
    """Elements whose class or id says that they hold the logo or the site's name."""
    found: dict[HtmlElement, None] = {}
    for name in cast("list[etree._ElementUnicodeResult]", _NAMES(tree))[:_MAX_BLOCKS]:
        element = cast("HtmlElement | None", name.getparent())
        if (
            element is not None
            and element.tag != "img"
            and _NAMED.search(name)
            and not _FOREIGN_IMAGE.search(name)
        ):
            found[element] = None
    return list(found)


def _short_text(element: HtmlElement) -> str:
    pieces: list[str] = []
    for piece in element.itertext():
        pieces.append(piece)
        if len(pieces) > 12 or len(piece) > 2 * MAX_NAME:
            return ""
    text = " ".join("".join(pieces).split())
    return text if len(text) <= MAX_NAME else ""


def _parts(text: str) -> list[str]:
    parts = [part for part in _TITLE_SEPARATORS.split(text[:400]) if part and part.strip()]
    return parts[:8] if len(parts) > 1 else []


def page_titles(page: Page) -> list[str]:
    """The title element and what Open Graph says."""
    title = html.unescape(page.tree.findtext(".//title") or "")
    return [text.strip() for text in (title, *page.metas.get("og:title", ())[:1]) if text.strip()]


def _titles(page: Page) -> Iterator[Candidate]:
    for title in page_titles(page)[:2]:
        parts = _parts(title)
        if not parts:
            yield from _named(_PAGE_KINDS.sub("", title), "title", 0.25)
        for place, part in enumerate(parts):
            edge = place in {0, len(parts) - 1}
            yield from _named(part, "title", 0.3 if edge else 0.15)
        for part in parts or [title]:
            for piece in part.split(", ")[:4]:
                if piece != part:
                    yield from _named(piece, "title", 0.1)
        # "Rye - Bread, cakes": what is before or after the first and the last separator is whole.
        for piece in (
            title.rpartition(" | ")[2],
            title.rpartition(" - ")[2],
            title.partition(" - ")[0],
        ):
            if piece != title:
                yield from _named(piece, "title", 0.25)


def _legal_names(page: Page) -> Iterator[Candidate]:
    """Names with a legal form in the visible text: capitalised words before it."""
    text = _ends(page.text)
    for count, form in enumerate(LEGAL_FORMS.finditer(text)):
        if count == _MAX_FORMS:
            return
        before = _CAPITALISED.search(text, max(0, form.start() - 80), form.start())
        name = _capitalised(before[0]) if before else ""
        if name:
            yield from _named(f"{name} {form[0]}", "legal form", 0.3)


def _capitalised(words: str) -> str:
    """The last words of a text that a name may consist of."""
    kept: list[str] = []
    for word in reversed(words.split("\n")[-1].split()):
        small = word.lower() in {
            "and",
            "of",
            "the",
            "&",
            "und",
            "et",
            "e",
            "y",
            "de",
            "for",
            "für",
            "-",
        }
        if not (word[0].isupper() or word[0] == "(" or word[0].isdigit() or small) or (
            kept and word[-1] in ",:;!?"
        ):
            break
        if kept and word.endswith(".") and len(word) > 4:
            break
        kept.append(word)
    while kept and kept[-1].lower() in {
        "and",
        "of",
        "the",
        "&",
        "und",
        "et",
        "e",
        "y",
        "de",
        "for",
        "für",
        "-",
    }:
        kept.pop()
    return " ".join(reversed(kept))


def _domain_names(page: Page) -> Iterator[Candidate]:
    """Words that make the domain's name when written together, as they stand in title and text."""
    descriptions = page.metas.get("description", ())[:1]
    text = "\n\n".join([*page_titles(page), *descriptions, _ends(page.text)])
    for label in site_labels(page):
        for name, count in Counter(spellings(label, text)).most_common(6):
            capital = 0.15 if name[0].isupper() else 0.0
            yield from _named(name, "domain", min(0.05 * count, 0.15) + capital)


def _ends(text: str) -> str:
    if len(text) <= _HEAD + _FOOT:
        return text
    return text[:_HEAD] + "\n" + text[-_FOOT:]
