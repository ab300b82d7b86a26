"""What a street looks like, in the languages that `postal.json` has words of."""

import re
from functools import cache

from scrapersky.extract.postcodes import postal

COMPASS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
SURE_WORDS = frozenset(
    ("street", "road", "avenue", "lane", "drive", "boulevard", "highway", "blvd", "ave", "rd")
)
"""English words that hardly mean anything else."""
CONTACT = re.compile(
    r"\+?\d[\d\s().-]{8,}|\(\d{3}\)|\b(?:tel|fax|phone|fon|copyright)\b|[@\u00a9]|www\.|https?:"
    r"|\d[.:]\d\d\b",
    re.IGNORECASE,
)
"""What stands in a part that is neither street nor city: phone numbers, links, prices, times."""

_SHORTEST, _LONGEST = 4, 90
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? ?box|postfach|postbus|apartado|postboks|bp|box|casella postale)\b\W{0,3}\d",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(r"#?\d{1,6}(?:[a-zA-Z]|\s?[-/\u2013&]\s?\d{1,5}|\s1/2)?\s+\S")
_NUMBER_LAST = re.compile(
    r"\S[\s.]\s?(?:n\.?[\u00b0\u00ba]\s?|nr\.?\s?)?\d{1,4}\s?[a-zA-Z]?"
    r"(?:\s?[-/\u2013+]\s?\d{0,4}[a-zA-Z]?)?\Z"
)
_UNIT = re.compile(
    r"(?:suite|ste|unit|apt|apartment|floor|fl\.|room|rm|bldg|building|level|office|shop|flat|#"
    r"|\d{1,3}(?:st|nd|rd|th) floor|\d{1,2}\. ?(?:og|stock|etage|sal)|ground floor|p\.? ?m\.? ?b)"
    r"\b.{0,25}|#\s?\w{1,6}",
    re.IGNORECASE,
)
# Whose street it is, or that it is one, before it.
_LEAD_IN = re.compile(
    r"\A(?:.{0,60}\b(?:Inc|LLC|Ltd|Limited|GmbH|Corp|PLC|LLP)\b\.?\s+(?=\S{0,8}\d)"
    r"|(?:our |the )?(?:registered |head |main |mailing |postal |street |business )?"
    r"(?:office|address|headquarters)(?: (?:is|at)){0,2}\s+"
    r"|.{0,40}\b(?:located|write to us|visit us|mail to|find us) (?:at|in)\s+)",
    re.IGNORECASE,
)
_SUFFIXED = ("de", "nl", "nordic")
"""Languages that write the word for the street and its name together: Hauptstraße."""


def street_of(parts: list[str]) -> str | None:
    """The street among the last of the parts of a text, with the unit that stands beside it."""
    for back in range(1, min(4, len(parts)) + 1):
        part = parts[-back]
        if CONTACT.search(part):
            return None
        if is_street(part):
            return _trimmed(_with_unit(parts, back))
    return None


def is_street(part: str) -> bool:
    """Whether a part of a text, between commas or line ends, is a street."""
    if not _SHORTEST <= len(part) <= _LONGEST or not any(map(str.isalpha, part)):
        return False
    if _BOX.search(part):
        return True
    if any(char.isdigit() for char in part):
        return bool(_NUMBER_FIRST.match(part) or _NUMBER_LAST.search(part) or languages_of(part))
    words = part.lower().split()
    foreign = len(words) <= 5 and bool(languages_of(part) - {"en"})
    return foreign or (1 < len(words) <= 5 and words[-1].strip(".") in SURE_WORDS)


def languages_of(street: str) -> frozenset[str]:
    """The languages that have one of its words for a kind of street."""
    words = [word.strip(".,()") for word in street.lower().split()]
    found = {language for language in postal("street_words") if words_in(language) & set(words)}
    for language in _SUFFIXED:
        if any(len(word) > 5 and word.endswith(_endings(language)) for word in words):
            found.add(language)
    return frozenset(found)


@cache
def words_in(language: str) -> frozenset[str]:
    """The words of a language; those that English has too say nothing about another one."""
    words = frozenset(word.strip(".") for word in postal("street_words")[language])
    return words if language == "en" else words - words_in("en")


@cache
def _endings(language: str) -> tuple[str, ...]:
    return tuple(sorted(word for word in words_in(language) if len(word) > 2))


def _with_unit(parts: list[str], back: int) -> str:
    """`3 High Street, Suite 4`, whichever of the two was found."""
    part = parts[-back]
    if _UNIT.fullmatch(part) and back < len(parts) and is_street(parts[-back - 1]):
        return f"{parts[-back - 1]}, {part}"
    if back > 1 and _UNIT.fullmatch(parts[-back + 1]):
        return f"{part}, {parts[-back + 1]}"
    return part


def _trimmed(street: str) -> str | None:
    return _LEAD_IN.sub("", street).strip(" .,-_") or None
