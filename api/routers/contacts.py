"""Contacts: listed, shown, deleted."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from api.answers import Page, Success, page
from api.contacts import ContactQuery
from api.deps import Id, Session
from api.rows import Contact, ContactRow
from api.shapes import Deleted
from scrapersky.db import contacts
from scrapersky.db.contact_listings import contact_page

router = APIRouter(tags=["contacts"])


@router.get("/contacts", response_model=Page[list[ContactRow]])
async def listed(session: Session, wanted: Annotated[ContactQuery, Query()]) -> Page:
    """Contacts, those found first at the top."""
    async with session.begin():
        rows = await contact_page(
            session, wanted.as_contact_filter(), after=wanted.after, limit=wanted.limit + 1
        )
    return page(rows, wanted.limit)


@router.get("/contacts/{contact_id}", response_model=Success[Contact])
async def shown(session: Session, contact_id: Id) -> Success:
    """All about a contact."""
    async with session.begin():
        found = await contacts.get(session, contact_id)
    if found is None:
        raise _unknown(contact_id)
    return Success(data=found)


@router.delete("/contacts/{contact_id}", response_model=Success[Deleted])
async def delete(session: Session, contact_id: Id) -> Success:
    """Deletes a contact. A crawl that finds it again adds it again."""
    async with session.begin():
        was_there = await contacts.remove(session, contact_id)
    if not was_there:
        raise _unknown(contact_id)
    return Success(data={"deleted": 1})


def _unknown(contact_id: Id) -> HTTPException:
    return HTTPException(404, f"There is no contact {contact_id}.")
