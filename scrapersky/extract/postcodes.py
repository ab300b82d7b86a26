"""What postcodes look like, country by country, and what stands beside them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from scrapersky.extract.data_file import data_file

MAX_POSTCODES = 200
"""Of one form and page; a page with more is a list of places."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Postcode:
    """A postcode in a text."""

    country: str | None
    "ISO 3166-1 alpha-2; None where several countries write theirs like this."
    code: str
    region: str | None
    "The state or province that stands before it, as its usual abbreviation."
    start: int
    "Where it begins: at its region or country prefix if it has one."
    end: int
    leads: bool
    "Whether the city follows (12345 Rye) and does not precede (Rye, NY 10580)."


@cache
def _tables() -> dict[str, Any]:
    document: dict[str, Any] = data_file("postal.json")
    return document


def postal(name: str) -> Any:
    """A table of postal.json."""
    return _tables()[name]


# The city after it. "12345" and "1234" are many countries', "123 45" is Swedish, Czech and Greek.
_LEADING = re.compile(
    r"\d(?:(?P<NL>\d{3}[ \u00a0]?(?!SA|SD|SS)[A-Z]{2})|(?P<PL>\d-\d{3})|(?P<PT>\d{3}-\d{3})"
    r"|(?P<any>\d\d[ \u00a0]\d\d|\d{3}\d?))(?![\w/%]|[.,-]\d|-\w)(?=,?[ \u00a0\n\t]{1,3}[^\W\d_])"
)
_BEFORE = re.compile(
    r"(?:\A|[^\w.,/#+-]|[,.](?=[ \u00a0A-Z]))(?:([A-Z]{1,3})[ \u00a0]?[-\u2013][ \u00a0]?)?\Z"
)
_PREFIXES = {
    "D": "DE",
    "A": "AT",
    "F": "FR",
    "I": "IT",
    "E": "ES",
    "B": "BE",
    "L": "LU",
    "N": "NO",
    "S": "SE",
    "P": "PT",
    "FL": "LI",
    "FIN": "FI",
    **{
        code: code
        for code in (
            "DE",
            "AT",
            "CH",
            "FR",
            "IT",
            "ES",
            "BE",
            "LU",
            "DK",
            "NO",
            "SE",
            "FI",
            "NL",
            "PL",
            "PT",
            "CZ",
            "SK",
        )
    },
}
_GB = re.compile(
    r"([A-Z](?<![\w/#+-].)[A-Z]?)(\d[A-Z\d]?)[ \u00a0]{0,2}(\d[ABD-HJLNP-UW-Z]{2})(?![\w-])"
)
_CA = re.compile(
    r"([ABCEGHJ-NPRSTVXYabceghj-nprstvxy](?<![\w/#+-].)\d[A-Za-z])[ \u00a0\n-]{0,2}"
    r"(\d[A-Za-z]\d)(?![\w-])"
)
_ZIP = re.compile(r"\d{5}(?:[ ]?[-\u2013][ ]?(\d{4}))?(?![\w/]|[.,-]\d)")
_AU = re.compile(
    r"(?<![\w-])(NSW|VIC|QLD|SA|WA|TAS|NT|ACT|Vic|Qld|Tas)[\s,.\u00a0]{1,3}(\d{4})(?![\w-])"
)
_JOINED = re.compile(r"[\w#+/-]")


def postcodes(text: str) -> list[Postcode]:
    """All of them in the order of the text, those that several countries may have among them."""
    found = [*_zips(text), *_canadian(text), *_british(text), *_australian(text), *_leading(text)]
    taken: set[int] = set()
    kept: list[Postcode] = []
    for postcode in found:  # the more certain forms come first
        last_digits = range(postcode.end - 4, postcode.end)
        if taken.isdisjoint(last_digits):
            taken.update(range(postcode.start, postcode.end))
            kept.append(postcode)
    return sorted(kept, key=lambda postcode: postcode.start)


