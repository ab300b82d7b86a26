"""Digits read by the numbering plans: which number they are, and how well they are grouped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import phonenumbers as pn

from scrapersky.extract.contact import PhoneType
from scrapersky.extract.phone_fiction import is_example

NANP = 1
"""The country code of the United States, Canada and the Caribbean."""
MAX_READS = 4_000
"""Rows of digits that are read, of a page."""
MIN_DIGITS = 6
MAX_DIGITS = 17
"""E.164's 15, and `00` or a trunk zero in brackets."""


class Form(IntEnum):
    """How much the way in which it is written says that it is a telephone number."""

    WEAK = 0
    "A row of digits that happens to be a number."
    FAIR = 1
    "Grouped as numbers of that country may be, and other things too."
    STRONG = 2
    "Grouped as its country does and as little else is."
    INTERNATIONAL = 3
    "With + and a country code."


@dataclass(slots=True, frozen=True, kw_only=True)
class Number:
    """A number that exists in its numbering plan."""

    parsed: pn.PhoneNumber
    region: str | None
    "ISO 3166-1; None for international numbers such as +800."
    type: PhoneType
    form: Form
    sure: bool
    "Whether it says its country, or is read in the likeliest one."


class Regions:
    """The countries in which a number without a country code is looked for.

    North America's form (`800-555-0100`) is so rare elsewhere that it goes before a country that is
    only guessed. English pages without any other sign are American or British.
    """

    def __init__(self, likely: Sequence[str], *, certain: bool) -> None:
        """Take ISO 3166-1 codes, the likeliest first; whether the first is as good as known."""
        self.likely = frozenset(likely)
        self.likeliest = likely[0] if likely else "US"
        order = [*likely, "US", "GB"] if certain else ["US", *likely, "GB"]
        self.order = tuple(dict.fromkeys(order))


_TRUNK_ZERO = re.compile(r"[(\[]\s?0\s?[)\]]")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_GROUPS = re.compile(r"[0-9]+")
_NANP_FORM = re.compile(
    r"(?:1[-./ ]{0,3})?(?:\([0-9]{3}\) ?[-./]? ?|[0-9]{3} ?[-./\u2022\u00b7] ?)"
    r"[0-9]{3} ?[-.\u2022\u00b7 ] ?[0-9]{4}|\([0-9]{3}\) ?[0-9]{7}"
    r"|1[-. ]8[0-9]{2}[-. ][0-9]{7}"
)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:[.][0-9]{3}){2,}")
_AREA = re.compile(
    r"\(0[0-9]{1,5}\)|0[0-9]{1,5} ?[/-]|0[0-9]{1,5} [0-9]{2,4}[ -][0-9]{2,}|0[0-9]{4} [0-9]{6}$"
)
# `(86-10) 5869 8989`: the + left out.
_CODE_IN_BRACKETS = re.compile(r"\([1-9][0-9]{0,2}(?:[ -][1-9][0-9]{0,3})?\)")
# Germany, Austria, Switzerland, United Kingdom, France, …: no number of a subscriber is written
# without its zero there, but for toll-free ones in Australia (1300, 1800) and the like.
_ZERO_ALWAYS = frozenset({27, 31, 32, 33, 41, 43, 44, 46, 49, 61, 64, 81, 353})
_NO_ZERO = frozenset({"13", "18", "19"})
# Where ten or eleven digits that begin with a zero are hardly anything else.
_ALL_DIGITS = frozenset({33, 44, 61})
_TEN_DIGITS = frozenset({"US", "CA"})
_NANP_GAPS = frozenset({0, 3, 6})
_TYPES = {
    pn.PhoneNumberType.FIXED_LINE: PhoneType.FIXED,
    pn.PhoneNumberType.MOBILE: PhoneType.MOBILE,
    pn.PhoneNumberType.TOLL_FREE: PhoneType.TOLL_FREE,
}


class PlanReader:
    """Reads rows of digits, each once; after so many it finds nothing more."""

    def __init__(self, regions: Regions) -> None:
        """Take the countries in which numbers without a country code may be."""
        self._regions = regions
        self._known: dict[str, Number | None] = {}

    def __call__(self, text: str) -> Number | None:
        """The number that all digits of the text make; see `read_number`."""
        if text not in self._known:
            if len(self._known) == MAX_READS:
                return None
            self._known[text] = read_number(text, self._regions)
        return self._known[text]


