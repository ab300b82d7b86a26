"""Pages: listed, shown, decided about, selected, deleted."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request

from api import pages as service
from api.answers import Page, Success
from api.deps import Id, Session
from api.pages import ManyPages, PageChange, PageChanges, PageQuery, PageSelection
from api.rows import FullPage, PageRow
from api.shapes import Changed, Deleted, DeletedSome, Selected
from scrapersky.db import page_curation
from scrapersky.db.page_listings import page_part

router = APIRouter(tags=["pages"])


@router.get("/pages", response_model=Page[list[PageRow]])
async def listed(session: Session, wanted: Annotated[PageQuery, Query()]) -> Page:
    """Pages that sitemaps list.

    An answer may have fewer than `limit`, even none, while there are more: go on until `next` is
    null. Those of one domain come in no order of meaning, those of a time by `lastmod`, others by
    age.
    """
    async with session.begin():
        rows, following = await page_part(
            session, wanted.as_page_filter(), after=wanted.after, limit=wanted.limit
        )
    return Page(data=rows, next=following)


@router.patch("/pages", response_model=Page[Changed])
async def change_many(request: Request, wanted: PageChanges) -> Page:
    """Writes what a person decided about many pages: by their ids, or by a filter.

    Works for 20 seconds at most, in pieces that each hold. Where `next` is not null, some are left:
    send the same with `next` as `after`.
    """
    done = await service.change_many(request.app.state.sessions, wanted)
    return Page(data={"changed": done.count}, next=done.next)


@router.post("/pages/select", response_model=Page[Selected])
async def select(request: Request, wanted: PageSelection) -> Page:
    """Sets all pages that match to `Selected`: `{"page_type": "contact", "gone": false}`.

    Works for 20 seconds at most, in pieces that each hold. Where `next` is not null, some are left:
    send the same with `next` as `after`.
    """
    done = await service.change_many(request.app.state.sessions, wanted.as_changes())
    return Page(data={"selected": done.count}, next=done.next)


@router.post("/pages/delete", response_model=Success[DeletedSome])
async def delete_many(request: Request, wanted: ManyPages) -> Success:
    """Deletes many pages: by their ids, or by a filter.

    Works for 20 seconds at most, in pieces that each hold. Where `has_more` is true, some are left:
    send the same again. A crawl that reads their sitemap again adds them again.
    """
    done = await service.remove_many(request.app.state.sessions, wanted)
    return Success(data={"deleted": done.count, "has_more": done.has_more})


@router.get("/pages/{page_id}", response_model=Success[FullPage])
async def shown(session: Session, page_id: Id) -> Success:
    """All about a page, with the sitemaps that list it."""
    async with session.begin():
        found = await page_curation.get(session, page_id)
    if found is None:
        raise _unknown(page_id)
    return Success(data=found)


@router.patch("/pages/{page_id}", response_model=Success[FullPage])
async def change(session: Session, page_id: Id, wanted: PageChange) -> Success:
    """Writes what a person decided about a page."""
    async with session.begin():
        await page_curation.curate(session, [page_id], wanted.curation_status)
        found = await page_curation.get(session, page_id)
    if found is None:
        raise _unknown(page_id)
    return Success(data=found)


@router.delete("/pages/{page_id}", response_model=Success[Deleted])
async def delete(session: Session, page_id: Id) -> Success:
    """Deletes a page. A crawl that reads its sitemap again adds it again."""
    async with session.begin():
        count = await page_curation.remove(session, [page_id])
    if not count:
        raise _unknown(page_id)
    return Success(data={"deleted": count})


def _unknown(page_id: Id) -> HTTPException:
    return HTTPException(404, f"There is no page {page_id}.")
