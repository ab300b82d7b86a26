"""E-mail addresses that scripts write into a page."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import unquote

from scrapersky.extract.ciphers import cryptx, picked, rot13, shifted, sorted_key, turned_mailto
from scrapersky.extract.email_text import Spot, plain_text, spots, text_address
from scrapersky.extract.js_strings import js_strings
from scrapersky.extract.spelled_out import spelled_out

_MAX_SCRIPT = 12_000
_MAX_WINDOWS = 4
_MAX_CODES = 50
_BEHIND, _AHEAD = 1_200, 1_200

_HINTS = (
    "mailto",
    "fromCharCode",
    "atob('",
    'atob("',
    "unescape('",
    'unescape("',
    "decodeURIComponent('",
    'decodeURIComponent("',
    ".reverse(",
    "@'",
    '@"',
    "+'@",
    '+"@',
    "+ '@",
    '+ "@',
    "&#64;",
    "&#064;",
    "&#x40;",
    "\\x40",
    "\\u0040",
    "%40",
    "znvygb",
    "[at]",
    "(at)",
    "[105,110,102,111",
    "ail('",
    'ail("',
    "pam('",
    'pam("',
)
_ALL_HINTS = (*_HINTS, "UnCryptMailto", "eCryptX", "ecryptString", ".charAt(")
_ADDRESS_CODE = re.compile(r"&#|%[0-9A-Fa-f]{2}")
_CODED_CALL = re.compile(
    r"(UnCryptMailto|decryptString|DeCryptX|DeCryptString)\(\s{0,3}(?:'|\"|%27|%22|&#39;)"
    r"((?:(?!%27|%22|&#39;)[^'\"]){6,600})",
    re.IGNORECASE,
)
_PICKED = re.compile(r"\.charAt\((\w{1,30})\.charCodeAt\(\w{1,30}\)\s?-\s?48\)")
_SHIFTED = re.compile(r"\.indexOf\((\w{1,30})\.charAt\(\w{1,30}\)\)\s?==\s?-1")
_NAME_BEFORE = re.compile(r"\w{1,30}\Z")
_SORTED = re.compile(
    r"\ba=\\?\"([^\"\\]{20,120})\\?\";\s?var b=a\.split\(\\?\"\\?\"\)\.sort\(\)"
    r"\.join\(\\?\"\\?\"\);\s?var c=\\?\"([^\"\\]{4,200})\\?\""
)
# Such as sendMail('info', 'bakery.com'), noSpam('info', 'bakery', 'com')
_NAMED_CALL = re.compile(
    r"(?:mail|spam)\w{0,20}\(\s{0,3}['\"]([\w.+-]{1,64})['\"]\s{0,3},\s{0,3}['\"]([\w.-]{1,100})['\"]"
    r"(?:\s{0,3},\s{0,3}['\"]\.?([a-z.]{2,20})['\"])?",
    re.IGNORECASE,
)
_NO_NAMES = frozenset({"mailto", "click", "event", "href", "send", "email", "submit", "link"})


def hides_an_address(script: str) -> bool:
    """Whether reading its expressions could be worth the while."""
    return any(hint in script for hint in _ALL_HINTS)


def written_addresses(script: str) -> Iterator[Spot]:
    """Addresses that the script puts together or decodes."""
    yield from _coded(script)
    for part in _windows(script):
        yield from _from_strings(part, script, depth=0)
        for call in _NAMED_CALL.finditer(part):
            yield from _from_call(call)


def _windows(script: str) -> Iterator[str]:
    """All of a short script; of a long one, what surrounds each hint, from a statement's start."""
    if len(script) <= _MAX_SCRIPT:
        yield script
        return
    end = 0
    for start in _hints(script):
        if start < end:
            continue
        begin = max(end, start - _BEHIND)
        begin = max(script.find(";", begin, start), script.find("\n", begin, start), begin)
        end = start + _AHEAD
        yield script[begin:end]


def _hints(script: str) -> list[int]:
    """Where the first of each kind of hint are."""
    starts: list[int] = []
    for hint in _HINTS:
        start = script.find(hint)
        for _ in range(_MAX_WINDOWS):
            if start < 0:
                break
            starts.append(start)
            start = script.find(hint, start + _AHEAD)
    return sorted(starts)[: 2 * _MAX_WINDOWS]


def _from_strings(part: str, script: str, *, depth: int) -> Iterator[Spot]:
    for text in js_strings(part):
        if len(text) < 6:
            continue
        plain = _readable(text)
        if "@" in plain:
            found = [spot for spot in spots(plain) if spot.raw not in script]
        elif "mailto" in plain or plain != text:
            found = list(spelled_out(plain))
        else:
            found = []
        yield from found
        if depth == 0 and not found and hides_an_address(plain) and text not in script:
            yield from _from_strings(plain, script, depth=1)


def _readable(text: str) -> str:
    if text.startswith("znvygb:"):
        text = rot13(text)
    for _ in range(2):
        if not _ADDRESS_CODE.search(text):
            break
        text = unquote(unescape(text), errors="replace")
    return plain_text(text)


def _coded(script: str) -> Iterator[Spot]:
    for call in _CODED_CALL.finditer(script if "rypt" in script else ""):
        code = unquote(call[2], errors="replace")
        crypted = call[1].lower().startswith("decryptx") or "string" in call[1].lower()
        text = turned_mailto(code) or (cryptx(code) if crypted else None)
        yield from spots(plain_text(text or ""))
    if "charAt(" not in script:
        return
    for match in _SORTED.finditer(script):
        yield from spots(sorted_key(match[2], match[1]))
    for pattern, decode in ((_PICKED, picked), (_SHIFTED, shifted)):
        for match in islice(pattern.finditer(script), _MAX_CODES):
            name = _NAME_BEFORE.search(script[max(0, match.start() - 30) : match.start()])
            first = _variable(script, name[0]) if name else None
            second = _variable(script, match[1])
            if first and second:
                args = (first, second) if decode is picked else (second, first)
                yield from spots(plain_text(_readable(decode(*args))))


def _variable(script: str, name: str) -> str | None:
    """The literal that the variable was given."""
    match = re.search(
        rf"\b{re.escape(name)}\s?=\s?([\"'](?:[^\"'\\\n]|\\.){{1,2000}}[\"'])", script
    )
    return next(js_strings(match[1]), None) if match else None


def _from_call(call: re.Match[str]) -> Iterator[Spot]:
    first, second, top = call.groups()
    domain = f"{second}.{top}" if top else second
    for local, name in ((first, domain), (second, first)):
        if local.lower() not in _NO_NAMES and "." in name:
            value = text_address(local, name)
            if value:
                yield Spot(value, call[0], "", disguised=True)
                return