def _zips(text: str) -> Iterator[Postcode]:
    for count, match in enumerate(_ZIP.finditer(text)):
        if count == 5 * MAX_POSTCODES:
            return
        before = text[match.start() - 1 : match.start()]
        state = None if _JOINED.match(before) else _state(text, match.start(), "us_states")
        if state:
            code = match[0][:5] + (f"-{match[1]}" if match[1] else "")
            yield Postcode(
                country="US",
                code=code,
                region=state[0],
                start=state[1],
                end=match.end(),
                leads=False,
            )


@cache
def _region_before(table: str) -> re.Pattern[str]:
    names = postal(table)
    full = "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))
    short = "|".join(sorted(set(names.values())))
    dotted = "|".join(
        rf"{code[0]}\.\s?{code[1]}\.?" for code in sorted(set(names.values())) if len(code) == 2
    )
    zips = r"(?:[\s,]{1,3}(?:zip(?: ?code)?|usa?)[:\s]{0,2})?"
    return re.compile(
        rf"(?<![^\W_])(?:(?P<full>{full})|(?P<short>{short})|(?P<dotted>{dotted}))[)\].,]?{zips}[\s,.:|\u00a0\u2013-]{{0,4}}\Z",
        re.IGNORECASE,
    )


def _state(text: str, end: int, table: str) -> tuple[str, int] | None:
    """The state that ends just before a place in the text, and where it begins."""
    start = max(0, end - 36)
    match = _region_before(table).search(text[start:end])
    if not match:
        return None
    names = postal(table)
    if match["full"]:
        return names[match["full"].lower()], start + match.start()
    code = re.sub(r"[.\s]", "", match["short"] or match["dotted"]).upper()
    before = text[: start + match.start()][-3:]
    # "in 12345" and "or 12345" are words, and so is "de 12345".
    if match["short"] and not match["short"].isupper() and "," not in before:
        return None
    return code, start + match.start()


def _canadian(text: str) -> Iterator[Postcode]:
    for count, match in enumerate(_CA.finditer(text)):
        if count == MAX_POSTCODES:
            return
        state = _state(text, match.start(), "ca_provinces")
        if not state and not (match[1].isupper() and match[2].isupper()):
            continue
        code = f"{match[1]} {match[2]}".upper()
        region, start = state or (None, match.start())
        yield Postcode(
            country="CA", code=code, region=region, start=start, end=match.end(), leads=False
        )


def _british(text: str) -> Iterator[Postcode]:
    areas = postal("gb_areas")
    for count, match in enumerate(_GB.finditer(text)):
        if count == MAX_POSTCODES:
            return
        if match[1] in areas:
            code = f"{match[1]}{match[2]} {match[3]}"
            yield Postcode(
                country="GB",
                code=code,
                region=None,
                start=match.start(),
                end=match.end(),
                leads=False,
            )


def _australian(text: str) -> Iterator[Postcode]:
    for count, match in enumerate(_AU.finditer(text)):
        if count == MAX_POSTCODES:
            return
        yield Postcode(
            country="AU",
            code=match[2],
            region=match[1].upper(),
            start=match.start(),
            end=match.end(),
            leads=False,
        )


def _leading(text: str) -> Iterator[Postcode]:
    for count, match in enumerate(_LEADING.finditer(text)):
        if count == 5 * MAX_POSTCODES:
            return
        before = _BEFORE.search(text[max(0, match.start() - 6) : match.start()])
        if not before or (before[1] and before[1] not in _PREFIXES):
            continue
        country = _PREFIXES[before[1]] if before[1] else match.lastgroup
        code = " ".join(match[0].split())
        if match["NL"] and " " not in code:
            code = f"{code[:4]} {code[4:]}"
        yield Postcode(
            country=None if country == "any" else country,
            code=code,
            region=None,
            start=match.start() - len(before[0].lstrip(" \u00a0\n\t(,;:|")),
            end=match.end(),
            leads=True,
        )
