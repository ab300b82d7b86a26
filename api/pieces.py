"""Work on many rows, a piece a transaction, within the time of a request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.deps import Id, Text
from scrapersky.db.walks import Part
from scrapersky.domains import BadDomain, clean_domain

SECONDS = 20.0
"""How long a request for many rows works at most; what is left, the next one does."""
MOST_IDS = 10_000

Sessions = async_sessionmaker[AsyncSession]
Find = Callable[[AsyncSession, UUID | None], Awaitable[Part]]
Act = Callable[[AsyncSession, list[UUID]], Awaitable[int]]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_IDS)]


class Criteria(BaseModel):
    """Which rows; all that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: Annotated[Text, Field(min_length=1, max_length=253)] | None = Field(
        default=None, description="On this domain."
    )

    @field_validator("domain")
    @classmethod
    def _cleaned(cls, value: str | None) -> str | None:
        try:
            return None if value is None else clean_domain(value)
        except BadDomain as error:
            raise ValueError(error.reason) from None


class Many(BaseModel):
    """Some rows: by their ids, or all that pass a filter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: Ids | None = None
    filter: Criteria | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or filter")
        if self.filter is not None and not self.filter.model_dump(exclude_none=True):
            raise ValueError("an empty filter means all there are: give at least one criterion")
        return self


@dataclass(slots=True)
class Done:
    """How far a request for many rows came."""

    count: int = 0
    next: UUID | None = None
    """Where to go on; None: all is done."""
    has_more: bool = False


def piece_of(ids: list[UUID], after: UUID | None, size: int) -> Part:
    """The next of some ids, in their order."""
    rest = sorted({one for one in ids if after is None or one > after})
    return Part(rest[:size], rest[size - 1] if len(rest) > size else None)


async def change(sessions: Sessions, find: Find, act: Act, after: UUID | None) -> Done:
    """Does something with all that are found, each once."""
    done, deadline = Done(next=after), monotonic() + SECONDS
    while True:
        async with sessions.begin() as session:
            ids, done.next = await find(session, done.next)
            done.count += await act(session, ids) if ids else 0
        done.has_more = done.next is not None
        if not done.has_more or monotonic() > deadline:
            return done


async def remove(sessions: Sessions, find: Find, act: Act) -> Done:
    """Deletes all that are found. Where there is more, the same again finds the rest."""
    done, deadline = Done(), monotonic() + SECONDS
    while True:
        async with sessions.begin() as session:
            ids, following = await find(session, done.next)
            done.count += await act(session, ids) if ids else 0
        done.has_more = following is not None
        if following not in ids:  # else nobody knows any more where that one was
            done.next = following
        if not done.has_more or monotonic() > deadline:
            return done
