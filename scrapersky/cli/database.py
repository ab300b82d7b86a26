"""The database, as commands use it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Self, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import schema
from scrapersky.db.session import engine, session_factory
from scrapersky.errors import DatabaseError, InputError

PAGE = 1_000
"""Rows of an export that are in memory at once."""

T = TypeVar("T")
ReadPage = Callable[[AsyncSession, UUID | None, int], Awaitable[list[dict[str, Any]]]]
"""Reads so many rows at most, those after an id; each row has its `id`."""


class Database:
    """For the length of a `with`. What is between two queries runs outside of any event loop."""

    def __enter__(self) -> Self:
        schema.prepare()
        self._runner = asyncio.Runner()
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(engine().dispose())
        self._runner.close()

    def query(self, read: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Runs `read` in one transaction of its own.

        Raises:
            DatabaseError: the database cannot be used.
            InputError: a text that was typed is none.
        """
        try:
            return self._runner.run(_in_transaction(read))
        except DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            raise DatabaseError(f"The database says: {reason}") from error
        except UnicodeEncodeError as error:  # what was typed in another encoding
            raise InputError(f"{error.object!r} is not UTF-8 text.") from None

    def pages(self, read: ReadPage) -> Iterator[list[dict[str, Any]]]:
        """All rows, a page after the other: each is a transaction, none is held in between."""
        after: UUID | None = None
        while rows := self.query(lambda session, after=after: read(session, after, PAGE)):  # type: ignore[misc]
            yield rows
            after = rows[-1]["id"]


def query(read: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Runs `read` in one transaction, for commands that need no more than that.

    Raises:
        DatabaseError: the database cannot be used.
    """
    with Database() as database:
        return database.query(read)


async def _in_transaction(read: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async with session_factory().begin() as session:
        return await read(session)
