"""What the services claim, and what becomes of it: docs/services.md tells the same to people.

A service claims what waits, in the transaction that makes the job for it. Later its statuses follow
the targets of that job, whatever ended those: a crawl, somebody who cancelled the job, or somebody
who deleted it. So no crawl needs to know of services.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.firings import OPEN
from scrapersky.db.tables import jobs
from scrapersky.states import Service, Stage

MOST_COUNTED = 10_000
"""What waits is counted up to here."""
MOST_JOBS = 5
"""Jobs of a service that have not ended; with more it would only pile them up."""
SOURCE = "service"
"""Of the jobs."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a service does."""

    spider: str
    stage: Stage | None
    waiting: str
    """The condition of what it claims, and of its table."""
    claim: str
    """Marks up to `:limit` of what waits with `:job_id`, makes the domains its targets, and gives
    back how many rows were marked, and how many targets that makes."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a service got."""

    rows: int
    targets: int


def _claim(marked: str) -> str:
    return (  # only the constants below go in
        f"WITH {marked}, added AS ("  # noqa: S608 - see above
        " INSERT INTO job_targets (job_id, domain_id)"
        " SELECT DISTINCT CAST(:job_id AS uuid), domain_id FROM marked RETURNING domain_id"
        ") SELECT (SELECT count(*) FROM marked) AS rows, (SELECT count(*) FROM added) AS targets"
    )


def _claim_domains(kind: str) -> str:
    return _claim(
        "claimed AS ("  # noqa: S608 - only the constants below go in
        f" SELECT id FROM domains WHERE sitemap_{kind}_status = 'queued'"
        "  ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED"
        "), marked AS ("
        f" UPDATE domains SET sitemap_{kind}_status = 'processing', sitemap_{kind}_error = NULL,"
        f"  sitemap_{kind}_job_id = :job_id, updated_at = now()"
        "  FROM claimed WHERE domains.id = claimed.id RETURNING domains.id AS domain_id)"
    )


_CLAIM_HOMEPAGES = _claim(
    "claimed AS ("
    # A job of a million has made all of them its targets: who waits there is not looked through.
    " SELECT d.id FROM (SELECT id FROM domains WHERE status = 'pending'"
    "   ORDER BY id LIMIT :limit * 20) AS oldest JOIN domains d ON d.id = oldest.id"
    "  WHERE d.status = 'pending' AND NOT EXISTS ("
    "   SELECT FROM job_targets t JOIN jobs j ON j.id = t.job_id WHERE t.domain_id = d.id"
    "   AND t.state = 'pending' AND j.state IN ('pending', 'queued', 'running'))"
    "  ORDER BY d.id LIMIT :limit FOR UPDATE OF d SKIP LOCKED"
    "), marked AS ("
    " UPDATE domains SET status = 'processing', updated_at = now()"
    "  FROM claimed WHERE domains.id = claimed.id RETURNING domains.id AS domain_id)"
)
_CLAIM_FILES = _claim(
    "claimed AS ("
    " SELECT id FROM sitemap_files WHERE import_status = 'Queued'"
    "  ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED"
    "), marked AS ("
    " UPDATE sitemap_files SET import_status = 'Processing', import_error = NULL,"
    "  import_job_id = :job_id"
    "  FROM claimed WHERE sitemap_files.id = claimed.id RETURNING sitemap_files.domain_id)"
)

WORK: dict[Service, Work] = {
    Service.HOMEPAGE: Work(
        "homepage", None, "FROM domains WHERE status = 'pending'", _CLAIM_HOMEPAGES
    ),
    Service.SITEMAP_SUBMISSION: Work(
        "sitemap",
        Stage.SUBMISSION,
        "FROM domains WHERE sitemap_analysis_status = 'queued'",
        _claim_domains("analysis"),
    ),
    Service.SITEMAP_SCAN: Work(
        "sitemap",
        Stage.SCAN,
        "FROM domains WHERE sitemap_scan_status = 'queued'",
        _claim_domains("scan"),
    ),
    Service.SITEMAP_IMPORT: Work(
        "sitemap",
        Stage.IMPORT,
        "FROM sitemap_files WHERE import_status = 'Queued'",
        _CLAIM_FILES,
    ),
}


def arguments(service: Service) -> dict[str, str]:
    """The spider's, of a service's job."""
    stage = WORK[service].stage
    return {} if stage is None else {"stage": str(stage)}


async def claim(session: AsyncSession, service: Service, job_id: UUID, limit: int) -> Claimed:
    """Claims up to `limit` of what waits for the job. Two claims never get the same."""
    parameters = {"job_id": job_id, "limit": limit}
    row = (await session.execute(text(WORK[service].claim), parameters)).one()
    await session.execute(
        jobs.update().where(jobs.c.id == job_id).values(targets_total=row.targets)
    )
    return Claimed(row.rows, row.targets)


