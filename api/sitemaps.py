"""What is asked of sitemaps: which, what is to become of them, and new ones."""

from math import ceil
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import After, Id, Text
from api.loading import DOMAINS_A_WORKER
from api.pieces import Criteria, Done, Many, Sessions, change, piece_of, remove
from api.requests import MOST_WORKERS
from scrapersky.config import get_config
from scrapersky.db import dispatch, sitemaps
from scrapersky.db.sitemap_listings import SitemapFilter, sitemap_ids
from scrapersky.db.sitemaps import Submitted
from scrapersky.db.walks import Part
from scrapersky.domains import clean_domain, printable
from scrapersky.errors import InputError
from scrapersky.extract.urls import MAX_URL, absolute_url
from scrapersky.sitemaps.entries import Kind
from scrapersky.states import CurationStatus, FoundVia, ImportStatus, Stage

PIECE = 50
"""Sitemaps a transaction: one may have a million pages."""
MOST_URLS = 1_000
SHOWN_URLS = 1_000
"""Characters of the submitted addresses that the job keeps as a reminder."""

Address = Annotated[Text, Field(min_length=1, max_length=MAX_URL)]


class SitemapCriteria(Criteria):
    """Which sitemaps; all that is given must hold."""

    kind: Kind | None = None
    found_via: FoundVia | None = None
    curation: CurationStatus | None = None
    import_status: ImportStatus | None = None
    error: Annotated[Text, Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="An error code of a file: docs/sitemap-crawl.md."
    )
    has_entries: bool | None = Field(default=None, description="Whether anything stands in it.")

    def as_sitemap_filter(self) -> SitemapFilter:
        """The same for the statements."""
        return SitemapFilter(**self.model_dump(include=set(SitemapCriteria.model_fields)))


class SitemapQuery(SitemapCriteria):
    """A part of the list of sitemaps."""

    after: After = None
    limit: int = Field(default=50, ge=1, le=1000, description="How many, at most.")


class SitemapChange(BaseModel):
    """What a person decided."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    curation_status: CurationStatus = Field(description="`Selected` queues the import.")


class ManySitemaps(Many):
    """Some sitemaps: by their ids, or all that pass a filter."""

    filter: SitemapCriteria | None = None

    async def piece(self, session: AsyncSession, after: UUID | None) -> Part:
        """The next of them."""
        if self.filter is None:
            return piece_of(self.ids or [], after, PIECE)
        wanted = self.filter.as_sitemap_filter()
        return await sitemap_ids(session, wanted, after=after, limit=PIECE)


class SitemapChanges(ManySitemaps):
    """What a person decided about some sitemaps."""

    set: SitemapChange
    after: Id | None = Field(
        default=None, description="Go on behind this one: the `next` of the answer before."
    )


class SitemapSubmission(BaseModel):
    """Sitemaps that are to be read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address | None = None
    urls: Annotated[list[Address], Field(min_length=1, max_length=MOST_URLS)] | None = Field(
        default=None, description="Or: many."
    )
    priority: int = Field(default=0, ge=-100, le=100, description="Higher ones go first.")

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.url is None) == (self.urls is None):
            raise ValueError("give either url or urls")
        return self

    @property
    def given(self) -> list[str]:
        """One or many."""
        return [self.url] if self.url is not None else self.urls or []


async def submit(
    session: AsyncSession, wanted: SitemapSubmission, slots: int
) -> tuple[UUID, list[dict[str, Any]]]:
    """A job that reads these files. Returns it, and their rows.

    Raises:
        InputError: one of them is no address of a file on a site.
    """
    files = [_submitted(url) for url in wanted.given]
    job_id = await dispatch.create(
        session,
        spider="sitemap",
        source="submitted",
        arguments={"stage": Stage.IMPORT, "domains": " ".join(wanted.given)[:SHOWN_URLS]},
        priority=wanted.priority,
        rate=None,
        workers=1,
        webhook_url=None,
        idempotency_key=None,
        request_hash="",
        loading_seconds=None,
    )
    rows = await sitemaps.submit(session, job_id, files)
    most = 1 if get_config().redis_url is None else min(max(slots, 1), MOST_WORKERS)
    useful = ceil(len({file.domain for file in files}) / DOMAINS_A_WORKER)
    await dispatch.loaded(session, job_id, min(most, useful))
    return job_id, rows


def _submitted(typed: str) -> Submitted:
    url = absolute_url("", typed)
    if url is None:
        raise InputError(f"{printable(typed)!r} is no URL: those begin with https:// or http://.")
    return Submitted(clean_domain(url), url.partition("#")[0])


async def change_many(sessions: Sessions, wanted: SitemapChanges) -> Done:
    """Writes what a person decided, a piece a transaction."""
    status = wanted.set.curation_status

    async def act(session: AsyncSession, ids: list[UUID]) -> int:
        return await sitemaps.curate(session, ids, status)

    return await change(sessions, wanted.piece, act, wanted.after)


async def remove_many(sessions: Sessions, wanted: ManySitemaps) -> Done:
    """Deletes sitemaps, a piece a transaction."""
    return await remove(sessions, wanted.piece, sitemaps.remove)
