"""What stands around a postcode: street and city."""

import re
from dataclasses import dataclass
from functools import cache
from typing import cast

from scrapersky.extract.postcodes import Postcode, postal

_BEFORE, _AFTER = 170, 80
_MAX_STREET, _MAX_CITY = 90, 40

_SPLIT = re.compile(
    r"[\n\t,|;\u2022\u00b7\u25cf\u2219\uff5c]|\s[-\u2013\u2014/*]\s|\s{3,}|(?<=[a-z]{5})\.\s"
)
_LABEL = re.compile(r"\A[^\d:]{1,40}:\s*(?=\S)")
_NAME = r"[^\W\d_][\w'\u2019.&-]{0,24}"
_CITY = re.compile(rf"{_NAME}(?:[ /]{_NAME}){{0,4}}")
_CONTACT = re.compile(
    r"\+?\d[\d\s().-]{8,}|\(\d{3}\)|\b(?:tel|fax|phone|fon|copyright)\b|[@\u00a9]|www\.|https?:|\d[.:]\d\d\b",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? ?box|postfach|postbus|apartado|postboks|bp|box|casella postale)\b\W{0,3}\d",
    re.IGNORECASE,
)
_HOUSE_ONLY = re.compile(
    r"(?:n\.?[\u00b0\u00ba]?\s?|nr\.?\s?|no\.?\s?)?\d{1,5}(?:\s?[-/\u2013]\s?\d{1,5}|\s?[a-zA-Z](?:-[a-zA-Z])?|/\w{1,3})?|s/n|snc",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(r"#?\d{1,6}(?:[a-zA-Z]|\s?[-/\u2013&]\s?\d{1,5}|\s1/2)?\s+\S")
_NUMBER_LAST = re.compile(
    r"\S[\s.]\s?(?:n\.?[\u00b0\u00ba]\s?|nr\.?\s?)?\d{1,4}\s?[a-zA-Z]?(?:\s?[-/\u2013+]\s?\d{0,4}[a-zA-Z]?)?\Z"
)
_UNIT = re.compile(
    r"(?:suite|ste|unit|apt|apartment|floor|fl\.|room|rm|bldg|building|level|office|shop|flat|#|"
    r"\d{1,3}(?:st|nd|rd|th) floor|\d{1,2}\. ?(?:og|stock|etage|sal)|ground floor|p\.? ?m\.? ?b)\b.{0,25}|#\s?\w{1,6}",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:\.\s|\s(?:tel|telefon|telefoon|phone|ph|fax|t|f|m|p|e|email|e-mail|mail|mobil|fon|tlf|t\u00e9l|t\u00e9l\u00e9phone|tel\u00e9fono|"
    r"telefono|telefax|contact|kontakt|map|karte|route|google|openingstijden|kvk|btw|cif|p\.iva)\b).*\Z",
    re.IGNORECASE | re.DOTALL,
)
# A number is to come: the postcode is none, but the number of a box or room.
_OPEN = re.compile(
    r"(?:\b(?:box|suite|ste|unit|room|apt|no|nr|postfach|bp|postbus|model|part|item|art)\.?|#)\s?\Z",
    re.IGNORECASE,
)
_PROVINCE = re.compile(r"\s?[(\u2013-]\s?([A-Z]{2})\b")
_SURE_STREETS = frozenset(
    {
        "street",
        "road",
        "avenue",
        "lane",
        "drive",
        "boulevard",
        "highway",
        "blvd",
        "ave",
        "rd",
        "parkway",
    }
)
# What may stand in small letters in the name of a city.
_SMALL = frozenset(
    "a aan am an auf aux bei ob da das de dei del della den der des di die do dos du e el em en ob i im in la las le les los na nad o of op pod s sous sur the u und upon v van von y z zu zum".split()
)
_COMPASS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
_UNIT_END = re.compile(
    r"\b(?:suite|ste|unit|floor|fl|apt|room|rm|bldg|building|#)[.,]?\s{0,2}#?\s?\w{1,6}\s+(?=[A-Z])",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"\A(?:.{0,60}\b(?:Inc|LLC|Ltd|Limited|GmbH|Corp|PLC|LLP)\b\.?\s+(?=\S{0,8}\d)|"
    r"(?:our |the )?(?:registered |head |main |mailing |postal |street |business )?(?:office|address|headquarters)(?: (?:is|at)){0,2}\s+|"
    r".{0,40}\b(?:located|write to us|visit us|mail to|find us) (?:at|in)\s+)",
    re.IGNORECASE,
)
# "Rye, NY 13991 North Gayton Road": the number is the house's.
_HOUSE_OF = re.compile(
    r"[ \u00a0](?:[^\W\d][\w.'-]{0,20}[ \u00a0]){1,4}(?:road|rd|street|st|avenue|ave|boulevard|blvd|drive|dr|lane|ln|parkway|pkwy|highway|hwy)\b",
    re.IGNORECASE,
)
_YEARS = range(1900, 2100)
_SUFFIX_LANGUAGES = ("de", "nl", "nordic")
_FIVE = {"de": "DE", "fr": "FR", "it": "IT", "es": "ES"}
_FORMS = {
    "99999": frozenset("DE FR IT ES FI EE HR TR MX LT UA RS SE CZ SK GR".split()),
    "9999": frozenset("AT CH BE DK NO LU LI HU SI BG LV ZA NZ RS".split()),
    "999 99": frozenset({"SE", "CZ", "SK", "GR"}),
}
"""Countries that write their postcodes alike."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Place:
    """What belongs to a postcode."""

    street: str | None
    city: str | None
    region: str | None
    country: str
    confidence: float


def place_at(text: str, postcode: Postcode, site: str | None) -> Place | None:
    """The place of a postcode in a text, or None when what stands around it is no address.

    Args:
        text: the visible text.
        postcode: one of its postcodes.
        site: the site's country, which decides where several write their postcodes alike.
    """
    before = _segments(text, postcode.start)
    after = text[postcode.end : postcode.end + _AFTER]
    if postcode.leads:
        return _city_follows(postcode, before, after, site)
    return None if _HOUSE_OF.match(after) else _city_precedes(postcode, before)


def _segments(text: str, end: int) -> list[str]:
    """The parts of the text before a place between line ends, commas and the like; the last six."""
    start = max(0, end - _BEFORE)
    parts = _SPLIT.split(text[start:end])
    if start and len(parts) > 1:
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
    city, rest = _split_city(parts[-1]) if parts else (None, "")
    if parts:
        parts = [*parts[:-1], rest] if rest else parts[:-1]
    street = _street(parts)
    if not city and not street and not region:
        return None
    certain = 0.6 if city or postcode.country != "US" else 0.45
    if street:
        certain = 0.85 if city else 0.7
    country = postcode.country or ""
    return Place(street=street, city=city, region=region, country=country, confidence=certain)


def _city_follows(
    postcode: Postcode, before: list[str], after: str, site: str | None
) -> Place | None:
    """Street 12, 12345 Rye. A bare number needs a street before it."""
    city = _leading_city(after)
    if not city or (before and _OPEN.search(before[-1])):
        return None
    street = _street(before)
    languages = _languages(street or "")
    country = postcode.country
    if postcode.code.isdigit() and int(postcode.code) in _YEARS and not languages:
        return None
    if country == "NL" and not (street and languages & {"nl", "fr"}) and site not in {"NL", "BE"}:
        return None
    if country is None and street:
        country = _country(postcode, languages, after, site)
    if not country:
        return None
    certain = 0.85 if languages else 0.65 if street else 0.6
    province = _PROVINCE.match(after[after.find(city) + len(city) :]) if country == "IT" else None
    region = province[1] if province else None
    return Place(street=street, city=city, region=region, country=country, confidence=certain)


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


# --- City ----------------------------------------------------------------------------------------


def _split_city(part: str) -> tuple[str | None, str]:
    """The city that a part is or ends with, and what is left of the part before it."""
    if _CONTACT.search(part):
        return None, ""
    if _is_city(part) and not _is_street(part):
        return part, ""
    unit = list(_UNIT_END.finditer(part))
    if unit and _is_city(part[unit[-1].end() :]):
        return part[unit[-1].end() :], part[: unit[-1].end()].strip()
    words = part.split()
    after = _after_street_word(words)
    if after:
        city = " ".join(words[after:])
        return (city, " ".join(words[:after])) if _is_city(city) else (None, part)
    if any(char.isdigit() for char in part):
        return None, part
    for size in (3, 2, 1):
        city = " ".join(words[-size:])
        if (
            len(words) > size
            and _is_city(city)
            and all(word[0].isupper() for word in words[-size:])
        ):
            return city, ""
    return None, ""


def _after_street_word(words: list[str]) -> int:
    """Where the city begins in "12 Main Street Rye": after the last word for a street."""
    english = _words("en")
    has_number = any(char.isdigit() for word in words for char in word)
    for place in range(len(words) - 1, 0, -1):
        word = words[place - 1].lower().strip(".,")
        if word in _COMPASS:
            continue
        if word in _SURE_STREETS or (word in english and has_number):
            while place < len(words) and words[place].lower().strip(".,") in _COMPASS:
                place += 1
            return place if place < len(words) else 0
    return 0


def _is_city(text: str) -> bool:
    if not 2 <= len(text) <= _MAX_CITY or not _CITY.fullmatch(text) or not text[0].isupper():
        return False
    words = text.split()
    if len(words) > 5 or words[0].lower().strip(".") in postal("no_cities"):
        return False
    return all(
        word[0].isupper() or word in _SMALL or word[1:2] in {"'", "\u2019"} for word in words
    )


def _leading_city(after: str) -> str | None:
    text = after.lstrip(" ,\u00a0\n\t")
    part = _SPLIT.split(text, maxsplit=1)[0]
    part = _TAIL.sub("", part.partition("(")[0]).strip(" .-/:")
    match = _CITY.match(part)
    city = match[0].strip(" .-/&") if match else ""
    begin, _, last = city.rpartition(" ")
    if begin and last.lower() in postal("countries"):
        city, part = begin, begin
    return city if _is_city(city) and len(city) > len(part) - 12 else None


# --- Street --------------------------------------------------------------------------------------


def _street(parts: list[str]) -> str | None:
    """The street among the last parts, with the unit that follows it."""
    for back in range(1, min(4, len(parts)) + 1):
        part = parts[-back]
        if _CONTACT.search(part):
            return None
        if not _is_street(part):
            continue
        unit = _UNIT.match(part)
        if unit and unit.end() == len(part) and back < len(parts) and _is_street(parts[-back - 1]):
            part = f"{parts[-back - 1]}, {part}"
        elif back > 1 and _UNIT.fullmatch(parts[-back + 1]):
            part = f"{part}, {parts[-back + 1]}"
        return _trimmed(part)
    return None


def _trimmed(street: str) -> str | None:
    street = _LEAD_IN.sub("", street).strip(" .,-_")
    return street if len(street) <= _MAX_STREET else None


def _is_street(part: str) -> bool:
    if not 4 <= len(part) <= _MAX_STREET:
        return False
    if _BOX.search(part):
        return True
    if not any(char.isdigit() for char in part):
        return len(part.split()) <= 5 and bool(_languages(part) - {"en"} or _ends_as_street(part))
    return bool(_NUMBER_FIRST.match(part) or _NUMBER_LAST.search(part) or _languages(part))


def _ends_as_street(part: str) -> bool:
    words = part.lower().split()
    return len(words) > 1 and words[-1].strip(".") in _SURE_STREETS


def _languages(street: str) -> frozenset[str]:
    """The languages that have one of its words for a kind of street."""
    words = [word.strip(".,()") for word in street.lower().split()]
    found = {language for language in postal("street_words") if _words(language) & set(words)}
    for language in _SUFFIX_LANGUAGES:
        if any(len(word) > 5 and word.endswith(_endings(language)) for word in words):
            found.add(language)
    return frozenset(found)


@cache
def _words(language: str) -> frozenset[str]:
    """The words of a language; those that English has too say nothing about another one."""
    words = frozenset(word.strip(".") for word in postal("street_words")[language])
    return words if language == "en" else words - _words("en")


@cache
def _endings(language: str) -> tuple[str, ...]:
    return tuple(sorted(word for word in _words(language) if len(word) > 2))


# --- Country -------------------------------------------------------------------------------------


def _country(
    postcode: Postcode, languages: frozenset[str], after: str, site: str | None
) -> str | None:
    """Whose postcode a bare number is: the country's that is named after it, else the site's."""
    possible = _FORMS[_form(postcode.code)]
    named = _named_country(after)
    if named:
        return named if named in possible else None
    if site in possible:
        return site
    if " " in postcode.code:
        return "SE" if "nordic" in languages else None
    # "12, 2014 Rye": four digits are too often a year or a model to tell a country alone.
    told = {_FIVE[language] for language in languages if language in _FIVE}
    return told.pop() if len(told) == 1 and len(postcode.code) == 5 else None


def _form(code: str) -> str:
    return re.sub(r"\d", "9", code)


def _named_country(after: str) -> str | None:
    countries = postal("countries")
    parts = [part.strip(" .,()").lower() for part in _SPLIT.split(after)]
    last = parts[0].rpartition(" ")[2] if parts else ""
    return next((countries[part] for part in (last, *parts[1:4]) if part in countries), None)
