"""New domains."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import new_id


async def add(session: AsyncSession, names: Sequence[str]) -> int:
    """Makes rows of the domains that have none; they wait for a crawl then.

    Returns:
        How many were new.
    """
    # Sorted: two that add overlapping lists then wait for each other, not in a circle.
    new = sorted(set(names))
    added = await session.execute(
        text(
            "INSERT INTO domains (id, domain)"
            " SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]))"
            " ON CONFLICT (domain) DO NOTHING RETURNING id"
        ),
        {"ids": [new_id() for _ in new], "names": new},
    )
    return len(added.all())
