"""The city before or after a postcode."""

import re

from scrapersky.extract.postcodes import postal
from scrapersky.extract.streets import COMPASS, CONTACT, SURE_WORDS, is_street, words_in

SPLIT = re.compile(
    r"[\n\t,|;\u2022\u00b7\u25cf\u2219\uff5c]|\s[-\u2013\u2014/*]\s|\s{3,}|(?<=[a-z]{5})\.\s"
)
"""Between the parts of an address, and between it and what else stands there."""

_LONGEST = 40
_MAX_WORDS = 5
_WORD = r"[^\W\d_][\w'\u2019.&-]{0,24}"
_CITY = re.compile(rf"{_WORD}(?:[ /]{_WORD}){{0,4}}")
_APOSTROPHES = {"'", "\u2019"}
_UNIT = re.compile(
    r"\b(?:suite|ste|unit|floor|fl|apt|room|rm|bldg|building|#)[.,]?\s{0,2}#?\s?\w{1,6}\s+(?=[A-Z])",
    re.IGNORECASE,
)
# What stands behind a city in the same line.
_TAIL = re.compile(
    r"(?:\.\s|\s(?:tel|telefon|telefoon|phone|ph|fax|t|f|m|p|e|email|e-mail|mail|mobil|fon|tlf"
    r"|t\u00e9l|t\u00e9l\u00e9phone|tel\u00e9fono|telefono|telefax|contact|kontakt|map|karte|route"
    r"|google|openingstijden|kvk|btw|cif|p\.iva)\b).*\Z",
    re.IGNORECASE | re.DOTALL,
)


def is_city(text: str) -> bool:
    """Whether a text can be the name of a city."""
    if not 2 <= len(text) <= _LONGEST or not text[0].isupper() or not _CITY.fullmatch(text):
        return False
    words = text.split()
    if len(words) > _MAX_WORDS or words[0].lower().strip(".") in postal("no_cities"):
        return False
    return all(map(_is_part, words))


def _is_part(word: str) -> bool:
    return word[0].isupper() or word in postal("small_words") or word[1:2] in _APOSTROPHES


def city_first(after: str) -> str | None:
    """The city that a text begins with: what follows a postcode."""
    part = SPLIT.split(after.lstrip(" ,\u00a0\n\t"), maxsplit=1)[0]
    part = _TAIL.sub("", part.partition("(")[0]).strip(" .-/:")
    match = _CITY.match(part)
    city = match[0].strip(" .-/&") if match else ""
    begin, _, last = city.rpartition(" ")
    if begin and last.lower() in postal("countries"):
        return begin if is_city(begin) else None
    # A long rest means that it is a sentence.
    return city if is_city(city) and len(part) - len(city) < 12 else None


def city_last(part: str) -> tuple[str | None, str]:
    """The city that a part of a text is or ends with, and what is left before it."""
    if CONTACT.search(part):
        return None, ""
    if is_city(part) and not is_street(part):
        return part, ""
    words = part.split()
    place = _after_unit(part) or _after_street(words)
    if place:
        city = " ".join(words[place:])
        return (city, " ".join(words[:place])) if is_city(city) else (None, part)
    if any(char.isdigit() for char in part):
        return None, part
    return _capitalised(words), ""


def _after_unit(part: str) -> int:
    """How many words stand before the city in "Main Street Suite 4 Rye"; 0 without a unit."""
    units = list(_UNIT.finditer(part))
    if not units or not is_city(part[units[-1].end() :]):
        return 0
    return len(part[: units[-1].end()].split())


def _after_street(words: list[str]) -> int:
    """How many stand before the city in "12 Main Street NW Rye"; 0 without a word for a street."""
    has_number = any(char.isdigit() for word in words for char in word)
    plain = [word.lower().strip(".,") for word in words]
    known = words_in("en") if has_number else SURE_WORDS
    last = max(
        (n for n, word in enumerate(plain) if word in known and word not in COMPASS), default=-1
    )
    # Its last word for a street may be the city's own: "12 Main Street Court" has none.
    end = last + 1
    while 0 < end < len(words) and plain[end] in COMPASS:
        end += 1
    return end if 0 < end < len(words) else 0


def _capitalised(words: list[str]) -> str | None:
    """The city at the end of a sentence: "our bakery is in Rye"."""
    for size in (3, 2, 1):
        city = " ".join(words[-size:])
        if len(words) > size and is_city(city) and all(word[0].isupper() for word in words[-size:]):
            return city
    return None