def read_number(text: str, regions: Regions) -> Number | None:
    """The number that all digits of the text make, in the first region where it exists.

    Args:
        text: ASCII digits with separators.
        regions: where a number without a country code may be.
    """
    digits = _NOT_DIGITS.sub("", text)
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS or is_example(digits):
        return None
    if text.lstrip(" ([")[:1] == "+" or (digits.startswith("00") and digits[2:3] != "0"):
        return _international(text) or (
            _national(text, digits, regions) if digits[0] == "0" else None
        )
    return _national(text, digits, regions)


def _international(text: str) -> Number | None:
    """With `(0)` left out, as from abroad; as it stands where the zero belongs to it (Italy)."""
    for candidate in dict.fromkeys((_TRUNK_ZERO.sub("", text, count=1), text)):
        digits = _NOT_DIGITS.sub("", candidate).removeprefix("00")
        number = _number("+" + digits, None, sure=True) if digits[:1] != "0" else None
        if number:
            return replace(number, form=Form.INTERNATIONAL)
    return None


def _national(text: str, digits: str, regions: Regions) -> Number | None:
    abroad = _CODE_IN_BRACKETS.match(text)
    for region in regions.order:
        sure = region == regions.likeliest
        number = None if sure or not abroad else _international(text)
        if number:
            return number
        if region in _TEN_DIGITS and len(digits) not in {10, 11}:
            continue
        number = _number(digits, region, sure=sure)
        if not number or not _is_written_as(text, digits, number.parsed):
            continue
        form = _form(text, number.parsed)
        if form >= Form.STRONG or region in regions.likely or region == "US":
            return replace(number, form=form)
    code = pn.country_code_for_region(regions.likeliest)
    return read_abroad(text) if code != NANP and digits.startswith(str(code)) else None


def _number(text: str, region: str | None, *, sure: bool) -> Number | None:
    try:
        parsed = pn.parse(text, region)
    except pn.NumberParseException:
        return None
    # The type is unknown of numbers that do not exist: one look-up for both.
    code = pn.number_type(parsed)
    if code == pn.PhoneNumberType.UNKNOWN:
        return None
    own = pn.region_code_for_number(parsed)
    own = None if own == pn.REGION_CODE_FOR_NON_GEO_ENTITY else own
    kind = _TYPES.get(code, PhoneType.OTHER)
    return Number(parsed=parsed, region=own, type=kind, form=Form.WEAK, sure=sure)


def _is_written_as(text: str, digits: str, parsed: pn.PhoneNumber) -> bool:
    """Whether people there write it so: with its zero; in North America in 3, 3 and 4."""
    if parsed.country_code == NANP:
        return _NANP_GAPS.issuperset(_gaps(text, digits)) or len(_GROUPS.findall(text)) > 7
    return digits[0] == "0" or parsed.country_code not in _ZERO_ALWAYS or digits[:2] in _NO_ZERO


def _gaps(text: str, digits: str) -> Iterator[int]:
    """How many digits are before each gap, a leading 1 not counted."""
    place = -1 if digits[0] == "1" and len(digits) == 11 else 0
    for group in _GROUPS.findall(text)[:-1]:
        place += len(group)
        yield place


def read_abroad(text: str) -> Number | None:
    """The number when its digits begin with a country code and the + was left out."""
    number = _international(text) if len(_NOT_DIGITS.sub("", text)) > 9 else None
    return replace(number, form=Form.WEAK) if number else None


def _form(text: str, parsed: pn.PhoneNumber) -> Form:
    if parsed.country_code == NANP:
        if _NANP_FORM.fullmatch(text.strip()):
            return Form.STRONG
        return Form.FAIR if _is_grouped_as(text, parsed) else Form.WEAK
    exact = _is_grouped_as(text, parsed)
    if _AREA.match(text) and (exact or len(_GROUPS.findall(text)) < 6):
        return Form.STRONG
    if exact:
        return Form.STRONG if text[0] in "0(" else Form.FAIR
    if text[0] == "0" and 1 < len(_GROUPS.findall(text)) < 6:
        return Form.FAIR
    return Form.FAIR if parsed.country_code in _ALL_DIGITS and text[0] == "0" else Form.WEAK


def _is_grouped_as(text: str, parsed: pn.PhoneNumber) -> bool:
    """Whether the blanks stand where the country's own way of writing has them."""
    groups = _GROUPS.findall(text)
    if len(groups) < (2 if text[0] == "0" else 3) or _THOUSANDS.fullmatch(text):
        return False
    written = pn.format_number(parsed, pn.PhoneNumberFormat.NATIONAL)
    abroad = pn.format_number(parsed, pn.PhoneNumberFormat.INTERNATIONAL)
    return groups in (_GROUPS.findall(written), _GROUPS.findall(abroad)[1:])
