"""In which country a site's owner is: it decides how numbers and postcodes there are read."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

import phonenumbers as pn
from ahocorasick_rs import AhoCorasick

from scrapersky.extract.languages import normalise_language
from scrapersky.extract.metas import first
from scrapersky.extract.page import Page
from scrapersky.extract.properties import strings

MAX_TEXT = 5_000
"""Characters at the beginning and at the end of the visible text that are searched for signs."""
_CERTAIN = 4.0
"""Votes that make a country as good as certain: a country's own top-level domain has as many."""
_MAX_NUMBERS = 40
_MAX_LINKS = 200
_SAMPLE = 5_000
"""Characters of the text by which its language is guessed."""


@dataclass(slots=True, frozen=True, kw_only=True)
class RegionGuess:
    """A country and how sure that is."""

    region: str | None
    "ISO 3166-1 alpha-2 in capitals; None when nothing tells."
    confidence: float
    "0 to 1; 0 when the region is None."


_TEL = re.compile(r"\s*(?:tel|callto):", re.IGNORECASE)
_PLUS = re.compile(r"[+\uff0b] ?\(?[1-9][0-9()./ \u00a0\u2010-\u2015-]{6,24}")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_GEO = ("geo.region", "geo.country", "og:country-name", "business:contact_data:country_name")
# What is looked for first is a character, as that is quick; then whether a word begins with it.
# https://www.usps.com (state and ZIP code), Canada Post, Royal Mail, PostNL: forms of their own.
_POSTCODES = (
    (
        "US",
        re.compile(
            r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA"
            r"|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])(?<!\w..),?\.? {1,2}[0-9]{5}(?:-[0-9]{4})?\b"
        ),
    ),
    ("CA", re.compile(r"[ABCEGHJ-NPRSTVXY](?<!\w.)[0-9][A-Z] ?[0-9][A-Z][0-9]\b")),
    ("GB", re.compile(r"[A-Z](?<!\w.)[A-Z]?[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}\b")),
    ("NL", re.compile(r"[1-9](?<!\w.)[0-9]{3} ?(?!AM|PM)[A-Z]{2}\b(?= {1,2}[A-Z][a-z]|\t|\n|,)")),
)
# Letters that only one country's language has, and words that every page in a language has.
_LETTERS = (
    ("JP", re.compile("[\u3041-\u30f6]" * 2)),
    ("KR", re.compile("[\uac00-\ud7a3]" * 2)),
    ("TH", re.compile("[\u0e01-\u0e2e]" * 3)),
    ("GR", re.compile("[\u03b1-\u03c9]" * 4)),
    ("IL", re.compile("[\u05d0-\u05ea]" * 3)),
    ("UA", re.compile("[\u0456\u0457\u0454]")),
    ("RU", re.compile("[\u044b\u044d]")),
)
_COMMON = {
    **dict.fromkeys(["the", "and", "with", "our"], "en"),
    **dict.fromkeys(["und", "für", "nicht", "wir"], "de"),
    **dict.fromkeys(["van", "het", "een", "voor"], "nl"),
    **dict.fromkeys(["vous", "nous", "dans", "avec"], "fr"),
    **dict.fromkeys(["della", "sono", "gli", "anche"], "it"),
    **dict.fromkeys(["los", "las", "nuestro", "una"], "es"),
    **dict.fromkeys(["não", "uma", "você", "são"], "pt"),
    **dict.fromkeys(["och", "att", "som", "för"], "sv"),
    **dict.fromkeys(["jest", "oraz", "się"], "pl"),
}
_COMMON_WORD = re.compile(rf"\b(?:{'|'.join(_COMMON)})\b")


def site_region(page: Page) -> RegionGuess:
    """The country that most of the page's signs speak for."""
    votes = region_votes(page)
    if not votes:
        return RegionGuess(region=None, confidence=0.0)
    (region, most), *others = votes
    against = others[0][1] if others else 0.0
    share = most / (most + against)
    return RegionGuess(region=region, confidence=round(min(1.0, most / _CERTAIN) * share, 2))


# Several extractors ask for the same page, one after the other.
@lru_cache(maxsize=1)
def region_votes(page: Page) -> tuple[tuple[str, float], ...]:
    """Countries and their votes, most votes first.

    A country's own top-level domain has 4 votes; structured addresses 3; numbers with a country
    code up to 3; `lang="de-AT"`, `og:locale`, `hreflang`, postcodes, country names and currencies
    less. Words are only looked at where the domain tells nothing.
    """
    votes: dict[str, float] = {}
    for region, weight in _signs(page):
        votes[region] = votes.get(region, 0.0) + weight
    known = ((region, weight) for region, weight in votes.items() if region in _supported())
    return tuple(sorted(known, key=lambda vote: (-vote[1], vote[0])))


def _signs(page: Page) -> Iterator[tuple[str, float]]:
    by_domain = list(_from_host(page.host))
    yield from by_domain
    yield from _from_locales(page)
    yield from _from_structured_data(page)
    yield from _from_numbers(page)
    text = page.text
    text = text if len(text) <= 2 * MAX_TEXT else text[:MAX_TEXT] + "\n" + text[-MAX_TEXT:]
    yield from _from_postcodes(text)
    if not by_domain:
        yield from _from_words(text)
        yield from _from_language(text[:_SAMPLE])


