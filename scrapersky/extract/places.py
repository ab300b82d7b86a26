"""What stands around a postcode: street, city, and which country it is in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from scrapersky.extract.cities import SPLIT, city_first, city_last
from scrapersky.extract.postcodes import Postcode, postal
from scrapersky.extract.streets import languages_of, street_of

_BEFORE, _AFTER = 170, 80
_MAX_PARTS = 6
_LABEL = re.compile(r"\A[^\d:]{1,40}:\s*(?=\S)")
_HOUSE_ONLY = re.compile(
    r"(?:n\.?[\u00b0\u00ba]?\s?|nr\.?\s?|no\.?\s?)?\d{1,5}"
    r"(?:\s?[-/\u2013]\s?\d{1,5}|\s?[a-zA-Z](?:-[a-zA-Z])?|/\w{1,3})?|s/n|snc",
    re.IGNORECASE,
)
# "Rye, NY 13991 North Gayton Road": the number is the house's.
_HOUSE_OF = re.compile(
    r"[ \u00a0](?:[^\W\d][\w.'-]{0,20}[ \u00a0]){1,4}(?:road|rd|street|st|avenue|ave|boulevard"
    r"|blvd|drive|dr|lane|ln|parkway|pkwy|highway|hwy)\b",
    re.IGNORECASE,
)
# A number is to come: the postcode is none, but the number of a box or room.
_OPEN = re.compile(
    r"(?:\b(?:box|suite|ste|unit|room|apt|no|nr|postfach|bp|postbus|model|part|item|art)\.?|#)\s?\Z",
    re.IGNORECASE,
)
_PROVINCE = re.compile(r"\s?[(\u2013-]\s?([A-Z]{2})\b")
_YEARS = range(1900, 2100)
_BY_LANGUAGE = {"de": "DE", "fr": "FR", "it": "IT", "es": "ES"}


@dataclass(slots=True, frozen=True, kw_only=True)
class Place:
    """What belongs to a postcode."""

    street: str | None
    city: str | None
    region: str | None
    country: str
    confidence: float


def place_at(
    text: str, postcode: Postcode, site: Callable[[], str | None], since: int = 0
) -> Place | None:
    """The place of a postcode in a text, or None when what stands around it is no address.

    Args:
        text: the visible text.
        postcode: one of its postcodes.
        site: gives the site's country, which decides where several write their postcodes alike.
        since: where the place before this one ends.
    """
    before = _segments(text, since, postcode.start)
    after = text[postcode.end : postcode.end + _AFTER]
    if postcode.leads:
        return _city_follows(postcode, before, after, site)
    return None if _HOUSE_OF.match(after) else _city_precedes(postcode, before)


def _segments(text: str, since: int, end: int) -> list[str]:
    """The parts of the text before a place between line ends, commas and the like; the last six."""
    start = max(since, end - _BEFORE)
    parts = SPLIT.split(text[start:end])
    if start > since and len(parts) > 1:
        parts = parts[1:]
    named = (_LABEL.sub("", part.strip(" \u00a0.:")) for part in parts)
    joined: list[str] = []
    for part in named:
        # "Via Roma, 12" is one part.
        if part and joined and _HOUSE_ONLY.fullmatch(part) and not joined[-1][-1].isdigit():
            joined[-1] = f"{joined[-1]} {part}"
        elif part:
            joined.append(part)
    return joined[-6:]


def _city_precedes(postcode: Postcode, before: list[str]) -> Place | None:
    """3 High Street, Rye, NY 10580; 3 High Street, Rye, East Sussex TN31 7JX."""
    parts = list(before)
    region = postcode.region
    while len(parts) > 1 and parts[-1].lower() in postal("countries"):
        parts.pop()
    if postcode.country == "CA" and parts and not region:
        region = _province(parts)
    while postcode.country == "GB" and parts and parts[-1].lower() in postal("gb_counties"):
        county = parts.pop()
        region = region or (county if county.lower() not in postal("countries") else None)
    city, rest = city_last(parts[-1]) if parts else (None, "")
    if parts:
        parts = [*parts[:-1], rest] if rest else parts[:-1]
    street = street_of(parts)
    if not city and not street and not region:
        return None
    certain = 0.6 if city or postcode.country != "US" else 0.45
    if street:
        certain = 0.85 if city else 0.7
    country = postcode.country or ""
    return Place(street=street, city=city, region=region, country=country, confidence=certain)


def _city_follows(
    postcode: Postcode, before: list[str], after: str, site: Callable[[], str | None]
) -> Place | None:
    """Street 12, 12345 Rye. A bare number needs a street before it."""
    city = city_first(after)
    if not city or (before and _OPEN.search(before[-1])):
        return None
    street = street_of(before)
    languages = languages_of(street or "")
    if not languages and _is_year(postcode.code):
        return None
    country = postcode.country
    if country is None and street:
        country = _country(postcode, languages, after, site)
    elif country == "NL" and not languages & {"nl", "fr"} and site() not in {"NL", "BE"}:
        return None
    if not country:
        return None
    certain = 0.85 if languages else 0.65 if street else 0.6
    province = _PROVINCE.match(after[after.find(city) + len(city) :]) if country == "IT" else None
    region = province[1] if province else None
    return Place(street=street, city=city, region=region, country=country, confidence=certain)


def _is_year(code: str) -> bool:
    """Whether it may be one, as in "2014 UK Bakery": 1999, 2014 UK, but not 20146."""
    return not code[4:5].isdigit() and code[:4].isdigit() and int(code[:4]) in _YEARS


def _province(parts: list[str]) -> str | None:
    """The province that the last part ends with, taken off it."""
    words = parts[-1].split()
    for size in (3, 2, 1):
        name = " ".join(words[-size:]).lower().strip(".")
        region = postal("ca_provinces").get(name) or (
            name.upper() if name.upper() in postal("ca_provinces").values() else None
        )
        if region and len(words) >= size:
            parts[-1:] = [" ".join(words[:-size])] if len(words) > size else []
            return cast("str", region)
    return None


def _country(
    postcode: Postcode, languages: frozenset[str], after: str, site: Callable[[], str | None]
) -> str | None:
    """Whose postcode a bare number is: the country's that is named after it, else the site's."""
    possible = postal("alike")[re.sub(r"\d", "9", postcode.code)]
    named = _named_country(after)
    if named:
        return named if named in possible else None
    if site() in possible:
        return site()
    if " " in postcode.code:
        return "SE" if "nordic" in languages else None
    # "12, 2014 Rye": four digits are too often a year or a model to tell a country alone.
    told = {_BY_LANGUAGE[language] for language in languages if language in _BY_LANGUAGE}
    return told.pop() if len(told) == 1 and len(postcode.code) == 5 else None


def _named_country(after: str) -> str | None:
    countries = postal("countries")
    parts = [part.strip(" .,()").lower() for part in SPLIT.split(after)]
    last = parts[0].rpartition(" ")[2] if parts else ""
    return next((countries[part] for part in (last, *parts[1:4]) if part in countries), None)
