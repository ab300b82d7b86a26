"""Lists as files."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from api.exports import MEDIA_TYPES, ContactExport, DomainExport, Export, JobExport, PageExport
from scrapersky.db.contact_listings import contact_page
from scrapersky.db.domain_listings import domain_page
from scrapersky.db.export_fields import CONTACTS, DOMAINS, JOBS, PAGES
from scrapersky.db.job_listings import JobFilter, job_rows
from scrapersky.db.page_listings import page_page

router = APIRouter(prefix="/export", tags=["exports"])

_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, sent while it is read. It is whole only if the answer ends well.",
        "content": {
            media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media_type in MEDIA_TYPES.values()
        },
    }
}


@router.get("/domains", response_class=StreamingResponse, responses=_FILE)
async def domains(request: Request, wanted: Annotated[DomainExport, Query()]) -> StreamingResponse:
    """Domains with their contacts, one row a domain, with the filters of `GET /domains`."""
    chosen = wanted.as_domain_filter()
    export = Export(
        "domains",
        DOMAINS,
        lambda session, after, limit: domain_page(session, chosen, after=after, limit=limit),
        wanted,
    )
    return await export.respond(request)


@router.get("/contacts", response_class=StreamingResponse, responses=_FILE)
async def contacts(
    request: Request, wanted: Annotated[ContactExport, Query()]
) -> StreamingResponse:
    """Contacts, one row a contact, with the filters of `GET /contacts`."""
    chosen = wanted.as_contact_filter()
    export = Export(
        "contacts",
        CONTACTS,
        lambda session, after, limit: contact_page(session, chosen, after=after, limit=limit),
        wanted,
    )
    return await export.respond(request)


@router.get("/pages", response_class=StreamingResponse, responses=_FILE)
async def pages(request: Request, wanted: Annotated[PageExport, Query()]) -> StreamingResponse:
    """Pages, one row a page, with the filters of `GET /pages`."""
    chosen = wanted.as_page_filter()
    export = Export(
        "pages",
        PAGES,
        lambda session, after, limit: page_page(session, chosen, after=after, limit=limit),
        wanted,
    )
    return await export.respond(request)


@router.get("/jobs", response_class=StreamingResponse, responses=_FILE)
async def jobs(request: Request, wanted: Annotated[JobExport, Query()]) -> StreamingResponse:
    """Jobs, one row a job, the newest first."""
    chosen = JobFilter(state=wanted.state, spider=wanted.spider)
    export = Export(
        "jobs",
        JOBS,
        lambda session, after, limit: job_rows(session, chosen, after=after, limit=limit),
        wanted,
    )
    return await export.respond(request)
