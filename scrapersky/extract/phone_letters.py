"""Numbers written as words: 1-800-FLOWERS."""

import re

# Seven places after the area code, letters among them; what is spelled beyond them is not dialled.
VANITY = re.compile(
    r"(?<![\w-])(1?[-. ]?\(?)([2-9][0-9]{2})(\)?[-. ]{1,2})"
    r"([0-9A-Z](?:[-. ]?[0-9A-Z]){6,11})(?![a-z0-9])"
)
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
_WORD = re.compile(r"[A-Z]{3}")
_WORDS = re.compile(r"[A-Z]{3}-[A-Z]{4}")
_LINE_WORD = re.compile(r"[0-9]{3}[-. ]?[A-Z]{4}")


def dialled(line: str) -> str:
    """The line with such letters as the digits under them on a telephone; as long as before."""
    return VANITY.sub(_digits, line)


def _digits(match: re.Match[str]) -> str:
    before, area, gap, places = match.groups()
    known = (
        area in _TOLL_FREE
        or _LINE_WORD.fullmatch(places)
        or (gap[0] == ")" and _WORDS.fullmatch(places))
    )
    if not known or not _WORD.search(places):
        return match[0]
    kept, count = 0, 0
    while count < 7:
        count += places[kept].isalnum()
        kept += 1
    return before + area + gap + places[:kept].translate(_KEYS) + " " * (len(places) - kept)