async def count_waiting(session: AsyncSession, service: Service) -> int:
    """What a service has before it; more than `MOST_COUNTED` count as one more than those."""
    found = await session.scalar(
        text(
            "SELECT count(*) FROM (SELECT 1 "  # noqa: S608 - a constant
            f"{WORK[service].waiting} LIMIT {MOST_COUNTED + 1}) AS waiting"
        )
    )
    return int(found or 0)


async def count_jobs(session: AsyncSession, service: Service) -> int:
    """Jobs of a service that have not ended."""
    work = WORK[service]
    found = await session.scalar(
        select(func.count()).where(
            jobs.c.state.in_(OPEN),
            jobs.c.source == SOURCE,
            jobs.c.spider == work.spider,
            jobs.c.arguments.contains(arguments(service)),
        )
    )
    return found or 0


# --- outcomes -----------------------------------------------------------------------------------

_WHY = (
    "CASE t.state WHEN 'error' THEN coalesce(t.error_message, t.error_code)"
    " WHEN 'cancelled' THEN 'Its job was cancelled.' ELSE 'Its job was deleted.' END"
)
# A target that is pending has a job that may go on, even one that failed.
_ANALYSED = (
    "UPDATE domains d SET"  # noqa: S608 - a constant
    " sitemap_analysis_status = CASE WHEN t.state = 'completed' THEN 'submitted' ELSE 'failed' END,"
    f" sitemap_analysis_error = CASE WHEN t.state = 'completed' THEN NULL ELSE {_WHY} END,"
    " sitemap_scan_status = CASE WHEN t.state = 'completed'"
    "   AND EXISTS (SELECT FROM sitemap_files f WHERE f.domain_id = d.id)"
    "  THEN 'queued' ELSE d.sitemap_scan_status END,"
    " updated_at = now()"
    " FROM domains o LEFT JOIN job_targets t"
    "  ON t.job_id = o.sitemap_analysis_job_id AND t.domain_id = o.id"
    " WHERE o.sitemap_analysis_status = 'processing' AND d.id = o.id"
    " AND d.sitemap_analysis_status = 'processing' AND t.state IS DISTINCT FROM 'pending'"
)
_SCANNED = (
    "UPDATE domains d SET"  # noqa: S608 - a constant
    " sitemap_scan_status = CASE WHEN t.state = 'completed' THEN 'completed' ELSE 'failed' END,"
    f" sitemap_scan_error = CASE WHEN t.state = 'completed' THEN NULL ELSE {_WHY} END,"
    " updated_at = now()"
    " FROM domains o LEFT JOIN job_targets t"
    "  ON t.job_id = o.sitemap_scan_job_id AND t.domain_id = o.id"
    " WHERE o.sitemap_scan_status = 'processing' AND d.id = o.id"
    " AND d.sitemap_scan_status = 'processing' AND t.state IS DISTINCT FROM 'pending'"
)
# The crawl of a domain may end well, and this file of it not.
_IMPORTED = (
    "UPDATE sitemap_files f SET"  # noqa: S608 - a constant
    " import_status = CASE WHEN t.state = 'completed' AND o.error_code IS NULL"
    "  THEN 'Complete' ELSE 'Error' END,"
    " import_error = CASE WHEN t.state = 'completed'"
    f"  THEN coalesce(o.error_message, o.error_code) ELSE {_WHY} END"
    " FROM sitemap_files o LEFT JOIN job_targets t"
    "  ON t.job_id = o.import_job_id AND t.domain_id = o.domain_id"
    " WHERE o.import_status = 'Processing' AND f.id = o.id"
    " AND f.import_status = 'Processing' AND t.state IS DISTINCT FROM 'pending'"
)
# What a crawl ended it gave a status. What was cancelled waits again.
_UNCLAIMED = (
    "UPDATE domains d SET status = 'pending', updated_at = now()"
    " WHERE d.status = 'processing' AND 'cancelled' = (SELECT t.state FROM job_targets t"
    "  JOIN jobs j ON j.id = t.job_id WHERE t.domain_id = d.id AND j.spider = 'homepage'"
    "  ORDER BY t.job_id DESC LIMIT 1)"
)


async def follow(session: AsyncSession) -> int:
    """Lets all statuses follow the targets of their jobs. Returns how many changed."""
    changed = 0
    for statement in (_ANALYSED, _SCANNED, _IMPORTED):
        done: Any = await session.execute(text(statement))
        changed += int(done.rowcount)
    return changed


async def unclaim(session: AsyncSession) -> int:
    """Lets the domains of cancelled jobs wait again for their homepage. Returns how many."""
    done: Any = await session.execute(text(_UNCLAIMED))
    return int(done.rowcount)
