"""How rows look on a terminal, and in JSON."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from rich.console import Console
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import schema
from scrapersky.db.session import engine, session_factory
from scrapersky.errors import DatabaseError

console = Console(highlight=False)
T = TypeVar("T")


def query(read: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Runs `read` in one transaction of its own.

    Raises:
        DatabaseError: the database cannot be used.
    """

    async def run() -> T:
        try:
            async with session_factory().begin() as session:
                return await read(session)
        finally:
            await engine().dispose()

    schema.prepare()
    try:
        return asyncio.run(run())
    except DBAPIError as error:
        raise DatabaseError(f"The database says: {error.orig}") from error


def print_json(value: Any) -> None:
    """One JSON document, indented on a terminal."""
    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    document = orjson.dumps(value, default=str, option=option | orjson.OPT_UTC_Z)
    sys.stdout.write(document.decode() + "\n")


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row as JSON can hold it."""
    return {
        str(name): value.hex() if isinstance(value, bytes) else value for name, value in row.items()
    }


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
