"""Statements over `tokens`: the long-lived ones, which can be revoked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import new_id, tokens


async def create(session: AsyncSession, name: str, expires_at: datetime) -> UUID:
    """Records a token that will be made."""
    token_id = new_id()
    await session.execute(insert(tokens).values(id=token_id, name=name, expires_at=expires_at))
    return token_id


async def revoke(session: AsyncSession, token_id: UUID) -> bool:
    """From now on the token counts no more. False: there is none of that id."""
    found = await session.execute(
        update(tokens)
        .where(tokens.c.id == token_id)
        .values(revoked_at=func.coalesce(tokens.c.revoked_at, func.now()))
        .returning(tokens.c.id)
    )
    return found.first() is not None


async def is_revoked(session: AsyncSession, token_id: UUID) -> bool:
    """Whether a token was revoked. Short-lived ones are not recorded, and so never are."""
    revoked = select(tokens.c.id).where(tokens.c.id == token_id, tokens.c.revoked_at.is_not(None))
    return await session.scalar(revoked) is not None


async def listed(session: AsyncSession) -> Sequence[RowMapping]:
    """All of them, newest first."""
    return (await session.execute(select(tokens).order_by(tokens.c.id.desc()))).mappings().all()
