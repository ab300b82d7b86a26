"""Exclusive work without session locks, which no pooler carries: a row that expires."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import leases


async def take(session: AsyncSession, name: str, holder: UUID, seconds: float) -> bool:
    """Takes or renews a lease. False: somebody else holds it."""
    until = func.now() + literal(timedelta(seconds=seconds))
    taken = await session.execute(
        insert(leases)
        .values(name=name, holder=holder, expires_at=until)
        .on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={"holder": holder, "expires_at": until},
            where=(leases.c.holder == holder) | (leases.c.expires_at < func.now()),
        )
        .returning(leases.c.name)
    )
    return taken.first() is not None


async def leave(session: AsyncSession, name: str, holder: UUID) -> None:
    """Gives a lease back at once."""
    await session.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
