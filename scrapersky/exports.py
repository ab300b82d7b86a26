"""What rows look like in a file for other programs: CSV, JSON lines, Parquet."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import orjson

from scrapersky.errors import InputError

PAGE = 1_000
"""Rows of an export that are in memory at once."""


class Format(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    TIME = "time"
    TEXTS = "texts"
    JSON = "json"


Fields = Mapping[str, Kind]
Row = Mapping[str, Any]

# What makes a spreadsheet take a cell for a formula, which may call programs and web addresses:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# A sum of numbers at worst, and the one way to write an international number (ITU-T E.123).
_PHONES = re.compile(r"\+?[0-9]+(?: \+?[0-9]+)*", re.ASCII)


class Outlet(Protocol):
    """Where a file goes. It need not be seekable."""

    def write(self, data: bytes, /) -> Any:
        """Takes the next part."""


class ExportFile(Protocol):
    """Takes rows."""

    def write(self, rows: Iterable[Row]) -> None:
        """Writes them behind those that are there."""


@contextmanager
def export_file(
    stream: Outlet, format_: Format, *, fields: Fields, bom: bool = False
) -> Iterator[ExportFile]:
    """Begins a file, and ends it unless something goes wrong.

    Args:
        stream: where it goes.
        format_: of the file.
        fields: its columns. JSON lines have all that rows have.
        bom: whether a CSV begins with a byte order mark.

    Raises:
        InputError: the format is not to be had like this.
    """
    if bom and format_ != Format.CSV:
        raise InputError("A byte order mark is for CSV: JSON has none (RFC 8259, 8.1).")
    if format_ == Format.PARQUET:
        from scrapersky.parquet import ParquetFile  # noqa: PLC0415 - an extra, and large

        file = ParquetFile(stream, fields)
        try:
            yield file
        except BaseException:
            file.abandon()
            raise
        file.close()
    elif format_ == Format.JSONL:
        yield JsonLinesFile(stream)
    else:
        stream.write(codecs.BOM_UTF8 if bom else b"")
        yield CsvFile(stream, tuple(fields))


class CsvFile:
    """CSV as in RFC 4180. Lists are joined by blanks; formulas are made text."""

    def __init__(self, stream: Outlet, fields: Sequence[str]) -> None:
        self._stream = stream
        self._fields = fields
        self._write_cells([fields])

    def write(self, rows: Iterable[Row]) -> None:
        """Writes them behind those that are there."""
        self._write_cells([csv_cell(row[name]) for name in self._fields] for row in rows)

    def _write_cells(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._stream.write(text.getvalue().encode())


class JsonLinesFile:
    """One JSON object a line."""

    def __init__(self, stream: Outlet) -> None:
        self._stream = stream

    def write(self, rows: Iterable[Row]) -> None:
        """Writes them behind those that are there."""
        lines = [json_bytes(plain(row), orjson.OPT_APPEND_NEWLINE) for row in rows]
        self._stream.write(b"".join(lines))


def csv_cell(value: Any) -> str:
    """A value as it stands in a CSV file.

    A text that a spreadsheet would take for a formula gets an apostrophe in front, except for
    phone numbers: `+` and digits only, which call nothing, and which programs must be able to read.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, list):
        is_plain = all(isinstance(item, str) for item in value)
        value = " ".join(value) if is_plain else "; ".join(map(_summary, value))
    if isinstance(value, dict):
        value = json_bytes(value).decode()
    text = str(value)
    is_formula = text.startswith(_FORMULA) and not _PHONES.fullmatch(text)
    return f"'{text}" if is_formula else text


def _summary(item: Any) -> str:
    """A technology by its name, an address as it stood; anything else as JSON."""
    known = item if isinstance(item, dict) else {}
    return str(known.get("name") or known.get("raw") or json_bytes(item).decode())


def json_bytes(value: Any, option: int = 0) -> bytes:
    """JSON; times are ISO 8601 with a Z."""
    return orjson.dumps(value, default=str, option=option | orjson.OPT_UTC_Z)


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row as JSON can hold it, its times in UTC."""
    return {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value.hex() if isinstance(value, bytes) else value
