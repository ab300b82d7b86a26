"""A row of digits cut into the numbers that it holds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from scrapersky.extract.phone_labels import Found, Label
from scrapersky.extract.phone_plan import MAX_DIGITS, MIN_DIGITS, NANP, Form, Number

_MAX_GROUPS = 24
"""Of digits in a row. What has more is a table."""

_GROUP = re.compile("[0-9]+")
_DATE = re.compile(
    r"(?<![0-9./-])[0-9]{1,2} ?([./-]) ?[0-9]{1,2} ?\1 ?(?:19|20)[0-9]{2}(?![0-9]|[./-][0-9])"
    r"|(?<![0-9./-])(?:19|20)[0-9]{2}([./-])[0-9]{1,2}\2[0-9]{1,2}(?![0-9])"
    r"|(?<![0-9./-])(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?<![0-9./-])[012]?[0-9]\.[0-5][0-9] ?- ?[012]?[0-9]\.[0-5][0-9](?![0-9])"
)
_COUNTING = re.compile(r"[0-9]{1,3} [0-9]{1,3} [0-9]{1,3} [0-9]")
_ADDRESS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{1,3}){3}")
_UNIT = re.compile(
    r" ?(?:[%€$£°²³\"]|(?:am|pm|a\.m|p\.m|uhr|h|hrs|kg|km|mm|cm|m2|mb|gb|kb|mah|px|pcs|usd|eur|kč"
    r"|zł|руб|грн)\b)|:[0-9]",  # noqa: RUF001 - Russian and Ukrainian are meant
    re.IGNORECASE,
)
_GLUED = re.compile(r"[@%_=]|[.,:][0-9a-z]|/[A-Za-z0-9]|-[A-Za-z]{1,3}[0-9]")
_CURRENCIES = frozenset("$£€¥₹₽₴₩₪₺")
_WIDE = re.compile(r"[/\u2022\u00b7]| -|- |\. | \(|\) ?-? ?\(")

Reader = Callable[[str], Number | None]


@dataclass(slots=True, frozen=True, kw_only=True)
class Span:
    """A number and where on its line it stands."""

    start: int
    end: int
    number: Number


@dataclass(slots=True, frozen=True, kw_only=True)
class Row:
    """Digits with separators between, and what is known of the place where they stand."""

    line: str
    start: int
    "Of the row, its `+` or bracket included."
    end: int
    label: Found | None
    previous: Span | None
    "The number before on this line, whose area code `736-6120` may share."
    read: Reader


@dataclass(slots=True, frozen=True)
class _Piece:
    """A row, or what is left of it when dates and units are taken out, by its groups of digits."""

    row: Row
    start: int
    groups: list[re.Match[str]]

    def begin(self, first: int) -> int:
        """Where a number that begins with a group begins, its bracket included."""
        if first == 0:
            return self.start
        begin = self.groups[first].start()
        return begin - 1 if self.row.line[begin - 1] in "([" else begin

    def end(self, last: int) -> int:
        return self.groups[last].end()

    def gap(self, before: int) -> str:
        """What stands between a group and the one before it."""
        return self.row.line[self.end(before - 1) : self.groups[before].start()]

    def digits(self, first: int, last: int | None = None) -> int:
        groups = self.groups[first:] if last is None else self.groups[first : last + 1]
        return sum(len(group[0]) for group in groups)

    def begins_with_zero(self, first: int) -> bool:
        return self.groups[first][0][0] == "0"

    def number(self, first: int, last: int) -> Number | None:
        """The number that the groups from first to last make."""
        if not MIN_DIGITS <= self.digits(first, last) <= MAX_DIGITS:
            return None
        return self.row.read(self.row.line[self.begin(first) : self.end(last)])


def numbers_in(row: Row) -> Iterator[Span]:
    """The numbers of a row, none within another."""
    line, label, previous = row.line, row.label, row.previous
    if (label and label.label is Label.OTHER) or _is_part_of_word(line, row.start, label):
        return
    if _COUNTING.search(line, row.start, row.end) and _is_counting(line[row.start : row.end]):
        return
    for begin, finish in _between_dates(line, row.start, row.end):
        groups = list(_GROUP.finditer(line, begin, finish))
        groups = groups[: len(groups) - _groups_of_what_follows(line, groups, row.end)]
        if not 0 < len(groups) <= _MAX_GROUPS or _is_address(line, groups):
            continue
        piece = _Piece(row, begin, groups)
        spans = list(_cut(piece))
        yield from spans
        if spans:
            previous = spans[-1]
            yield from _more(piece, previous)
        elif label and previous:
            yield from _local(piece, previous)


def _is_part_of_word(line: str, start: int, label: Found | None) -> bool:
    """`v1.23456789`, `SKU-1234567`, `$1,234,567`, `/1234567`."""
    if start == 0:
        return False
    before = line[start - 1]
    if line[max(0, start - 2) : start].strip()[-1:] in _CURRENCIES:
        return True
    if before.isascii() and before.isalnum():
        return not (label and label.close)
    if before in "_=@/\\<>*":
        return before != "/" or not label
    if start == 1 or before not in ".,-:'#&":
        return False
    close = label is not None and label.close
    other = line[start - 2]
    return other.isdigit() or (other.isalpha() and before != ":" and not close)


def _between_dates(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for date in _DATE.finditer(line, start, end):
        if date.start() > start:
            yield start, date.start()
        start = date.end()
    if start < end:
        yield start, end


def _groups_of_what_follows(line: str, groups: list[re.Match[str]], end: int) -> int:
    """How many of the last groups belong to what stands behind: `8-18 Uhr`, `10:00`, `50 %`."""
    if not groups or groups[-1].end() != end:
        return 0
    last = groups[-1]
    if _UNIT.match(line, end):
        two = len(groups) > 1 and len(groups[-2][0]) < 3 and len(last[0]) < 3
        return 2 if two and "-" in line[groups[-2].end() : last.start()] else 1
    if _GLUED.match(line, end):
        return 1
    return 0


def _is_counting(text: str) -> bool:
    """`7 8 9 10 11`: pages, or the days of a calendar."""
    numbers = [int(group) for group in _GROUP.findall(text)[:_MAX_GROUPS]]
    steps = [after - before for before, after in pairwise(numbers)]
    return steps.count(1) >= max(3, len(steps) - 1)


def _is_address(line: str, groups: list[re.Match[str]]) -> bool:
    """Whether it is an IPv4 address, or a version with four parts."""
    match = _ADDRESS.fullmatch(line, groups[0].start(), groups[-1].end())
    return match is not None and all(int(group[0]) < 256 for group in groups)


def _cut(piece: _Piece) -> Iterator[Span]:
    first, count = 0, len(piece.groups)
    while first < count:
        last, number = _longest(piece, first)
        if number is None:
            first += 1
            continue
        yield Span(start=piece.begin(first), end=piece.end(last), number=number)
        first = last + 1


def _longest(piece: _Piece, first: int) -> tuple[int, Number | None]:
    for last in range(len(piece.groups) - 1, first - 1, -1):
        number = piece.number(first, last)
        if number is None or not _stands_apart(piece, first, last, number):
            continue
        return _shorter(piece, first, last) or (last, number)
    return first, None


def _shorter(piece: _Piece, first: int, last: int) -> tuple[int, Number] | None:
    """The first of two that would be one number, were they not parted: `123456 / 123457`."""
    for cut in range(first + 1, last + 1):
        area = cut == first + 1 and piece.begins_with_zero(first)
        if area or not _WIDE.search(piece.gap(cut)):
            continue
        number = piece.number(first, cut - 1)
        anew = piece.begins_with_zero(cut) and piece.digits(cut) >= MIN_DIGITS
        if number and (anew or piece.number(cut, last)):
            return cut - 1, number
    return None


def _stands_apart(piece: _Piece, first: int, last: int, number: Number) -> bool:
    """Whether the number is no part of a longer row of digits."""
    strong = number.form >= Form.STRONG
    before = piece.gap(first) if first else "/"
    if not (_WIDE.search(before) or (strong and " " in before)):
        return False
    if last + 1 == len(piece.groups):
        return True
    after, labelled = piece.gap(last + 1), piece.row.label is not None
    if _WIDE.search(after) or (" " in after and (strong or labelled)):
        return True
    return labelled and len(piece.groups[last + 1][0]) < 4 and "-" in after


def _more(piece: _Piece, span: Span) -> Iterator[Span]:
    """`680-1`, `12 34 56 / 57`: the endings of further lines of the same subscriber."""
    if not piece.row.label:
        return
    place = span.end
    national = str(span.number.parsed.national_number)
    for ending in (group for group in piece.groups if group.start() >= span.end):
        gap = piece.row.line[place : ending.start()]
        if len(ending[0]) > 3 or gap.strip() not in {"/", "-"} or len(gap) > 3:
            return
        number = _same_but(piece, span, national[: -len(ending[0])] + ending[0])
        if number is None:
            return
        yield Span(start=ending.start(), end=ending.end(), number=number)
        place = ending.end()


def _local(piece: _Piece, previous: Span) -> Iterator[Span]:
    """A number without the area code of the number before."""
    local = "".join(group[0] for group in piece.groups)
    national = str(previous.number.parsed.national_number)
    shortest = 6 if len(piece.groups) == 1 else 5
    if not shortest <= len(local) <= len(national) - 2:
        return
    if previous.number.parsed.country_code == NANP and len(local) != 7:
        return
    number = _same_but(piece, previous, national[: -len(local)] + local)
    if number:
        yield Span(start=piece.begin(0), end=piece.end(-1), number=number)


def _same_but(piece: _Piece, span: Span, national: str) -> Number | None:
    """Another number of the same country; less sure than one that is written in full."""
    zero = "0" if span.number.parsed.italian_leading_zero else ""
    number = piece.row.read(f"+{span.number.parsed.country_code} {zero}{national}")
    return replace(number, form=Form.WEAK, sure=False) if number else None
