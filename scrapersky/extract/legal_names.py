"""Names with a legal form in a text: "Rye & Sons Ltd", "Roggen GmbH"."""

import re
from collections.abc import Iterator

from scrapersky.extract.company_names import LEGAL_FORMS
from scrapersky.extract.name_candidate import Candidate, named

_MAX_FORMS = 40
_WINDOW = 80
_WORDS_BEFORE = re.compile(r"(?:(?<![\w.(])[\w&'\u2019.+/()-]{1,30},?\s){1,7}\Z")
_SMALL = frozenset({"and", "of", "the", "&", "und", "et", "e", "y", "de", "-"})


def legal_names(text: str) -> Iterator[Candidate]:
    """Capitalised words and the legal form behind them."""
    for count, form in enumerate(LEGAL_FORMS.finditer(text)):
        if count == _MAX_FORMS:
            return
        start = max(0, form.start() - _WINDOW)
        before = _WORDS_BEFORE.search(text, start, form.start())
        name = _capitalised(before[0]) if before else ""
        if name:
            yield from named(f"{name} {form[0]}", "legal form", 0.3)


def _capitalised(text: str) -> str:
    """The last words of a text that a name may consist of."""
    kept: list[str] = []
    for word in reversed(text.split("\n")[-1].split()):
        if not _is_part(word) or (kept and _is_end(word)):
            break
        kept.append(word)
    while kept and kept[-1].lower() in _SMALL:
        kept.pop()
    return " ".join(reversed(kept))


def _is_part(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or word[0] == "(" or word.lower() in _SMALL


def _is_end(word: str) -> bool:
    """Whether something else ends with the word."""
    return word[-1] in ",:;!?" or (word[-1] == "." and len(word) > 4)
