"""Pages of long lists in bounded time, whatever the filter: by keyset, in the order of ids.

PostgreSQL chooses between walking the ids in their order until a page is full, which is quick where
many rows pass, and looking up all that pass, which is quick where few do. It guesses how many by
multiplying shares, as if an error were as likely to have a title as any other row; where the guess
is wrong it walks a whole table for nothing. So here it is not asked: each list walks first, as far
as a bound, and looks up after that. A walk without anybody in it has shown that few pass.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

WALK = 2_000
"""Rows that a walk looks at, for a page of `PAGE`; for a longer one as many more."""
PAGE = 100

Conditions = list[ColumnElement[bool]]

# For the transaction only, so that a pooler does not mind. A small or just loaded table would be
# read as a whole otherwise; and some plans look so expensive that they would be compiled, or shared
# between processes.
_PLANNER = {"enable_seqscan": "off", "jit": "off", "max_parallel_workers_per_gather": "0"}
BY_INDEX = select(*(func.set_config(name, value, True) for name, value in _PLANNER.items()))
# A row is as dear as where the table is not in memory: so all the indexes that leave some out are
# asked before any is read.
_DEAR_ROWS = select(func.set_config("cpu_tuple_cost", "1", True))


@dataclass(frozen=True, slots=True)
class Split:
    """A filter, by what its conditions cost to check in the order of ids."""

    narrow: Conditions = field(default_factory=list)
    """Answered by an index that is in the order of ids."""
    wide: Conditions = field(default_factory=list)
    """Those that need the row itself; each has an index that finds the few that pass."""
    walk: int = WALK
    """Fewer where a row takes long to check."""

    @property
    def all(self) -> Conditions:
        """Both."""
        return [*self.narrow, *self.wide]


async def page(
    session: AsyncSession, table: Table, wanted: Split, *, after: UUID | None, limit: int
) -> list[UUID]:
    """The ids of the next rows that pass, in order.

    Args:
        session: whose transaction this is part of.
        table: with a column `id`.
        wanted: which rows.
        after: begin behind this id.
        limit: how many at most.
    """
    await session.execute(BY_INDEX)
    if not wanted.wide:
        return list(await session.scalars(_in_order(table, wanted.narrow, after).limit(limit)))
    near, end = await _walk(session, table, wanted, after, limit)
    if end is None or len(near) == limit:
        return near
    await session.execute(_DEAR_ROWS)
    far = _looked_up(table, wanted.all, end).limit(limit - len(near))
    return near + list(await session.scalars(far))


async def _walk(
    session: AsyncSession, table: Table, wanted: Split, after: UUID | None, limit: int
) -> tuple[list[UUID], UUID | None]:
    """Those among the next rows that pass; and how far it went, where more may come."""
    length = wanted.walk * max(limit, PAGE) // PAGE
    walked = _in_order(table, wanted.narrow, after).limit(length).cte("walked")
    passes: Any = (
        select(and_(true(), *wanted.wide))
        .where(table.c.id == walked.c.id)
        .correlate(walked)
        .scalar_subquery()
    )
    found = select(walked.c.id).where(passes).order_by(walked.c.id).limit(limit)
    end = select(walked.c.id).order_by(walked.c.id.desc()).limit(1)
    row = (
        await session.execute(
            select(
                func.array(found.scalar_subquery()).label("found"),
                end.scalar_subquery().label("end"),
                select(func.count()).select_from(walked).scalar_subquery().label("length"),
            )
        )
    ).one()
    return list(row.found), row.end if row.length == length else None


def _in_order(table: Table, conditions: Conditions, after: UUID | None) -> Select[Any]:
    statement = select(table.c.id).where(*conditions).order_by(table.c.id)
    return statement if after is None else statement.where(table.c.id > after)


def _looked_up(table: Table, conditions: Conditions, after: UUID) -> Select[Any]:
    # The same order by other means: so that no index has it, and all that pass are looked up.
    return (
        select(table.c.id)
        .where(*conditions, table.c.id > after)
        .order_by(func.uuid_send(table.c.id))
    )
