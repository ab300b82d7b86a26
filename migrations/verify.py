"""Proof, at the end of a migration, that what it made is there."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, inspect


class Expected(NamedTuple):
    """What a table must have after a migration."""

    columns: Sequence[str]
    indexes: Sequence[str] = ()
    """Indexes and unique constraints, by name."""


def verify(connection: Connection, tables: Mapping[str, Expected]) -> None:
    """Compares the database with what the migration says that it made.

    Raises:
        RuntimeError: something is missing; the migration's transaction is rolled back.
    """
    missing = [
        f"{table}.{name}"
        for table, expected in tables.items()
        for name in _missing(connection, table, expected)
    ]
    if missing:
        raise RuntimeError(f"The migration did not make {', '.join(missing)}.")


def _missing(connection: Connection, table: str, expected: Expected) -> list[str]:
    inspector = inspect(connection)
    if not inspector.has_table(table):
        return ["(the table itself)"]
    columns = {column["name"] for column in inspector.get_columns(table)}
    indexes = {index["name"] for index in inspector.get_indexes(table)}
    indexes |= {unique["name"] for unique in inspector.get_unique_constraints(table)}
    return [name for name in expected.columns if name not in columns] + [
        name for name in expected.indexes if name not in indexes
    ]
