"""A row of digits cut into the numbers that it holds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

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
    r" ?(?:[%€$£°²³\"]|(?:am|pm|a\.m|p\.m|uhr|h|hrs|kg|km|mm|cm|m2|mb|gb|kb|mah|px|pcs|usd|eur|руб"
    r"|грн|kč|zł)\b)|:[0-9]",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[@%_=]|[.,:][0-9a-z]|/[A-Za-z0-9]|-[A-Za-z]{1,3}[0-9]")
_WIDE = re.compile(r"[/\u2022\u00b7]| -|- |\. | \(|\) ?-? ?\(")

Reader = Callable[[str], Number | None]


@dataclass(slots=True, frozen=True, kw_only=True)
class Span:
    """A number and where on its line it stands."""

    start: int
    end: int
    number: Number


@dataclass(slots=True, frozen=True)
class _Row:
    line: str
    start: int
    groups: list[re.Match[str]]
    read: Reader
    labelled: bool

    def text(self, first: int, last: int) -> str:
        begin = self.start if first == 0 else self._opening(first)
        return self.line[begin : self.groups[last].end()]

    def _opening(self, first: int) -> int:
        begin = self.groups[first].start()
        return begin - 1 if self.line[begin - 1] in "([" else begin

    def begin(self, first: int) -> int:
        return self.start if first == 0 else self._opening(first)

    def gap(self, before: int) -> str:
        """What stands between a group and the one before it."""
        return self.line[self.groups[before - 1].end() : self.groups[before].start()]

    def begins_anew(self, first: int, last: int) -> bool:
        """Whether a group is an area code, and more than that follows."""
        digits = sum(len(group[0]) for group in self.groups[first : last + 1])
        return self.groups[first][0][0] == "0" and digits >= MIN_DIGITS

    def number(self, first: int, last: int) -> Number | None:
        digits = sum(len(group[0]) for group in self.groups[first : last + 1])
        if not MIN_DIGITS <= digits <= MAX_DIGITS:
            return None
        return self.read(self.text(first, last))


def numbers_in(
    line: str, start: int, end: int, label: Found | None, previous: Span | None, read: Reader
) -> Iterator[Span]:
    """The numbers between two places of a line, none within another.

    Args:
        line: where they stand.
        start: of the row, its `+` or bracket included.
        end: of the row.
        label: what stands before the row.
        previous: the number before on this line, whose area code `736-6120` may share.
        read: the number that digits are, if they are one.
    """
    if label and label.label is Label.OTHER or _is_part_of_word(line, start, label):
        return
    if _COUNTING.search(line, start, end) and _is_counting(line[start:end]):
        return
    for begin, finish in _between_dates(line, start, end):
        groups = list(_GROUP.finditer(line, begin, finish))
        groups = groups[: len(groups) - _groups_of_what_follows(line, groups, end)]
        if not 0 < len(groups) <= _MAX_GROUPS or _is_address(line, groups):
            continue
        row = _Row(line, begin, groups, read, label is not None)
        spans = list(_cut(row))
        yield from spans
        if spans:
            previous = spans[-1]
            yield from _more(row, previous)
        elif label and previous:
            yield from _local(row, previous)


def _is_part_of_word(line: str, start: int, label: Found | None) -> bool:
    """`v1.23456789`, `SKU-1234567`, `$1,234,567`, `/1234567`."""
    if start == 0:
        return False
    before = line[start - 1]
    if before.isascii() and before.isalnum():
        return not (label and label.close)
    if before in "$£€¥₹_=@/\\<>*" :
        return before != "/" or not label
    if start > 1 and before in ".,-:'#&":
        other = line[start - 2]
        return other.isdigit() or (other.isalnum() and before != ":" and not (label and label.close))
    return False


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
    steps = [b - a for a, b in zip(numbers, numbers[1:], strict=False)]
    return sum(step == 1 for step in steps) >= max(3, len(steps) - 1)


def _is_address(line: str, groups: list[re.Match[str]]) -> bool:
    """Whether it is an IPv4 address, or a version with four parts."""
    match = _ADDRESS.fullmatch(line, groups[0].start(), groups[-1].end())
    return match is not None and all(int(group[0]) < 256 for group in groups)


def _cut(row: _Row) -> Iterator[Span]:
    first, count = 0, len(row.groups)
    while first < count:
        last, number = _longest(row, first)
        if number is None:
            first += 1
            continue
        yield Span(start=row.begin(first), end=row.groups[last].end(), number=number)
        first = last + 1


def _longest(row: _Row, first: int) -> tuple[int, Number | None]:
    for last in range(len(row.groups) - 1, first - 1, -1):
        number = row.number(first, last)
        if number is None or not _stands_apart(row, first, last, number):
            continue
        return _shorter(row, first, last) or (last, number)
    return first, None


def _shorter(row: _Row, first: int, last: int) -> tuple[int, Number] | None:
    """The first of two numbers that would be one number, were they not parted: `123456 / 123457`."""
    for cut in range(first + 1, last + 1):
        if not _WIDE.search(row.gap(cut)) or (cut == first + 1 and row.groups[first][0][0] == "0"):
            continue
        number = row.number(first, cut - 1)
        if number and (row.number(cut, last) or row.begins_anew(cut, last)):
            return cut - 1, number
    return None


def _stands_apart(row: _Row, first: int, last: int, number: Number) -> bool:
    """Whether the number is no part of a longer row of digits."""
    strong = number.form >= Form.STRONG
    if first:
        gap = row.gap(first)
        if not (_WIDE.search(gap) or (strong and " " in gap)):
            return False
    if last + 1 < len(row.groups):
        gap = row.gap(last + 1)
        if not (_WIDE.search(gap) or (" " in gap and (strong or row.labelled))):
            return row.labelled and len(row.groups[last + 1][0]) < 4 and "-" in gap
    return True


def _more(row: _Row, span: Span) -> Iterator[Span]:
    """`680-1`, `12 34 56 / 57`: the endings of further lines of the same subscriber."""
    if not row.labelled:
        return
    behind = [group for group in row.groups if group.start() >= span.end]
    place = span.end
    national = str(span.number.parsed.national_number)
    for ending in behind:
        gap = row.line[place : ending.start()]
        if len(ending[0]) > 3 or gap.strip() not in {"/", "-"} or len(gap) > 3:
            return
        number = _with(row, span, national[: -len(ending[0])] + ending[0])
        if number is None:
            return
        yield Span(start=ending.start(), end=ending.end(), number=number)
        place = ending.end()


def _local(row: _Row, previous: Span) -> Iterator[Span]:
    """A number without the area code of the number before."""
    local = "".join(group[0] for group in row.groups)
    national = str(previous.number.parsed.national_number)
    if not 5 <= len(local) <= len(national) - 2 or len(row.groups) == 1 and len(local) < 6:
        return
    if previous.number.parsed.country_code == NANP and len(local) != 7:
        return
    number = _with(row, previous, national[: -len(local)] + local)
    if number:
        yield Span(start=row.begin(0), end=row.groups[-1].end(), number=number)


def _with(row: _Row, span: Span, national: str) -> Number | None:
    zero = "0" if span.number.parsed.italian_leading_zero else ""
    number = row.read(f"+{span.number.parsed.country_code} {zero}{national}")
    return replace(number, form=Form.WEAK, sure=False) if number else None
