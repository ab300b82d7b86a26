"""Domains: what is known about one, and new ones."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import contacts, domains, job_targets, new_id


async def find(session: AsyncSession, domain: str) -> dict[str, Any] | None:
    """Everything about a domain, its contacts and last crawls included; None: it is unknown."""
    rows = await session.execute(select(domains).where(domains.c.domain == domain))
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    found = await session.execute(
        select(contacts)
        .where(contacts.c.domain_id == row["id"])
        .order_by(contacts.c.kind, contacts.c.confidence.desc(), contacts.c.value)
    )
    crawls = await session.execute(
        select(job_targets)
        .where(job_targets.c.domain_id == row["id"])
        .order_by(job_targets.c.job_id.desc())
        .limit(5)
    )
    return {
        **row,
        "contacts": [dict(contact) for contact in found.mappings()],
        "crawls": [dict(crawl) for crawl in crawls.mappings()],
    }


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
