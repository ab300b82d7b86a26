"""What the words beside a number say that it is: a telephone, a fax, or something else."""

import json
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from importlib.resources import files

WINDOW = 70
"""Characters before and after a number that are read."""


class Label(Enum):
    """What a number is, by its label."""

    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    BOTH = "both"
    "Telephone and fax in one (`Tel/Fax`)."
    DESK = "desk"
    "Who answers (`Sales:`, `Office:`)."
    OTHER = "other"
    "An account, a registration, a price, …: no telephone number."
    DOUBT = "doubt"
    "An order, a page, a customer: no telephone number, unless it looks like nothing else."


@dataclass(slots=True, frozen=True, kw_only=True)
class Found:
    """A label near a number."""

    label: Label
    close: bool
    "Nothing but separators and filling words between the two."


_WORD = re.compile(r"[^\W\d_]{1,30}")
_SENTENCE_END = re.compile(r"[!?;]|\.\s+\S")
_FILLING = re.compile(
    r"[\s.:;,()\[\]/|+&*#°º_=>»«•·\"'\u2010-\u2015\u2022\u2026\uff1a\uff08\uff09-]*"
)
_STEMS = (
    (Label.FAX, ("fax", "telefax", "telefaks", "факс", "телефакс", "télécop")),
    (Label.MOBILE, ("mobilnumm", "mobiltel", "handynum", "мобильн", "мобіл")),
    (
        Label.PHONE,
        ("telefon", "telephon", "téléphon", "telefoon", "teléfon", "телефон", "тэлефон", "τηλέφων"),
    ),
)
_ENDINGS = (
    (Label.FAX, ("fax", "factfax")),
    (Label.PHONE, ("telefon", "telefoon", "phone", "hotline", "telefonnummer", "rufnummer")),
)
# One letter is a label where nothing else can stand: right before the number.
_LETTERS = {
    "t": Label.PHONE,
    "p": Label.PHONE,
    "o": Label.PHONE,
    "d": Label.PHONE,
    "w": Label.PHONE,
    "т": Label.PHONE,
    "m": Label.MOBILE,
    "c": Label.MOBILE,
    "м": Label.MOBILE,
    "f": Label.FAX,
    "ф": Label.FAX,
}
_LETTER = re.compile(
    r"(?:^|[^\w'\u2019&.-])([^\W\d_])(?:[.:)]\s{0,2}|\s{0,2}[-\u2013|]\s?|\s)[(]?$"
)
_NUMBERED = frozenset(
    {"contact", "help", "emergency", "support", "office", "information", "kontakt"}
)
_AND = frozenset(["und", "and", "et", "y", "e", "en", "и", "та", "och", "og"])
_MAX_WORDS = 9


@cache
def _words() -> dict[str, Label | None]:
    data = json.loads(files("scrapersky.extract").joinpath("data/phone_words.json").read_text())
    words: dict[str, Label | None] = dict.fromkeys(data["neutral"])
    for label in (Label.DOUBT, Label.OTHER, Label.DESK, Label.PHONE, Label.MOBILE, Label.FAX):
        words |= dict.fromkeys(data[label.value], label)
    return words


@cache
def _glued() -> tuple[tuple[str, Label], ...]:
    data = json.loads(files("scrapersky.extract").joinpath("data/phone_words.json").read_text())
    return tuple((word, Label(name)) for name, words in data["glued"].items() for word in words)


@lru_cache(4096)
def _label(word: str) -> Label | None:
    for label, stems in _STEMS:
        if word.startswith(stems):
            return label
    known = _words().get(word)
    if known is None and len(word) > 5:
        return next((label for label, ends in _ENDINGS if word.endswith(ends)), None)
    return known


def label_before(text: str) -> Found | None:
    """The last label in what stands before a number, on its line or the line above."""
    text = text[-WINDOW:]
    letter = _LETTER.search(text)
    if letter and (letter[1].isupper() or letter[0].rstrip(" (")[-1:] in ".:)"):
        label = _LETTERS.get(letter[1].lower())
        if label:
            return Found(label=label, close=True)
    words = list(_WORD.finditer(text.lower()))[-_MAX_WORDS:]
    close = True
    for position in range(len(words) - 1, -1, -1):
        word = words[position]
        label = _label(word[0])
        if label:
            if not close and _SENTENCE_END.search(text, min(word.end() + 2, len(text))):
                return None
            if label is Label.DESK and word[0] in _NUMBERED and _is_numbered(words[position + 1 :]):
                label = Label.PHONE
            if label is Label.FAX and _is_phone_too(words, position, text):
                label = Label.BOTH
            return Found(label=label, close=close)
        close = close and (word[0] in _words())
    return _glued_label(text)


def label_after(text: str) -> Label | None:
    """The label right after a number: `(fax)`, ` Phone`."""
    text = text[:WINDOW]
    start = _FILLING.match(text)
    word = _WORD.match(text, start.end() if start else 0)
    if not word:
        return None
    label = _label(word[0].lower())
    if not label and len(word[0]) == 1 and text[: word.start()].strip() == "(":
        label = _LETTERS.get(word[0].lower())
    return label if label in {Label.PHONE, Label.MOBILE, Label.FAX} else None


def _is_numbered(words: list[re.Match[str]]) -> bool:
    return any(word[0] in {"number", "numbers", "no", "nr", "nos", "nummer"} for word in words)


def _is_phone_too(words: list[re.Match[str]], position: int, text: str) -> bool:
    """`Tel/Fax:`, `Telefon und Fax`; not `Tel. 123 Fax`, for the number before is cut off."""
    if position == 0:
        return False
    before = words[position - 1]
    if before[0] in _AND and position > 1:
        before = words[position - 2]
    gap = text[before.end() : words[position].start()]
    return _label(before[0]) in {Label.PHONE, Label.MOBILE} and len(gap) < 8 and "\n" not in gap


def _glued_label(text: str) -> Found | None:
    """Scripts without blanks between words, or whose marks are no letters to `re`."""
    if text.isascii():
        return None
    best = max(((text.rfind(word), label.value) for word, label in _glued()), default=(-1, ""))
    return Found(label=Label(best[1]), close=len(text) - best[0] < 16) if best[0] >= 0 else None
