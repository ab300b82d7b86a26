"""Sitemaps: submitted, listed, shown, decided about, deleted."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request

from api import sitemaps as service
from api.answers import Accepted, Page, Success
from api.deps import Id, Session
from api.rows import Sitemap, SitemapRow
from api.shapes import Changed, Deleted, DeletedSome
from api.sitemaps import (
    ManySitemaps,
    SitemapChange,
    SitemapChanges,
    SitemapQuery,
    SitemapSubmission,
)
from scrapersky.db import sitemaps
from scrapersky.db.sitemap_listings import sitemap_part
from scrapersky.states import JobState

router = APIRouter(tags=["sitemaps"])


@router.post("/sitemaps", status_code=202)
async def submit(request: Request, session: Session, wanted: SitemapSubmission) -> Accepted:
    """Reads sitemaps at once, whether their sites name them or not, and imports their pages.

    `{"url": "https://example.com/sitemap.xml"}`, or up to 1,000 `urls`. Domains that are new are
    added. How each file went stands in its `import_status`.
    """
    state = request.app.state
    async with session.begin():
        job_id, _ = await service.submit(session, wanted, state.nodes.slots())
    state.keeper.nudge()
    return Accepted.of(job_id, JobState.PENDING)


@router.get("/sitemaps", response_model=Page[list[SitemapRow]])
async def listed(session: Session, wanted: Annotated[SitemapQuery, Query()]) -> Page:
    """Sitemaps.

    An answer may have fewer than `limit`, even none, while there are more: go on until `next` is
    null. Those of one domain come in no order of meaning, others by age.
    """
    async with session.begin():
        rows, following = await sitemap_part(
            session, wanted.as_sitemap_filter(), after=wanted.after, limit=wanted.limit
        )
    return Page(data=rows, next=following)


@router.patch("/sitemaps", response_model=Page[Changed])
async def change_many(request: Request, wanted: SitemapChanges) -> Page:
    """Writes what a person decided about many sitemaps: by their ids, or by a filter.

    Works for 20 seconds at most, in pieces that each hold. Where `next` is not null, some are left:
    send the same with `next` as `after`.
    """
    done = await service.change_many(request.app.state.sessions, wanted)
    return Page(data={"changed": done.count}, next=done.next)


@router.post("/sitemaps/delete", response_model=Success[DeletedSome])
async def delete_many(request: Request, wanted: ManySitemaps) -> Success:
    """Deletes many sitemaps: by their ids, or by a filter. Their pages stay.

    Works for 20 seconds at most, in pieces that each hold. Where `has_more` is true, some are left:
    send the same again. A crawl that finds them again adds them again.
    """
    done = await service.remove_many(request.app.state.sessions, wanted)
    return Success(data={"deleted": done.count, "has_more": done.has_more})


@router.get("/sitemaps/{sitemap_id}", response_model=Success[Sitemap])
async def shown(session: Session, sitemap_id: Id) -> Success:
    """All about a sitemap: its problems, and how many sitemaps and pages it lists."""
    async with session.begin():
        found = await sitemaps.get(session, sitemap_id)
    if found is None:
        raise _unknown(sitemap_id)
    return Success(data=found)


@router.patch("/sitemaps/{sitemap_id}", response_model=Success[Sitemap])
async def change(session: Session, sitemap_id: Id, wanted: SitemapChange) -> Success:
    """Writes what a person decided about a sitemap. `Selected` queues its import."""
    async with session.begin():
        await sitemaps.curate(session, [sitemap_id], wanted.curation_status)
        found = await sitemaps.get(session, sitemap_id)
    if found is None:
        raise _unknown(sitemap_id)
    return Success(data=found)


@router.delete("/sitemaps/{sitemap_id}", response_model=Success[Deleted])
async def delete(session: Session, sitemap_id: Id) -> Success:
    """Deletes a sitemap.

    Its pages stay; those that no other one lists are gone at the next crawl of the whole site.
    """
    async with session.begin():
        count = await sitemaps.remove(session, [sitemap_id])
    if not count:
        raise _unknown(sitemap_id)
    return Success(data={"deleted": count})


def _unknown(sitemap_id: Id) -> HTTPException:
    return HTTPException(404, f"There is no sitemap {sitemap_id}.")
