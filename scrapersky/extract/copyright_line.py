"""The owner in a copyright line, such as "© 2012-2024 Rye Ltd. All rights reserved."."""

import re
from collections.abc import Iterator
from functools import cache

from scrapersky.extract.company_names import LEGAL_FORMS, clean_name, fold, has_legal_form, words_of

_MAX_LINES = 12
_MAX_TEXT = 200_000
_WINDOW = 220
_MARK = re.compile(r"\u00a9|\u24b8|\(c\)(?=\W{0,3}\d{4})|&copy;|\bcopyrights?\b", re.IGNORECASE)
_YEARS = (
    r"(?:19|20)\d\d(?:(?:19|20)\d\d){0,3}"
    r"(?:[\s,/&\u2013\u2014-]{1,4}(?:(?:19|20)?\d\d|present|now|today|heute)\b){0,4}"
)
_LEADING = re.compile(
    rf"[\s,.:;|*/\u2013\u2014\u2022\u00b7\u00a9\u00ae\u2122\u24b8-]{{1,20}}|\(c\)|\[c\]|\({_YEARS}\)|{_YEARS}|&copy;|"
    r"(?:copyrights?|by|von|par|por|di|da|av|af|door|notice|reserved|of|the year)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    rf"(?:copyrights?|{_YEARS}|\(c\)|[\s,.:;|\u2013\u2014\u2022\u00b7\u00a9-])\Z", re.IGNORECASE
)
_SEPARATOR = re.compile(
    r"[|\u2022\u00b7\u00bb\u00ab\t\u00a9\u24b8\u2605\u25cf\u2116]|\s[-\u2013\u2014/~*:l]\s|[-\u2013\u2014]{2}|:\s|;\s|\.\s?\.|"
    r",?\s?\(?(?:19|20)\d\d\b|https?:|\(\+?\d"
)
# "Rye Ltd. High Street 3" ends at the full stop; "Rye & Co. Ltd" and "St. Rye" do not.
_STOP = re.compile(r"(?<=\w\w\w)[.!]\s+(?=\W?[A-Z\u00c0-\u00de\u0410-\u042f\d])|(?<=\w\w\w)\.$")
_ABBREVIATED = re.compile(r"\b(?:Bros|Dept|Assn|Assoc|Univ|Mfg|Intl|Drs|Mrs|Msgr|Ges)\.$")


def copyright_names(text: str) -> list[str]:
    """The names in the copyright lines of a page's visible text, in their order."""
    names: list[str] = []
    for line, following in _lines(text[-_MAX_TEXT:]):
        for mark in list(_MARK.finditer(line))[:4]:
            name = _name_at(line, mark, following)
            if name and name not in names and fold(name) not in words_of("map_makers"):
                names.append(name)
    return names


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Lines with a mark and the line after each; the last ones, since that is where footers are."""
    ends = [mark.start() for mark in _MARK.finditer(text)]
    seen = -1
    for at in ends[-_MAX_LINES:]:
        start = max(text.rfind("\n", max(0, at - _WINDOW), at) + 1, at - _WINDOW, 0)
        end = text.find("\n", at, at + 2 * _WINDOW)
        end = min(len(text), at + 2 * _WINDOW) if end < 0 else end
        if end == seen:
            continue
        seen = end
        following = text[end + 1 : end + 1 + _WINDOW].partition("\n")[0]
        yield text[start:end], following


def _name_at(line: str, mark: re.Match[str], following: str) -> str | None:
    after = _without_leading(line[mark.end() : mark.end() + _WINDOW])
    name = _first_part(after)
    if name:
        return name
    before = line[max(0, mark.start() - _WINDOW // 2) : mark.start()]
    name = _last_part(before)
    if name:
        return name
    return None if after else _first_part(_without_leading(following))


def _without_leading(text: str) -> str:
    for _ in range(12):
        match = _LEADING.match(text)
        if not match:
            break
        text = text[match.end() :]
    return text


def _first_part(text: str) -> str | None:
    stop = _stops().search(text)
    text = text[: stop.start()] if stop else text
    separator = _SEPARATOR.search(text)
    text = text[: separator.start()] if separator else text
    form = LEGAL_FORMS.search(text, 1)
    return clean_name(text[: form.end()] if form else _first_sentence(text))


def _first_sentence(text: str) -> str:
    for stop in _STOP.finditer(text):
        head = text[: stop.start() + 1]
        if not _ABBREVIATED.search(head):
            return head if has_legal_form(head) else head[:-1]
    return text


def _last_part(text: str) -> str | None:
    for _ in range(8):
        match = _TRAILING.search(text[-60:])
        if not match:
            break
        text = text[: len(text) - (len(text[-60:]) - match.start())]
    parts = [part for part in _SEPARATOR.split(text) if part.strip()]
    if not parts or _stops().search(parts[-1]):
        return None
    return clean_name(_STOP.split(parts[-1])[-1])


@cache
def _stops() -> re.Pattern[str]:
    phrases = sorted(words_of("copyright_stops"), key=lambda phrase: (-len(phrase), phrase))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, phrases)) + ")", re.IGNORECASE)
