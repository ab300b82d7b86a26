"""Contacts: one, and its end."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.endings import HAS
from scrapersky.db.tables import contacts, domains


async def get(session: AsyncSession, contact_id: UUID) -> dict[str, Any] | None:
    """All about a contact, and the name of its domain; None: there is none."""
    rows = await session.execute(
        select(contacts, domains.c.domain)
        .join(domains, domains.c.id == contacts.c.domain_id)
        .where(contacts.c.id == contact_id)
    )
    row = rows.mappings().one_or_none()
    return None if row is None else dict(row)


async def remove(session: AsyncSession, contact_id: UUID) -> bool:
    """Deletes a contact. The next crawl that finds it adds it again.

    Returns:
        Whether it was there.
    """
    removed = await session.execute(
        delete(contacts).where(contacts.c.id == contact_id).returning(contacts.c.domain_id)
    )
    domain_id = removed.scalar_one_or_none()
    if domain_id is None:
        return False
    left = {
        name: exists().where(contacts.c.domain_id == domain_id, contacts.c.kind == kind)
        for name, kind in HAS.items()
    }
    await session.execute(update(domains).where(domains.c.id == domain_id).values(left))
    return True
