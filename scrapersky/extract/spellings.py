"""A domain's name as people write it: `rye-and-sons` as "Rye & Sons", `ryebread` as "Rye Bread"."""

import re
from collections.abc import Iterator
from functools import lru_cache

_GAP = " \u00a0.,'\u2019-"
_MAX_GAP = 3
_MAX_STARTS = 1_000
_SHORTEST, _LONGEST = 3, 40
_AND = "and"
_NEXT = re.compile(r"['\u2019]s\b|\s(?:Company|Group|Co\.)(?!\w)")
# In an address or an e-mail address it is the domain itself.
_ADDRESS = re.compile(r"[\w@/-]|\.\w")


def spellings(label: str, text: str) -> Iterator[str]:
    """Where words of the text, written together, are the label; in document order, with repeats."""
    letters = re.sub(r"[\W_]", "", label.casefold())
    if not _SHORTEST <= len(letters) <= _LONGEST:
        return
    for count, start in enumerate(_start(letters[0], letters[1]).finditer(text)):
        if count == _MAX_STARTS:
            return
        end = _end(text, start.start(), letters)
        if end is None or _ADDRESS.match(text, end):
            continue
        more = _NEXT.match(text, end)
        yield " ".join(text[start.start() : more.end() if more else end].split())


@lru_cache(maxsize=1_300)
def _start(first: str, second: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w@./-]){re.escape(first)}(?=[&{_GAP}]{{0,{_MAX_GAP}}}{re.escape(second)}|\s?&)",
        re.IGNORECASE,
    )


def _end(text: str, at: int, letters: str) -> int | None:
    """Where the letters end that begin at a place of the text; None when they are others."""
    done, gap = 0, 0
    while done < len(letters):
        char = text[at : at + 1]
        if char == "&" and letters.startswith(_AND, done):
            done, gap = done + len(_AND), 0
        elif char and char.lower() == letters[done]:
            done, gap = done + 1, 0
        elif char and char in _GAP and gap < _MAX_GAP:
            gap += 1
        else:
            return None
        at += 1
    return at
