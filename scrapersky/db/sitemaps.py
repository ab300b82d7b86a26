"""One sitemap, what people decide about sitemaps and submit, and their end."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, null, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import jobs
from scrapersky.db.tables import domains, new_id, pages, sitemap_files
from scrapersky.db.walks import among
from scrapersky.states import CurationStatus, ImportStatus

# As if the import had claimed them: what becomes of them is told by the job's targets.
_SUBMIT = text(
    "INSERT INTO sitemap_files AS f (id, domain_id, url, found_via, first_seen_at, last_seen_at,"
    " curation_status, import_status, import_job_id)"
    " SELECT n.id, d.id, n.url, 'submitted', now(), now(), 'Selected', 'Processing', :job_id"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:urls AS text[]))"
    "  AS n(id, domain, url) JOIN domains d ON d.domain = n.domain ORDER BY n.id"
    " ON CONFLICT (domain_id, url_hash) DO UPDATE SET curation_status = 'Selected',"
    "  import_status = 'Processing', import_error = NULL, import_job_id = EXCLUDED.import_job_id"
    " RETURNING f.id, f.url"
)
# A page that another file lists is that file's from now on. See scrapersky.db.pages.
_LEAVE = (
    text(
        "UPDATE pages p SET also_in = nullif(ARRAY(SELECT a.id FROM unnest(p.also_in)"
        " WITH ORDINALITY AS a(id, number) WHERE a.id <> ALL(:ids) ORDER BY number), '{}')"
        " WHERE p.domain_id IN (SELECT domain_id FROM sitemap_files WHERE id = ANY(:ids))"
        " AND p.also_in && CAST(:ids AS uuid[])"
    ),
    text(
        "UPDATE pages SET sitemap_id = also_in[1], also_in = nullif(also_in[2:], '{}')"
        " WHERE sitemap_id = ANY(:ids)"
    ),
)


class Submitted(NamedTuple):
    """The address of a sitemap."""

    domain: str
    url: str


async def get(session: AsyncSession, sitemap_id: UUID) -> dict[str, Any] | None:
    """All about a sitemap, and how many sitemaps and pages it lists; None: there is none."""
    parents = sitemap_files.alias()
    children = sitemap_files.alias()
    rows = await session.execute(
        select(
            sitemap_files,
            domains.c.domain,
            parents.c.url.label("parent"),
            _count(children.c.parent_id == sitemap_files.c.id).label("children"),
            _count(pages.c.sitemap_id == sitemap_files.c.id).label("pages"),
        )
        .join(domains, domains.c.id == sitemap_files.c.domain_id)
        .outerjoin(parents, parents.c.id == sitemap_files.c.parent_id)
        .where(sitemap_files.c.id == sitemap_id)
    )
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    content_hash = row["content_hash"]
    found = {name: value for name, value in row.items() if name != "url_hash"}
    return {**found, "content_hash": None if content_hash is None else content_hash.hex()}


def _count(condition: Any) -> Any:
    return select(func.count()).where(condition).correlate(sitemap_files).scalar_subquery()


async def curate(session: AsyncSession, ids: Sequence[UUID], status: CurationStatus) -> int:
    """Writes what a person decided. `Selected` queues the import, anything else takes it back.

    An import that is under way goes on. Returns how many of the sitemaps there are.
    """
    found = await _locked(session, ids)
    values = {"curation_status": status, **_import(status)}
    await session.execute(
        update(sitemap_files).where(among(sitemap_files.c.id, found)).values(values)
    )
    return len(found)


def _import(status: CurationStatus) -> dict[str, Any]:
    current, error = sitemap_files.c.import_status, sitemap_files.c.import_error
    if status != CurationStatus.SELECTED:
        return {current.name: case((current == ImportStatus.QUEUED, null()), else_=current)}
    is_at_work = func.coalesce(current == ImportStatus.PROCESSING, False)
    return {
        current.name: case((is_at_work, current), else_=ImportStatus.QUEUED),
        error.name: case((is_at_work, error), else_=null()),
    }


async def submit(
    session: AsyncSession, job_id: UUID, given: Iterable[Submitted]
) -> list[dict[str, Any]]:
    """Lets a job read these files, and makes rows of them and of their domains where need be.

    Returns:
        Id and URL of each.
    """
    unique = sorted(set(given))
    names = [one.domain for one in unique]
    await jobs.add_targets(session, job_id, sorted(set(names)))
    rows = await session.execute(
        _SUBMIT,
        {
            "job_id": job_id,
            "ids": [new_id() for _ in unique],
            "names": names,
            "urls": [one.url for one in unique],
        },
    )
    return [dict(row) for row in rows.mappings()]


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> int:
    """Deletes sitemaps. Pages that no other one lists stay, until a crawl says that they are gone.

    Returns:
        How many there were.
    """
    found = await _locked(session, ids)
    for statement in _LEAVE:
        await session.execute(statement, {"ids": found})
    await session.execute(sitemap_files.delete().where(among(sitemap_files.c.id, found)))
    return len(found)


async def _locked(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    statement = select(sitemap_files.c.id).where(among(sitemap_files.c.id, ids))
    return list(await session.scalars(statement.order_by(sitemap_files.c.id).with_for_update()))
