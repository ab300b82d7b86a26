"""How rows look on a terminal, and in JSON."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scrapersky.exports import json_bytes

# What is no terminal has no width: a file or `grep` gets each row as one line, nothing cut.
_IS_WIDE = not sys.stdout.isatty() and "COLUMNS" not in os.environ
console = Console(highlight=False, width=10_000 if _IS_WIDE else None)


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """Standard output. A reader who has enough, as `head` has, ends the command quietly."""
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python flushes once more at its end: https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None


def print_json(value: Any) -> None:
    """One JSON document, indented on a terminal."""
    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    with standard_output() as stream:
        stream.write(json_bytes(value, option | orjson.OPT_APPEND_NEWLINE))


def print_page(
    rows: Sequence[Mapping[str, Any]], limit: int, columns: Sequence[str], *, nothing: str
) -> None:
    """A page of a list as a table, and how to see the next.

    Args:
        rows: one more than `limit` where there is a next page.
        limit: rows of a page.
        columns: which of the rows' values to show.
        nothing: what to say where there is no row.
    """
    if not rows:
        console.print(nothing, soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows[:limit]:
        table.add_row(*(escape(cell(row[column])) for column in columns))
    console.print(table)
    if len(rows) > limit:
        console.print(
            f"\nThere are more: the same with --after {rows[limit - 1]['id']}", soft_wrap=True
        )


def cell(value: Any) -> str:
    """A value as it stands in a table: one line, not too long."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, float):
        return f"{value:.2f}"
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def when(time: datetime | None) -> str:
    """A time, in UTC, to the second."""
    return "" if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def duration(began: datetime | None, ended: datetime | None) -> str:
    """How long it took, or has taken so far."""
    if began is None:
        return ""
    seconds = ((ended or datetime.now(UTC)) - began).total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
