"""The file that an export goes to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from scrapersky.cli.database import Database, ReadPage
from scrapersky.cli.output import console, standard_output
from scrapersky.errors import InputError
from scrapersky.exports import ExportFile, Fields, Format, export_file

_ENDINGS = {
    ".csv": Format.CSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
}


def export_rows(
    target: str, format_: Format | None, *, bom: bool, fields: Fields, read: ReadPage, noun: str
) -> None:
    """Writes all rows that `read` finds to a file, and says how many those are.

    Raises:
        InputError: the format is unknown, or the file cannot be written.
    """
    count = 0
    with Database() as database, open_export(target, format_, bom=bom, fields=fields) as out:
        for rows in database.pages(read):
            out.write(rows)
            count += len(rows)
    if target != "-":
        console.print(f"{count:,} {noun} are in {target}.", soft_wrap=True, markup=False)


@contextmanager
def open_export(
    target: str, format_: Format | None, *, bom: bool, fields: Fields
) -> Iterator[ExportFile]:
    """Begins the file anew.

    Args:
        target: a path, or `-` for standard output.
        format_: None: by the path's ending.
        bom: whether a CSV begins with a byte order mark.
        fields: the file's columns.

    Raises:
        InputError: the format is unknown, or the file cannot be written.
    """
    chosen = _format(target, format_)
    if bom and chosen != Format.CSV:
        raise InputError("--bom is for CSV: other formats have no byte order mark.")
    with _opened(target) as stream, export_file(stream, chosen, fields=fields, bom=bom) as out:
        yield out


def _format(target: str, asked: Format | None) -> Format:
    if asked is not None:
        return asked
    if target == "-":
        return Format.CSV
    found = _ENDINGS.get(Path(target).suffix.lower())
    if found is None:
        known = ", ".join(_ENDINGS)
        formats = " or ".join(f"--format {each}" for each in Format)
        raise InputError(
            f"The format of {target!r} is not known by its ending. Known are {known};"
            f" or say {formats}."
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
