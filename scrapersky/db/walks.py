"""Parts of long lists in bounded time, whatever the filter: for tables that have no index for each.

A list goes along one index, chosen by what its filter says. What that index does not answer is
looked at row by row, at most `WALK` rows a part. So a part may be short, even empty, while there is
more: whoever reads the list goes on behind the row at which it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Column, ColumnElement, Table, Uuid, any_, cast, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.errors import InputError

WALK = 5_000
"""Rows that are looked at for a part of a list."""

Conditions = list[ColumnElement[bool]]

# For the transaction only, so that a pooler does not mind. Left to itself the planner reads a just
# loaded table as a whole, and reads and sorts all of a domain that it takes for a usual one.
_BY_INDEX = text(
    "SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_bitmapscan',"
    " 'enable_sort', 'enable_hashjoin', 'enable_mergejoin', 'jit']) AS name"
)


@dataclass(frozen=True, slots=True)
class Walk:
    """The way along an index."""

    table: Table
    """With a column `id`."""
    order: Sequence[Column[Any]]
    """The rest of the index, behind what `along` says is equal."""
    along: Conditions = field(default_factory=list)
    """What the index answers."""
    other: Conditions = field(default_factory=list)
    """What each row is asked for."""


class Part(NamedTuple):
    """Some rows of a list."""

    ids: list[UUID]
    next: UUID | None
    """Where to go on: behind this row, whether it is among those or not. None: that was all."""


async def part(session: AsyncSession, walk: Walk, *, after: UUID | None, limit: int) -> Part:
    """The next rows, `limit` at most.

    Raises:
        InputError: the row to go on behind is gone, and nobody knows where it was.
    """
    await session.execute(_BY_INDEX)
    began = [] if after is None else [_key(walk) > await _place(session, walk, after)]
    end = await _end(session, walk, began) if walk.other else None
    until = [] if end is None else [_key(walk) <= _values(walk, end)]
    statement = select(walk.table.c.id).where(*walk.along, *began, *until, *walk.other)
    ids = list(await session.scalars(statement.order_by(*walk.order).limit(limit + 1)))
    if len(ids) > limit:
        return Part(ids[:limit], ids[limit - 1])
    return Part(ids, None if end is None else end.id)


async def whole(session: AsyncSession, walk: Walk, *, after: UUID | None, limit: int) -> list[UUID]:
    """The next rows: fewer than `limit` are the last ones. However long that takes."""
    found: list[UUID] = []
    while True:
        ids, after = await part(session, walk, after=after, limit=limit - len(found))
        found += ids
        if after is None or len(found) == limit:
            return found


def among(column: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Whether it is one of these, however many they are."""
    condition: ColumnElement[bool] = column == any_(cast(ids, ARRAY(Uuid)))
    return condition


async def _end(session: AsyncSession, walk: Walk, began: Conditions) -> Any:
    """The last row to look at; None: there are fewer to come."""
    statement = select(walk.table.c.id, *(column.label(None) for column in walk.order))
    rows = await session.execute(
        statement.where(*walk.along, *began).order_by(*walk.order).offset(WALK - 1).limit(1)
    )
    return rows.one_or_none()


async def _place(session: AsyncSession, walk: Walk, after: UUID) -> Any:
    """Where a row stands."""
    if list(walk.order) == [walk.table.c.id]:
        return after
    found = await session.execute(
        select(walk.table.c.id, *(column.label(None) for column in walk.order)).where(
            walk.table.c.id == after
        )
    )
    row = found.one_or_none()
    if row is None or None in row:
        raise InputError(f"after={after}: it is not in the list any more; begin at its beginning.")
    return _values(walk, row)


def _key(walk: Walk) -> Any:
    return walk.order[0] if len(walk.order) == 1 else tuple_(*walk.order)


def _values(walk: Walk, row: Any) -> Any:
    values = [cast(value, column.type) for value, column in zip(row[1:], walk.order, strict=True)]
    return values[0] if len(values) == 1 else tuple_(*values)
