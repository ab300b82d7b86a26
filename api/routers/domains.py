"""Domains: in, shown, decided about, out."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request

from api import domains as service
from api.answers import Page, Success, page
from api.bodies import LIST_BODIES, LIST_LIMIT, received
from api.deps import Id, Session, Settings
from api.domains import DomainChange, DomainQuery, ManyChanges, ManyRemovals, NewDomains
from api.errors import problems
from api.rows import Domain, DomainRow
from api.shapes import AddedDomains, Changed, Deleted, ImportedDomains
from scrapersky.db import domains
from scrapersky.db.adding import Added, chunks
from scrapersky.db.domain_listings import domain_page
from scrapersky.domain_lists import DomainLine, judged, read_domains, split_domains
from scrapersky.errors import InputError

router = APIRouter(tags=["domains"])

MOST_BAD = 10_000
"""Bad lines that an answer names; all are counted."""
LISTS = {"requestBody": {"required": True, "content": LIST_BODIES}}
KINDS = frozenset({"text/plain", "text/csv", "application/gzip", "application/octet-stream"})


@router.post("/domains", response_model=Success[AddedDomains])
async def add(session: Session, wanted: NewDomains) -> Success:
    """Adds domains, which wait for a crawl. What is there already stays as it is."""
    given = wanted.domains
    names = split_domains(given) if isinstance(given, str) else given
    lines = [judged(number, name.strip()) for number, name in enumerate(names, 1)]
    counts = Added(MOST_BAD)
    async with session.begin():
        await counts.add(session, lines)
        clean = [line.domain for line in lines if isinstance(line, DomainLine)]
        found = await domains.named(session, clean[: service.MOST_IDS])
    return Success(data={**_told(counts), "domains": found})


@router.post(
    "/domains/import",
    response_model=Success[ImportedDomains],
    openapi_extra=LISTS,
    responses=problems(413),
)
async def import_list(request: Request, config: Settings) -> Success:
    """Adds the domains of a list of any length: text, CSV or gzip, at most 2 GB.

    Answers when it is read: a million take half a minute. Doing it again adds nothing.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise InputError(f"Content-Type {kind!r}: send one of {', '.join(sorted(KINDS))}.")
    counts = Added(MOST_BAD)
    async with received(request, config.home / "uploads", LIST_LIMIT) as body:
        pieces = chunks(read_domains(str(body.path)))
        try:
            while piece := await asyncio.to_thread(next, pieces, None):
                async with request.app.state.sessions.begin() as session:
                    await counts.add(session, piece)
        except InputError as error:
            told = str(counts.told(error)).replace(f"The file {str(body.path)!r}", "The list")
            raise InputError(told) from None
    return Success(data=_told(counts))


def _told(counts: Added) -> dict[str, Any]:
    errors = [
        {"line": bad.line_number, "text": bad.text, "reason": bad.reason} for bad in counts.bad
    ]
    return {**counts.numbers, "errors": errors}


@router.get("/domains", response_model=Page[list[DomainRow]])
async def listed(session: Session, wanted: Annotated[DomainQuery, Query()]) -> Page:
    """Domains with their contacts, those added first at the top."""
    async with session.begin():
        rows = await domain_page(
            session, wanted.as_domain_filter(), after=wanted.after, limit=wanted.limit + 1
        )
    return page(rows, wanted.limit)


@router.patch("/domains", response_model=Page[Changed])
async def change_many(request: Request, wanted: ManyChanges) -> Page:
    """Writes what a person decided about many domains: by their ids, or by a filter.

    Works for 20 seconds at most, in pieces that each hold. Where `next` is not null, some are left:
    send the same with `next` as `after`.
    """
    done = await service.change(request.app.state.sessions, wanted)
    return Page(data={"changed": done.count}, next=done.next)


@router.post("/domains/delete", response_model=Page[Deleted])
async def delete_many(request: Request, wanted: ManyRemovals) -> Page:
    """Deletes many domains with all that belongs to them: by their ids, or by a filter.

    Works for 20 seconds at most, in pieces that each hold. Where `next` is not null, some are left:
    send the same with `next` as `after`.
    """
    done = await service.remove(request.app.state.sessions, wanted)
    return Page(data={"deleted": done.count}, next=done.next)


@router.get("/domains/{domain_id}", response_model=Success[Domain])
async def shown(session: Session, domain_id: Id) -> Success:
    """All that is known about a domain: contacts, technologies, addresses, its last jobs."""
    async with session.begin():
        return Success(data=_plain(await domains.get(session, domain_id), domain_id))


@router.patch("/domains/{domain_id}", response_model=Success[Domain])
async def change(session: Session, domain_id: Id, wanted: DomainChange) -> Success:
    """Writes what a person decided about a domain. Selecting its sitemaps queues the work."""
    async with session.begin():
        await domains.curate(session, [domain_id], wanted.values)
        return Success(data=_plain(await domains.get(session, domain_id), domain_id))


@router.delete("/domains/{domain_id}", response_model=Page[Deleted])
async def delete(request: Request, domain_id: Id) -> Page:
    """Deletes a domain with all that belongs to it.

    Works for 20 seconds at most. Where `next` is not null, it had more pages: send the same again.
    """
    wanted = ManyRemovals(ids=[domain_id])
    done = await service.remove(request.app.state.sessions, wanted)
    if not done.count and done.next is None:
        raise _unknown(domain_id)
    return Page(data={"deleted": done.count}, next=done.next)


def _plain(found: dict[str, Any] | None, domain_id: Id) -> dict[str, Any]:
    if found is None:
        raise _unknown(domain_id)
    content_hash = found["content_hash"]
    return {**found, "content_hash": None if content_hash is None else content_hash.hex()}


def _unknown(domain_id: Id) -> HTTPException:
    return HTTPException(404, f"There is no domain {domain_id}.")