def _from_host(host: str) -> Iterator[tuple[str, float]]:
    top = host.rpartition(".")[2]
    region = _data()["top_level"].get(top, top.upper() if len(top) == 2 else "")
    if region:
        yield region, 4.0


def _from_locales(page: Page) -> Iterator[tuple[str, float]]:
    tags = [
        page.tree.get("lang") or page.tree.get("xml:lang") or "",
        first(page.metas, "og:locale") or "",
        _own_hreflang(page) or "",
    ]
    for tag in tags:
        language = normalise_language(tag) if tag else None
        if not language:
            continue
        name, *subtags = language.split("-")
        region = subtags[-1] if subtags and len(subtags[-1]) == 2 else None
        # Templates come with en-US; whoever wrote another region meant it.
        if region:
            yield region, 0.4 if language == "en-US" else 1.5
        yield from _where_spoken(name)


def _own_hreflang(page: Page) -> str | None:
    """The language and region under which the page names itself among its translations."""
    own = page.url.rstrip("/")
    for link in islice(page.tree.iter("link"), _MAX_LINKS):
        language: str | None = link.get("hreflang")
        if language and own and (link.get("href") or "").strip().rstrip("/") == own:
            return language
    return None


def _from_structured_data(page: Page) -> Iterator[tuple[str, float]]:
    seen = set()
    for objects in (page.json_ld, page.microdata):
        for key, text in strings(objects):
            if key == "addressCountry":
                seen.add(_country(text))
    for key in _GEO:
        seen.update(_country(text) for text in page.metas.get(key, ())[:2])
    for region in sorted(seen - {""}):
        yield region, 3.0 / len(seen)


def _country(text: str) -> str:
    text = text.strip()
    code = text[:2].upper()
    if len(text) == 2 or text[2:3] == "-":
        return "GB" if code == "UK" else code
    return next((region for region, words in _data()["signs"].items() if text in words), "")


def _from_numbers(page: Page) -> Iterator[tuple[str, float]]:
    texts = [
        href for href in page.hrefs if _TEL.match(href[:12]) and ("+" in href or "00" in href[:9])
    ]
    numbers = [text.partition(":")[2] for text in texts[:_MAX_NUMBERS]]
    numbers += [match[0] for match in islice(_PLUS.finditer(page.text), _MAX_NUMBERS)]
    regions = [region for region in map(_region_of, dict.fromkeys(numbers)) if region]
    for region, count in Counter(regions).items():
        yield region, min(3.0, 1.0 + len(regions)) * count / len(regions)


def _region_of(text: str) -> str | None:
    try:
        parsed = pn.parse("+" + _NOT_DIGITS.sub("", text.replace("(0)", "")).lstrip("0"), None)
    except pn.NumberParseException:
        return None
    return pn.region_code_for_number(parsed)


def _from_postcodes(text: str) -> Iterator[tuple[str, float]]:
    for region, form in _POSTCODES:
        found = sum(1 for _ in islice(form.finditer(text), 3))
        if found:
            yield region, 0.5 + 0.5 * found


def _from_words(text: str) -> Iterator[tuple[str, float]]:
    places = _word_finder().find_matches_as_indexes(text, overlapping=True)
    words = (_words()[place] for place in sorted({place for place, _, _ in places}))
    found = Counter(region for region, word in words if _is_word(word, text))
    # Where many countries are named, each is one of a list to choose from.
    share = min(1.0, 3 / max(1, len(found)))
    for region, count in found.items():
        yield region, min(0.2 + 0.2 * count, 1.5) * share


def _from_language(text: str) -> Iterator[tuple[str, float]]:
    for region, letters in _LETTERS:
        found = sum(1 for _ in islice(letters.finditer(text), 20))
        if found:
            # A few are a link to the page in that language.
            yield region, 0.6 if found == 20 else 0.1
    words = Counter(_COMMON[word] for word in _COMMON_WORD.findall(text))
    language, count = max(words.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if count > 2 or (count and len(words) == 1):
        yield from _where_spoken(language)


def _where_spoken(language: str) -> Iterator[tuple[str, float]]:
    for place, region in enumerate(_data()["languages"].get(language, "").split()):
        yield region, (0.2 if language == "en" else 0.6) / (1 + place)


def _is_word(word: str, text: str) -> bool:
    """Whether the first of it is no part of another word: India, not Indiana."""
    start = text.find(word)
    around = text[max(0, start - 1) : start], text[start + len(word) : start + len(word) + 1]
    return not (word[0].isascii() and (around[0].isalpha() or around[1].isalpha()))


@cache
def _words() -> tuple[tuple[str, str], ...]:
    return tuple((region, word) for region, words in _data()["signs"].items() for word in words)


@cache
def _word_finder() -> AhoCorasick:
    return AhoCorasick([word for _, word in _words()])


@cache
def _data() -> dict[str, Any]:
    text = files("scrapersky.extract").joinpath("data/regions.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def _supported() -> frozenset[str]:
    return frozenset(pn.SUPPORTED_REGIONS)
