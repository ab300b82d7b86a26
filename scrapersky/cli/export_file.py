"""The file that an export goes to: CSV, or one JSON document a line."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import orjson

from scrapersky.cli.options import Format
from scrapersky.cli.output import json_bytes, plain, standard_output
from scrapersky.errors import InputError

_ENDINGS = {".csv": Format.CSV, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL}

# What makes a spreadsheet take a cell for a formula, which may call programs and web addresses:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# A sum of numbers at worst, and the one way to write an international number (ITU-T E.123).
_PHONES = re.compile(r"\+?[0-9]+(?: \+?[0-9]+)*", re.ASCII)

Row = Mapping[str, Any]


class ExportFile(Protocol):
    """Takes rows."""

    def write(self, rows: Iterable[Row]) -> None:
        """Writes them behind those that are there."""


@contextmanager
def open_export(
    target: str, format_: Format | None, *, bom: bool, fields: Sequence[str]
) -> Iterator[ExportFile]:
    """Begins the file anew.

    Args:
        target: a path, or `-` for standard output.
        format_: None: by the path's ending.
        bom: whether a CSV begins with a byte order mark.
        fields: the CSV's columns.

    Raises:
        InputError: the format is unknown, or the file cannot be written.
    """
    chosen = _format(target, format_)
    if bom and chosen != Format.CSV:
        raise InputError("--bom is for CSV: JSON has no byte order mark (RFC 8259, 8.1).")
    with _opened(target) as stream:
        if chosen == Format.JSONL:
            yield JsonLinesFile(stream)
            return
        stream.write(codecs.BOM_UTF8 if bom else b"")
        yield CsvFile(stream, fields)


class CsvFile:
    """CSV as in RFC 4180. Lists are joined by blanks; formulas are made text."""

    def __init__(self, stream: BinaryIO, fields: Sequence[str]) -> None:
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

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, rows: Iterable[Row]) -> None:
        """Writes them behind those that are there."""
        self._stream.writelines(json_bytes(plain(row), orjson.OPT_APPEND_NEWLINE) for row in rows)


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
    text = str(value)
    is_formula = text.startswith(_FORMULA) and not _PHONES.fullmatch(text)
    return f"'{text}" if is_formula else text


def _summary(item: Any) -> str:
    """A technology by its name, an address as it stood; anything else as JSON."""
    known = item if isinstance(item, dict) else {}
    return str(known.get("name") or known.get("raw") or json_bytes(item).decode())


def _format(target: str, asked: Format | None) -> Format:
    if asked is not None:
        return asked
    if target == "-":
        return Format.CSV
    found = _ENDINGS.get(Path(target).suffix.lower())
    if found is None:
        known = ", ".join(_ENDINGS)
        raise InputError(
            f"The format of {target!r} is not known by its ending. Known are {known};"
            " or say --format csv or --format jsonl."
        )
    return found


@contextmanager
def _opened(target: str) -> Iterator[BinaryIO]:
    if target == "-":
        with standard_output() as stream:
            yield stream
        return
    try:
        with open(target, "wb") as file:  # noqa: PTH123 - Path says no more here
            yield file
    except BrokenPipeError:  # a named pipe whose reader has enough
        raise
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"The file {target!r} cannot be written: {reason}.") from error
