"""Names of companies: what is one, and when two of them are the same."""

import html
import re
import unicodedata
from functools import cache, lru_cache

from scrapersky.extract.data_file import data_file

MAX_NAME = 90
"""Characters; what is longer is a sentence."""

_MAX_WORDS = 9
_WORDS = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]")
LEGAL_FORMS = re.compile(
    r"(?<![\w&])(?:GmbH(?: ?& ?Co\.? ?(?:KGaA|KG|OHG))?|mbH|UG \(haftungsbeschr\w{1,6}\)"
    r"|(?:AG|SE) & Co\. ?KG(?:aA)?|Ltd|LTD|Limited|LIMITED|LLC|L\.L\.C|Inc|INC|Incorporated|Corp"
    r"|Corporation|PLC|plc|LLP|S\.?r\.?l|S\.R\.L|S\.?p\.?A|SARL|S\.A\.R\.L|S\.A\.S|SAS|B\.V|BV|N\.V"
    r"|s\.r\.o|S\.R\.O|spol\. s r\.o|a\.s|Sp\. ?z ?o\. ?o|d\.o\.o|Kft|Zrt|A/S|ApS|AB|Oy|Oyj|ASA"
    r"|S\.A|S\.L|S\.L\.U|Lda|Ltda|Pty|e\.V|e\.K|KG|OHG|GbR)(?!\w)\.?"
)
"""As they stand in texts, capitals and all, after a name."""
# Letters that Unicode does not take apart.
_FOLDED = str.maketrans({"&": " and ", "+": " and ", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae"})
_IGNORED = re.compile(r"['\u2019`\u00b4\u00ae\u2122\u2120]")
_EDGES = ' \t\n\r,;:|/\\-_\u2013\u2014\u2022\u00b7\u00bb\u00ab*~=<>"\u201c\u201d\u201e\u00a9#'
_BEFORE = re.compile(
    r"(?:welcome to|willkommen (?:bei|zu|im|in)|bienvenue (?:chez|à|au|sur)|bienvenidos? a"
    r"|benvenuti (?:da|su|in|al)|welkom bij|home (?:of|page of)|go to|back to|visit|about|contact"
    r"|(?:the )?official (?:web ?)?site (?:of|for)"
    r"|logo(?: of| del?| della| di| von| der| for| van|:))\s+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s,:|(\[\u2013-]+(?:logo(?:s|type)?|home|home ?page|official (?:web ?)?site|website|web site|"
    r"startseite|header|banner|homepage logo|logo home)[)\]]?$",
    re.IGNORECASE,
)
# What is left over where a longer text was cut: years, "copyright", "and".
_LOOSE = re.compile(
    r"\A(?:copyrights?\b|(?:19|20)\d\d(?=\D)[\s-]{0,3}(?:(?:19|20)\d\d(?=\D))?|and\s|or\s|&)"
    r"[\s.,:-]{0,5}"
    r"|[\s,-]{1,5}(?:(?:(?:19|20)\d\d){1,4}|and|&|of|the|by|in)\Z",
    re.IGNORECASE,
)


@cache
def words_of(name: str) -> frozenset[str]:
    """A word list of company_names.json."""
    return frozenset(_data()[name])


@cache
def _data() -> dict[str, list[str]]:
    document: dict[str, list[str]] = data_file("company_names.json")
    return document


@lru_cache(maxsize=4_096)
def fold(text: str) -> str:
    """Words in lower case with a blank between them, without accents and punctuation."""
    text = _IGNORED.sub("", text[: 4 * MAX_NAME]).casefold().translate(_FOLDED)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORDS.findall(plain))


def bare(name: str) -> str:
    """The folded name without its legal form: `Rye & Sons, GmbH & Co. KG` gives `rye and sons`."""
    words = fold(name).split()
    for _ in range(3):
        words = _without_form(words)
    return " ".join(words)


def has_legal_form(name: str) -> bool:
    """Whether the name says what kind of company it is."""
    words = fold(name).split()
    return len(_without_form(words)) < len(words)


def _without_form(words: list[str]) -> list[str]:
    for size in range(min(7, len(words) - 1), 0, -1):
        if " ".join(words[-size:]) in words_of("legal_forms"):
            return words[:-size]
    if len(words) > 1 and words[0] in words_of("leading_forms"):
        return words[1:]
    return words


def clean_name(text: str) -> str | None:
    """The name that a text is, or None: no name, the name of a kind of page, or a sentence."""
    name = " ".join(html.unescape(text[: 4 * MAX_NAME]).split()).strip(_EDGES)
    for _ in range(2):
        name = _AFTER.sub("", _BEFORE.sub("", name, count=1) if _BEFORE.match(name) else name)
        name = name.strip(_EDGES)
    name = name.strip("[]{}") if name[:1] in "[{" else name
    if name.count("(") != name.count(")"):
        name = name.partition("(")[0]
    name = _without_stop(_LOOSE.sub("", name).strip(_EDGES))
    return name if is_name(name) else None


def _without_stop(name: str) -> str:
    """Without the full stop of a sentence; that of `Inc.` stays."""
    return name if has_legal_form(name) else name.rstrip(". !?")


def is_name(name: str) -> bool:
    """Whether this can be a name at all."""
    if not 2 <= len(name) <= MAX_NAME or not _LETTERS.search(name) or "{" in name or "@" in name:
        return False
    folded = fold(name)
    words = folded.split()
    if not 1 <= len(words) <= _MAX_WORDS or len(folded) < 2 or "http" in words:
        return False
    return folded not in words_of("generic") and sum(map(len, words)) > 1
