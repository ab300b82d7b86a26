"""What is asked of domains: which, and what is to become of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.deps import After, Id, Text
from scrapersky.db import domains
from scrapersky.db.domain_listings import DomainFilter, domain_ids
from scrapersky.outcomes import ErrorCode
from scrapersky.states import AnalysisStatus, ContactKind, CurationStatus, DomainStatus

SECONDS = 20.0
"""How long a request for many domains works at most; what is left, the next one does."""
PIECE = 500
"""Domains a transaction."""
MOST_IDS = 10_000

Name = Annotated[Text, Field(min_length=1, max_length=253)]
Code = Annotated[Text, Field(pattern=r"^[A-Za-z]{2}$")]
Sessions = async_sessionmaker[AsyncSession]


class DomainCriteria(BaseModel):
    """Which domains; all that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: DomainStatus | None = None
    error: ErrorCode | None = None
    language: Annotated[Text, Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="As the page declares it; `de` is `de-AT` too."
    )
    country: Code | None = Field(default=None, description="Of its postal address.")
    technology: Name | None = Field(default=None, description="By name: `jQuery`.")
    cms: Name | None = Field(default=None, description="By name: `WordPress`.")
    curation: CurationStatus | None = None
    sitemap_curation: CurationStatus | None = None
    sitemap_analysis: AnalysisStatus | None = None
    text: Name | None = Field(default=None, description="What the domain begins with.")
    words: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="All in its title, organization or description."
    )
    has: list[ContactKind] = Field(
        default=[], max_length=3, description="With a contact of each of these kinds."
    )
    crawled_after: AwareDatetime | None = Field(default=None, description="From this time on.")
    crawled_before: AwareDatetime | None = None

    def as_domain_filter(self) -> DomainFilter:
        """The same for the statements."""
        given = self.model_dump(include=set(DomainCriteria.model_fields))
        return DomainFilter(**given)

    @field_validator("crawled_after", "crawled_before")
    @classmethod
    def _in_range(cls, value: datetime | None) -> datetime | None:
        # PostgreSQL's timestamptz knows later years, Python's conversions do not.
        if value is not None and not 1970 <= value.year <= 9000:
            raise ValueError("the year is out of range")
        return value


class DomainQuery(DomainCriteria):
    """A page of the list of domains."""

    after: After = None
    limit: int = Field(default=50, ge=1, le=1000, description="How many, at most.")


class NewDomains(BaseModel):
    """Domains to be added."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domains: (
        Annotated[list[Text], Field(min_length=1, max_length=MOST_IDS)]
        | Annotated[Text, Field(min_length=1, max_length=1_000_000)]
    ) = Field(description="Domains or URLs: a list, or a text with commas or blanks.")


class DomainChange(BaseModel):
    """What a person decided. What is not given stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"minProperties": 1})

    curation_status: CurationStatus | None = None
    sitemap_curation_status: CurationStatus | None = Field(
        default=None, description="`Selected` queues the search for its sitemaps."
    )
    notes: Annotated[Text, Field(max_length=10_000)] | None = Field(
        default=None, description="null: none."
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("there is nothing to set")
        return self

    @property
    def values(self) -> dict[str, Any]:
        """New values of columns."""
        given = self.model_dump(exclude_none=True)
        if "notes" in self.model_fields_set:
            given["notes"] = self.notes or None
        return given


class ManyDomains(BaseModel):
    """Some domains: by their ids, or all that pass a filter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_IDS)] | None = None
    filter: DomainCriteria | None = None
    after: Id | None = Field(
        default=None, description="Go on behind this one: the `next` of the answer before."
    )

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or filter")
        return self

    async def piece(self, session: AsyncSession, after: UUID | None) -> list[UUID]:
        """The next of them, in the order of their ids."""
        if self.filter is not None:
            wanted = self.filter.as_domain_filter()
            return await domain_ids(session, wanted, after=after, limit=PIECE)
        rest = {one for one in self.ids or () if after is None or one > after}
        return sorted(rest)[:PIECE]


class ManyChanges(ManyDomains):
    """What a person decided about some domains."""

    set: DomainChange


class ManyRemovals(ManyDomains):
    """Domains that are to go."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.filter is not None and not self.filter.as_domain_filter().conditions():
            raise ValueError("an empty filter means all domains: give at least one criterion")
        return self


@dataclass(slots=True)
class Done:
    """How far a request for many domains came."""

    count: int = 0
    next: UUID | None = None
    """Where to go on; None: all is done."""


async def change(sessions: Sessions, wanted: ManyChanges) -> Done:
    """Writes what a person decided, a piece a transaction."""

    async def write(session: AsyncSession, ids: list[UUID]) -> int:
        return len(await domains.curate(session, ids, wanted.set.values))

    return await _in_pieces(sessions, wanted, write)


async def remove(sessions: Sessions, wanted: ManyRemovals) -> Done:
    """Deletes domains with all that belongs to them, a piece a transaction."""
    return await _in_pieces(sessions, wanted, domains.remove)


async def _in_pieces(
    sessions: Sessions,
    wanted: ManyDomains,
    act: Callable[[AsyncSession, list[UUID]], Awaitable[int | None]],
) -> Done:
    done, deadline = Done(next=wanted.after), monotonic() + SECONDS
    while monotonic() < deadline:
        async with sessions.begin() as session:
            ids = await wanted.piece(session, done.next)
            count = await act(session, ids) if ids else 0
        if count is None:  # the same again: behind the one before its first
            done.next = UUID(int=ids[0].int - 1)
            continue
        done.count += count
        done.next = ids[-1] if len(ids) == PIECE else None
        if done.next is None:
            break
    return done
