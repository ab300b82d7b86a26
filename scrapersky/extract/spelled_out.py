"""Addresses spelled out against harvesters: name (at) domain [dot] com, in many languages."""

import re
from collections.abc import Iterator

from scrapersky.extract.data_file import data_file
from scrapersky.extract.email_text import Spot, spot_of, spots

_MAX_FOUND = 300
_BEFORE = 200

_WORDS = data_file("spelled_out.json")
_AT_WORDS = frozenset(_WORDS["ats"])
_DOTS = "|".join(_WORDS["dots"])
_RARE_DOTS = "|".join(_WORDS["dots_before_countries"])
_COUNTRIES = "|".join(_WORDS["countries"])
_BRACKETED = re.compile(
    r"[\[({<«]{1,3}+\s?(@|[^\W\d_][^\W\d_ -]{0,14}[ -]?[^\W\d_]{0,7})\s?[\])}>»]{1,3}"
)
_SIGNED = re.compile(r"([_*|~#^=\"'])(?:at|AT|arroba|ät|kukac|chez)\1")
_HYPHENED = re.compile(r"-at-(?=[\w-]{1,63}-dot-)")
_BRACKETED_DOT = (
    rf"\s{{0,2}}[\[({{<«]{{1,3}}\s?(?:{_DOTS}|{_RARE_DOTS}|\.|,)\s?[\])}}>»]{{1,3}}\s{{0,2}}"
)
# "At some point in" is no address.
_SPOKEN_DOT = rf"\s{{1,2}}(?:{_DOTS}|(?:{_RARE_DOTS})(?=\s{{1,2}}(?:{_COUNTRIES})\b))\s{{1,2}}"
_SPOKEN_WORDS = [f" {word} " for key in ("dots", "dots_before_countries") for word in _WORDS[key]]
_SIGNED_DOT = r"[_*|~#^=-](?:dot|punkt|punto|ponto|point)[_*|~#^=-]"
_HIDDEN_DOT = rf"(?:{_BRACKETED_DOT}|{_SPOKEN_DOT})"
_DOT = rf"(?:\.|{_HIDDEN_DOT}|\s\.\s?|{_SIGNED_DOT}|(?-i:DOT))"
_DOT_SIGN = re.compile(_DOT, re.IGNORECASE)

_LOCAL = re.compile(
    rf"(?<![\w.+@/-])([A-Za-z0-9_][\w+-]{{0,40}}?(?:{_DOT}[\w+-]{{1,40}}?){{0,3}})\s{{0,3}}\Z",
    re.IGNORECASE,
)
_LABELS = r"[^\W_](?:[\w-]{0,62}[^\W_])??"
_DOMAIN = re.compile(rf"\s{{0,3}}({_LABELS}(?:{_DOT}{_LABELS}){{1,5}})(?![\w-])", re.IGNORECASE)
_SPOKEN_DOMAIN = re.compile(
    rf"({_LABELS}(?:{_HIDDEN_DOT}{_LABELS}){{1,4}})(?![\w-])", re.IGNORECASE
)
_SPOKEN_AT = re.compile(
    r"\s(?:at|ät|æt|arroba|arobase|chez|chiocciola|kukac|zavin[aá][cč]|ma[lł]pa|snabel[ -]?a|собака"
    r"|собачка|apenstaartje|@)\s",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"AT(?<=[a-z0-9]AT)(?=[a-z0-9])")
# What must precede "info at bakery.com", which could be the end of a sentence about a shop.
_LABEL = re.compile(
    r"(?:e-?mails?|mails?|e-?post|courriel|correo(?: electr[oó]nico)?|elettronica|почта|имейл"
    r"|email(?:ová)? adresa|e-?mail-?(?:adresse|address|cím|adres)|poczta|メール|邮箱|邮件)"
    r"\s{0,2}[:\uff1a=-]?\s{0,3}\Z",
    re.IGNORECASE,
)
_WRITTEN_AT = re.compile(r"(?:at|AT) (?<=\w (?:at|AT) )(?=[A-Za-z0-9-]{2,63}\.[a-z]{2})")
_SPACED_SIGN = re.compile(r"@(?:(?<= @)| ) {0,3}(?=\w)")
_DOTTED_SIGN = re.compile(rf"@(?=[\w-]{{1,63}}{_HIDDEN_DOT})", re.IGNORECASE)


def all_spots(text: str) -> Iterator[Spot]:
    """The addresses of a text, plain or disguised."""
    yield from spots(text)
    yield from spelled_out(text)


def spelled_out(text: str) -> Iterator[Spot]:
    """The disguised addresses of a text."""
    for match in _some(_BRACKETED, text):
        if match[1].strip().lower() in _AT_WORDS:
            yield from _around(text, match, _DOMAIN)
    for sign in (_SIGNED, _HYPHENED, _DOTTED_SIGN, _SHOUTED):
        for match in _some(sign, text):
            yield from _around(text, match, _DOMAIN)
    lowered = text.lower()
    if any(word in lowered for word in _SPOKEN_WORDS):
        for match in _some(_SPOKEN_AT, text):
            yield from _around(text, match, _SPOKEN_DOMAIN)
    for sign in (_WRITTEN_AT, _SPACED_SIGN):
        for match in _some(sign, text):
            yield from (
                spot for spot in _around(text, match, _DOMAIN) if _LABEL.search(spot.before)
            )


def _some(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for count, match in enumerate(pattern.finditer(text)):
        if count == _MAX_FOUND:
            return
        yield match


def _around(text: str, at: re.Match[str], pattern: re.Pattern[str]) -> Iterator[Spot]:
    domain = pattern.match(text, at.end())
    if domain is None:
        return
    lead = text[max(0, at.start() - _BEFORE) : at.start()]
    local = _LOCAL.search(lead)
    if local is None:
        return
    spot = spot_of(
        _dotted(local[1]),
        _dotted(domain[1]),
        raw=local[0] + text[at.start() : domain.end()],
        before=lead[: local.start()],
    )
    if spot:
        yield spot


def _dotted(text: str) -> str:
    return _DOT_SIGN.sub(".", text)
