"""What is asked of pages: which, and what is to become of them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import After, Id, Text
from api.pieces import Criteria, Done, Many, Sessions, change, piece_of, remove
from scrapersky.db import page_curation
from scrapersky.db.page_listings import PageFilter, page_ids
from scrapersky.db.walks import Part
from scrapersky.errors import InputError
from scrapersky.sitemaps.page_types import PageType
from scrapersky.states import CurationStatus

PIECE = 1_000
"""Pages a transaction."""


class PageCriteria(Criteria):
    """Which pages; all that is given must hold."""

    page_type: PageType | None = None
    sitemap: Id | None = Field(default=None, description="The id of the sitemap that lists it.")
    curation: CurationStatus | None = None
    gone: bool | None = Field(
        default=None, description="true: no sitemap lists it any more; false: one does."
    )
    lastmod_after: AwareDatetime | None = Field(
        default=None, description="Changed from this time on, as the sitemap says."
    )
    lastmod_before: AwareDatetime | None = None
    text: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="What stands somewhere in the URL, in any case."
    )

    def as_page_filter(self) -> PageFilter:
        """The same for the statements."""
        given = self.model_dump(include=set(PageCriteria.model_fields))
        return PageFilter(is_gone=given.pop("gone"), **given)

    @field_validator("lastmod_after", "lastmod_before")
    @classmethod
    def _in_range(cls, value: datetime | None) -> datetime | None:
        # PostgreSQL's timestamptz knows later years, Python's conversions do not.
        if value is not None and not 1970 <= value.year <= 9000:
            raise ValueError("the year is out of range")
        return value


class PageQuery(PageCriteria):
    """A part of the list of pages."""

    after: After = None
    limit: int = Field(default=50, ge=1, le=1000, description="How many, at most.")


class PageChange(BaseModel):
    """What a person decided."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    curation_status: CurationStatus


class ManyPages(Many):
    """Some pages: by their ids, or all that pass a filter."""

    filter: PageCriteria | None = None

    async def piece(self, session: AsyncSession, after: UUID | None) -> Part:
        """The next of them."""
        if self.filter is None:
            return piece_of(self.ids or [], after, PIECE)
        return await page_ids(session, self.filter.as_page_filter(), after=after, limit=PIECE)


class PageChanges(ManyPages):
    """What a person decided about some pages."""

    set: PageChange
    after: Id | None = Field(
        default=None, description="Go on behind this one: the `next` of the answer before."
    )


class PageSelection(PageCriteria):
    """Pages that are to be selected; at least one criterion must be given."""

    after: Id | None = Field(
        default=None, description="Go on behind this one: the `next` of the answer before."
    )

    def as_changes(self) -> PageChanges:
        """The same as any change.

        Raises:
            InputError: there is no criterion.
        """
        criteria: dict[str, Any] = self.model_dump(exclude={"after"}, exclude_none=True)
        if not criteria:
            raise InputError("Nothing is given: that would select all pages there are.")
        selected = PageChange(curation_status=CurationStatus.SELECTED)
        return PageChanges(filter=PageCriteria(**criteria), set=selected, after=self.after)


async def change_many(sessions: Sessions, wanted: PageChanges) -> Done:
    """Writes what a person decided, a piece a transaction."""
    status = wanted.set.curation_status

    async def act(session: AsyncSession, ids: list[UUID]) -> int:
        return await page_curation.curate(session, ids, status)

    return await change(sessions, wanted.piece, act, wanted.after)


async def remove_many(sessions: Sessions, wanted: ManyPages) -> Done:
    """Deletes pages, a piece a transaction."""
    return await remove(sessions, wanted.piece, page_curation.remove)
