"""Lists of domains: files of any size, and what is typed on a command line."""

import csv
import gzip
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TextIO, cast

from scrapersky.domains import BadDomain, clean_domain, printable
from scrapersky.errors import InputError

LONGEST_LINE = 10_000
"""Characters in a line, or in a CSV record of several lines. What is longer is named as bad."""

COLUMNS = ("domain", "website", "url")
"""Names of the columns that are read; where a row has several of them, the first that is filled."""

_DELIMITERS = ",;\t"
_UNDECODABLE = re.compile("[\ud800-\udfff]")
_FOREIGN = {
    b"\xff\xfe": "is UTF-16 text",
    b"\xfe\xff": "is UTF-16 text",
    b"PK": "is an Excel or ZIP file",
}


@dataclass(frozen=True, slots=True)
class DomainLine:
    """A domain of the list, cleaned."""

    domain: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of the list in which no domain was found."""

    line_number: int
    """Of the record's first line, counted from 1."""

    text: str
    """The line or the cell, shortened, without a password."""

    reason: str
    """A clause, as in `BadDomain.reason`."""


@dataclass(frozen=True, slots=True)
class _Layout:
    delimiter: str
    columns: tuple[int, ...]


def split_domains(text: str) -> list[str]:
    """The names in `a.com, b.com c.com`: commas, semicolons, blanks and line ends part them."""
    return [part for part in re.split(r"[\s,;]+", text) if part]


def read_domains(source: str) -> Iterator[DomainLine | BadLine]:
    """The lines of a list, one after the other, in constant memory; nothing is deduplicated.

    The list has one domain or URL a line, or it is CSV (comma, semicolon or tab) whose first line
    names a column `domain`, `website` or `url`. It is UTF-8 and may be gzipped. Blank lines and
    lines that begin with `#` are skipped.

    Args:
        source: a path, or `-` for standard input.

    Raises:
        InputError: while iterating: the file cannot be read, has no line, or has columns of which
            none is known.
    """
    name = "Standard input" if source == "-" else f"The file {source!r}"
    try:
        with _opened(source, name) as stream:
            yield from _read(_Lines(stream), name)
    except FileNotFoundError as error:
        raise InputError(f"{name} does not exist.") from error
    except IsADirectoryError as error:
        raise InputError(f"{name} is a directory; name the list in it.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{name} is damaged: its gzip data cannot be unpacked.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{name} cannot be read: {reason}.") from error


@contextmanager
def _opened(source: str, name: str) -> Iterator[TextIO]:
    with ExitStack() as stack:
        # closefd: standard input stays open for whoever reads it next.
        path = 0 if source == "-" else source
        file = stack.enter_context(open(path, "rb", closefd=source != "-"))
        start = file.peek(2)[:2]
        if start in _FOREIGN:
            raise InputError(f"{name} {_FOREIGN[start]}; save it as CSV in UTF-8.")
        binary: BinaryIO = file
        if start == b"\x1f\x8b":
            binary = cast("BinaryIO", stack.enter_context(gzip.GzipFile(fileobj=file)))
        # Bytes that are not UTF-8 become surrogates, by which their line is recognised.
        yield stack.enter_context(
            io.TextIOWrapper(binary, encoding="utf-8-sig", errors="surrogateescape")
        )


class _Lines:
    """The numbered lines of a stream, each cut at `LONGEST_LINE` + 1; lines can be put back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._number = 0
        self._waiting: deque[tuple[int, str]] = deque()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        if self._waiting:
            return self._waiting.popleft()
        line = self._stream.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE and line[-1] != "\n":
            self._skip_rest()
        self._number += 1
        return self._number, line

    def _skip_rest(self) -> None:
        while (part := self._stream.readline(65_536)) and part[-1] != "\n":
            pass

    def put_back(self, lines: list[tuple[int, str]]) -> None:
        self._waiting.extendleft(reversed(lines))


def _read(lines: _Lines, name: str) -> Iterator[DomainLine | BadLine]:
    first = next(_content(lines), None)
    if first is None:
        raise InputError(f"{name} is empty: it has no line with a domain.")
    layout = _layout(first, lines)
    if layout is not None:
        yield from _rows(lines, layout)
        return
    if _has_unknown_columns(first[1]):
        known = ", ".join(COLUMNS[:-1]) + f" or {COLUMNS[-1]}"
        raise InputError(f"{name} has several columns; its first line must name one {known}.")
    lines.put_back([first])
    for number, line in _content(lines):
        yield judged(number, line.strip())


def _content(lines: _Lines) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        text = line.strip(" \t\r\n\ufeff")
        if text and text[0] != "#":
            yield number, line


def judged(number: int, text: str) -> DomainLine | BadLine:
    """What a text is that ought to be a domain."""
    if len(text) > LONGEST_LINE:
        return BadLine(number, printable(text), f"it is longer than {LONGEST_LINE:,} characters")
    if not text.isascii() and _UNDECODABLE.search(text):
        return BadLine(number, printable(text), "it is not UTF-8 text")
    try:
        return DomainLine(clean_domain(text))
    except BadDomain as error:
        return BadLine(number, error.shown, error.reason)


def _layout(first: tuple[int, str], lines: _Lines) -> _Layout | None:
    record, more = _record(first, lines)
    for delimiter in _DELIMITERS:
        names = [cell.strip().lower() for cell in _cells(record, delimiter) or ()]
        columns = tuple(names.index(column) for column in COLUMNS if column in names)
        if columns:
            return _Layout(delimiter, columns)
    lines.put_back(more)
    return None


def _has_unknown_columns(line: str) -> bool:
    if len(line) > LONGEST_LINE or not any(delimiter in line.strip() for delimiter in _DELIMITERS):
        return False
    return isinstance(judged(1, line.strip()), BadLine)


def _rows(lines: _Lines, layout: _Layout) -> Iterator[DomainLine | BadLine]:
    for first in _content(lines):
        row = _row(first, lines, layout)
        if row is not None:
            yield row


def _row(first: tuple[int, str], lines: _Lines, layout: _Layout) -> DomainLine | BadLine | None:
    number, line = first
    if len(line) > LONGEST_LINE:
        return judged(number, line)
    record, more = _record(first, lines)
    cells = _cells(record, layout.delimiter)
    if cells is None:
        # A quote that opens nothing, and another further down: each line stands for itself.
        lines.put_back(more)
        cells = _cells(line, layout.delimiter) or []
    if not any(cell.strip() for cell in cells):
        return None
    for column in layout.columns:
        if column < len(cells) and cells[column].strip():
            return judged(number, cells[column].strip())
    return BadLine(number, printable(line), "the cell for the domain is empty")


def _record(first: tuple[int, str], lines: _Lines) -> tuple[str, list[tuple[int, str]]]:
    """A line, with those that a quoted field with line ends goes on in (RFC 4180, rule 6).

    Where the quote is not closed within `LONGEST_LINE` characters, it is a stray one, and the
    record is the first line: one bad row must not swallow the rest of the file.
    """
    record = first[1]
    is_open = record.count('"') % 2 == 1
    more: list[tuple[int, str]] = []
    while is_open and len(record) <= LONGEST_LINE and (following := next(lines, None)):
        more.append(following)
        record += following[1]
        is_open = following[1].count('"') % 2 == 0
    if not is_open and len(record) <= LONGEST_LINE:
        return record, more
    lines.put_back(more)
    return first[1], []


def _cells(record: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([record], delimiter=delimiter))
    except csv.Error:
        return None
