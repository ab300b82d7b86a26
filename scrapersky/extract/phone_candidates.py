"""Where telephone numbers stand in text, and what stands beside them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scrapersky.extract.phone_digits import Row, Span, numbers_in
from scrapersky.extract.phone_labels import WINDOW, Found, Label, label_after, label_before
from scrapersky.extract.phone_letters import dialled
from scrapersky.extract.phone_plan import MIN_DIGITS, Number

MAX_LINES = 2_000
"""Lines with digits enough that are looked at, of a text."""
MAX_LINE = 20_000
"""Characters of a line that are looked at."""
_PROSE = 90
"""Characters beside a number from which its line is running text."""
_MAX_HEADING = 45

# Zero-width and direction marks, which come along when a number is copied out of a document.
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_DIGITS = "0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9"
_DASHES = "\u2010-\u2015\u2212\u30fc\uff0d"
# Every form begins with a digit, which is quickly found.
_ANY_RUN = re.compile(
    f"[{_DIGITS}](?:"
    r"(?:(?<=1)[-. ]{1,2}\(?[2-9]|(?<=[2-9]))[0-9]{2}\)?[-. ]{1,2}(?:[0-9]{3}[-. ])?"
    r"[A-Z]{2}[-. ]?[A-Z][-. ]?[A-Z0-9]"
    f"|[{_DIGITS} ()\\[\\]./\u00a0\u2022\u00b7\uff08\uff09{_DASHES}{_INVISIBLE}-]"
    "{5,80})"
)
_RUN = re.compile(r"[0-9][0-9 ()\[\]./\u2022\u00b7-]{4,80}[0-9]|[0-9]{6,80}")
_START = re.compile(r"[+(\[][+(\[ ]{0,3}$")
_PLAIN = {
    **dict.fromkeys([0xAD, *range(0x200B, 0x2010), 0xFEFF, *range(0x202A, 0x202F)]),
    **dict.fromkeys(range(0x2060, 0x206A)),
    **{zero + n: str(n) for zero in (0xFF10, 0x0660, 0x06F0) for n in range(10)},
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0x30FC, 0xFF0D], "-"),
    0xFF0B: "+",
    0xFF08: "(",
    0xFF09: ")",
    0xFF1A: ":",
    0xA0: " ",
}
_EXTENSION = re.compile(
    r"[\s,;(-]{0,3}(?:ext(?:ension|n)?|xtn|x|durchwahl|dw|poste|int|interno|toestel|tst|wew"
    r"|anexo|ramal|linka|klapka|anknytning|mellék|доб|доп|вн|#)[\s.:#]{0,3}([0-9]{1,6})(?![0-9])",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"[\s,;/|&+()-]{0,6}(?:(?:and|or|und|oder|et|ou|y|o|e|en|of|и|или|og|och)\s?)?"
)
_LETTER = re.compile(r"[^\W\d_]")

Reader = Callable[[str], Number | None]


@dataclass(slots=True, frozen=True, kw_only=True)
class Candidate:
    """A number in a text."""

    number: Number
    raw: str
    extension: str | None
    label: Found | None
    before: str
    "What stands before it on its line, after the number before; cut."
    prose: bool
    "Whether much other text is on the line."


@dataclass(slots=True)
class _Above:
    """What the line before says of a line that begins with a number."""

    end: int = -1
    label: Found | None = None
    alone: bool = False
    "Whether nothing but numbers is on it."


def candidates(text: str, read: Reader) -> Iterator[Candidate]:
    """The numbers of a text in its order, each with its label.

    Args:
        text: lines; white space collapsed.
        read: the number that a row of digits is, if it is one.
    """
    done, lines, above = -1, 0, _Above()
    for run in _ANY_RUN.finditer(text):
        if run.start() <= done or not _is_long_enough(run[0]):
            continue
        if (lines := lines + 1) > MAX_LINES:
            return
        start = text.rfind("\n", 0, run.start()) + 1
        end = text.find("\n", run.start())
        done = len(text) if end < 0 else end
        line = text[start : min(done, start + MAX_LINE)]
        if not line.isascii():
            line = line.translate(_PLAIN)
        written, line = line, dialled(line)
        inherited = _label_above(text, start, above)
        found = list(_on_line(line, written, inherited, read))
        above.end, above.alone = done, not _LETTER.search(line)
        above.label = found[-1].label if found else None
        yield from found


def _is_long_enough(run: str) -> bool:
    return sum(map(str.isalnum, run)) >= MIN_DIGITS


def _label_above(text: str, start: int, above: _Above) -> Found | None:
    if start == 0:
        return None
    if above.end == start - 1:
        return above.label if above.alone else None
    heading = text[text.rfind("\n", 0, start - 1) + 1 : start - 1]
    if len(heading) > _MAX_HEADING:
        return None
    found = label_before(heading)
    return found if found and found.close else None


def _on_line(line: str, written: str, inherited: Found | None, read: Reader) -> Iterator[Candidate]:
    spans = list(_spans(line, inherited, read))
    behind = _labels_stand_behind(line, spans)
    floor = 0
    for position, (span, label) in enumerate(spans):
        ceiling = spans[position + 1][0].start if position + 1 < len(spans) else len(line)
        extension = _EXTENSION.match(line, span.end, ceiling)
        end = extension.end() if extension else span.end
        before = line[max(floor, span.start - WINDOW) : span.start]
        after = label_after(line[end:ceiling][:WINDOW])
        if after and (behind or (after is Label.FAX and _is_in_brackets(line, end, before))):
            own: Found | None = Found(label=after, close=True)
        else:
            own = label
        yield Candidate(
            number=span.number,
            raw=_raw(written[span.start : end]),
            extension=extension[1] if extension else None,
            label=own,
            before=before,
            prose=len(line) - (span.end - span.start) > _PROSE,
        )
        floor = span.end


def _raw(text: str) -> str:
    """Without a bracket that closes after the number: `(312-244-0100 or …)`."""
    return text if ")" in text else text.lstrip("([ ")


def _is_in_brackets(line: str, end: int, before: str) -> bool:
    """`Phone: 123 456, 123 457 (fax)`: what follows in brackets goes before what is inherited."""
    own = label_before(before)
    return "(" in line[end : end + 3] and not (own and own.close)


def _spans(line: str, inherited: Found | None, read: Reader) -> Iterator[tuple[Span, Found | None]]:
    floor, last, previous = 0, inherited, None
    for run in _RUN.finditer(line):
        opening = _START.search(line, max(floor, run.start() - 4), run.start())
        start = opening.start() if opening else run.start()
        before = line[max(floor, start - WINDOW) : start]
        label = label_before(before) or _inherited_label(before, last, first=floor == 0)
        row = Row(line=line, start=start, end=run.end(), label=label, previous=previous, read=read)
        for span in numbers_in(row):
            if previous and span.start > start >= previous.start:
                label = _inherited_label(line[floor : span.start], label, first=False)
            yield span, label
            floor, last, previous = span.end, label, span


def _inherited_label(before: str, last: Found | None, *, first: bool) -> Found | None:
    """The label of the number before, or of the line above, if only separators are between."""
    if first:
        return None if _LETTER.search(before) else last
    if not last or _BETWEEN.fullmatch(before) is None:
        return None
    return Found(label=Label.FAX, close=True) if last.label is Label.BOTH else last


def _labels_stand_behind(line: str, spans: list[tuple[Span, Found | None]]) -> bool:
    """`123 456 Phone  123 457 Fax`, where the first word could be taken for the second's label."""
    if not spans or spans[0][1]:
        return False
    first, last = spans[0][0], spans[-1][0]
    until = spans[1][0].start if len(spans) > 1 else len(line)
    if not label_after(line[first.end : until][:WINDOW]):
        return False
    behind = line[last.end : last.end + WINDOW]
    return label_after(behind) is not None and ":" not in behind[:25]
