"""E-mail addresses in running text, as they are and as people disguise them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from scrapersky.extract.email_address import INVISIBLE, email_address
from scrapersky.extract.suffixes import has_public_suffix

_MAX_SIGNS = 2_000
_CONTEXT = 120

_SIGNS = {0xFF20: "@", 0xFE6B: "@", 0xFF0E: ".", 0x3002: ".", 0x2024: ".", 0xFF61: ".", 0xA0: " "}
_ODD_SIGN = re.compile("[\uff20\ufe6b\uff0e\u2024\u00a0]")
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
# Written twice: a search for `[…]{2}` tries every place, one for `[…]` skips to the first.
_HAS_FULL_WIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]" * 2)

# Read backwards from the @.
_LOCAL_BACKWARDS = re.compile(r"[A-Za-z0-9_.+&'~-]{1,64}")
# O'Brien, d'Artagnan; any other apostrophe is a quotation mark.
_APOSTROPHE = re.compile(r"[A-Za-z]{1,2}'[A-Za-z]{2,}[A-Za-z0-9._-]*")
_DOMAIN = re.compile(r"(?:[^\W_][\w-]{0,62}\.){1,6}(?:[A-Za-z]{2,24}|[^\W\d_]{2,24})")
_LAST_WORD = re.compile(r"[^\s\"'<>()\[\],;|]*$")
# The next sentence or word, without the blank that belonged there: "x.com.Call", "x.comTel".
_GLUED = re.compile(r"(?<=[a-z])(?:\.(?=[A-Z][a-z])|(?=[A-Z])).*")

_DECOY = re.compile(
    r"(?:no|anti|kein|ohne|gegen|stop|less|not?for|spam)[._-]?spam(?:mers?|bots?)?|spam[._-]?(?:free|block|me[._-]?not|protection|schutz)"
    r"|(?:remove|delete|entfernen?|loeschen|löschen|retirer|supprimer)[._-]?(?:this|me|dies|das|ceci|caps)?"
    r"|(?:bitte|please)[._-]?(?:entfernen|remove|loeschen)",
    re.IGNORECASE,
)
_LOCAL_DECOY = re.compile(
    r"(?:NO|ANTI|REMOVE)[._-]?(?:SPAM|THIS|ME)|REMOVETHIS|[._+-](?:no-?spam|remove-?this|antispam)(?=$|[._-])"
    r"|(?:^|(?<=[._-]))(?:no-?spam|remove-?this|antispam)[._-]"
)


@dataclass(slots=True, frozen=True)
class Spot:
    """An address in a text."""

    value: str
    raw: str
    before: str
    "Up to 120 characters that precede it."
    disguised: bool = False


def plain_text(text: str) -> str:
    """Without invisible characters, with an ASCII @ and full stop."""
    if text.isascii():
        return text
    text = INVISIBLE.sub("", text)
    if _HAS_FULL_WIDTH.search(text):
        text = text.translate(_FULL_WIDTH)
    return text.translate(_SIGNS) if _ODD_SIGN.search(text) else text


def readable_text(text: str) -> str:
    """The same with HTML entities undone that were encoded twice."""
    return plain_text(unescape(text) if "&#" in text or "&commat" in text else text)


def spots(text: str) -> Iterator[Spot]:
    """The addresses of a text that went through `plain_text`."""
    at = -1
    for _ in range(_MAX_SIGNS):
        at = text.find("@", at + 1)
        if at < 0:
            return
        spot = _spot(text, at)
        if spot:
            yield spot


def spot_of(local: str, domain: str, *, raw: str, before: str) -> Spot | None:
    """A disguised address, put together."""
    value = text_address(local, domain)
    return Spot(value, raw.strip(), before, disguised=True) if value else None


def text_address(local: str, domain: str) -> str | None:
    """The address when the domain, or what it begins with, has a known public suffix.

    Decoys (NOSPAM, remove-this) are taken out; what is glued to the end of the domain is cut off.
    """
    local = local.strip(".'&~-+")
    if "'" in local and not _APOSTROPHE.fullmatch(local):
        local = local.rpartition("'")[2]
    local = _LOCAL_DECOY.sub("", local) or local
    domain = _without_decoys(domain)
    for name in _shorter(domain):
        if has_public_suffix(name.lower()):
            return email_address(f"{local}@{name}")
    return None


def _spot(text: str, at: int) -> Spot | None:
    domain = _DOMAIN.match(text, at + 1)
    if domain is None or text[domain.end() : domain.end() + 1] == "@":
        return None
    local = _LOCAL_BACKWARDS.match(text[max(0, at - 65) : at][::-1])
    if local is None:
        return None
    start = at - local.end()
    before = text[max(0, start - _CONTEXT) : start]
    if _is_part_of_more(before):
        return None
    value = text_address(text[start:at], domain[0])
    return Spot(value, text[start : domain.end()], before) if value else None


def _is_part_of_more(before: str) -> bool:
    """Of a URL, of a path, of a longer name: `müller@`, whose first letters are none of ours."""
    last = before[-1:]
    if last in {"@", "/", "%"} and not before.endswith(("://", " /", "\n/", "|/")):
        return last != "/" or not before[:-1].endswith((".com", ".de", ".net", ".org"))
    if last.isalpha() and "\u00c0" <= last < "\u0250":
        return True
    word = _LAST_WORD.search(before)
    token = word[0] if word else ""
    return "://" in token and not token.lower().endswith(("mailto://", "mailto:"))


def _shorter(domain: str) -> Iterator[str]:
    yield _GLUED.sub("", domain)
    labels = domain.split(".")
    for count in range(len(labels), 1, -1):
        yield ".".join(labels[:count])


def _without_decoys(domain: str) -> str:
    labels = domain.split(".")
    kept = [label for label in labels if not _DECOY.fullmatch(label) and label != "invalid"]
    domain = ".".join(kept)
    return domain if len(kept) > 1 else ".".join(labels)
