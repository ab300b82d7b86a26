"""Statements over `jobs`, and over `job_targets` as far as they make a job."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, exists, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import companies, workers
from scrapersky.db.tables import domains, job_targets, job_workers, jobs, new_id
from scrapersky.errors import JobError, NoSuchJobError
from scrapersky.states import JOB_TRANSITIONS, DomainStatus, JobState, TargetState


async def create(
    session: AsyncSession,
    *,
    spider: str,
    source: str,
    arguments: Mapping[str, Any],
    priority: int = 0,
    rate: float | None = None,
) -> UUID:
    """A job without targets yet."""
    job_id = new_id()
    await session.execute(
        insert(jobs).values(
            id=job_id,
            spider=spider,
            source=source,
            arguments=dict(arguments),
            priority=priority,
            rate=rate,
        )
    )
    return job_id


async def serialise_standing(session: AsyncSession) -> None:
    """Lets one transaction at a time look for a standing job, and make it."""
    await session.execute(text("SELECT pg_advisory_xact_lock(7264189305572)"))


async def standing(session: AsyncSession, spider: str) -> UUID | None:
    """The spider's standing job; None where there is none, or it was cancelled."""
    found: UUID | None = await session.scalar(
        select(jobs.c.id)
        .where(
            jobs.c.spider == spider,
            jobs.c.source == "standing",
            jobs.c.state.in_([JobState.RUNNING, JobState.PAUSED, JobState.FAILED]),
        )
        .order_by(jobs.c.id.desc())
        .limit(1)
    )
    return found


async def more_right(session: AsyncSession, job_id: UUID) -> UUID | None:
    """A running job that waits for a worker, and has more right to one than the given job.

    That is one of a higher priority, or of the same where the given job has another worker. It has
    something that can be crawled now, and nobody who lives.
    """
    others = text(
        "SELECT o.id, o.priority > j.priority AS is_higher FROM jobs j JOIN jobs o"
        " ON o.id <> j.id AND o.state IN ('running', 'queued') AND o.priority >= j.priority"
        " WHERE j.id = :job AND EXISTS (SELECT FROM job_targets t WHERE t.job_id = o.id"
        " AND t.state = 'pending' AND (t.retry_at IS NULL OR t.retry_at <= now()))"
        " ORDER BY o.priority DESC, o.id LIMIT 100"
    )
    rows = (await session.execute(others, {"job": job_id})).all()
    if not rows:
        return None
    has_company = len(await workers.alive(session, job_id)) > 1
    for row in rows:
        if (row.is_higher or has_company) and not await workers.alive(session, row.id):
            return UUID(str(row.id))
    return None


async def get(session: AsyncSession, job_id: UUID, *, lock: bool = False) -> RowMapping:
    """One job.

    Raises:
        NoSuchJobError: there is none of that id.
    """
    statement = select(jobs).where(jobs.c.id == job_id)
    row = (await session.execute(statement.with_for_update() if lock else statement)).mappings()
    job = row.one_or_none()
    if job is None:
        raise NoSuchJobError(
            f"There is no job {job_id}. `scrapersky jobs list` shows those there are."
        )
    return job


def running(limit: int) -> Select[Any]:
    """The jobs that run, newest first."""
    return newest(limit).where(jobs.c.state == JobState.RUNNING)


def newest(limit: int) -> Select[Any]:
    """The last jobs, newest first."""
    return select(jobs).order_by(jobs.c.id.desc()).limit(limit)


async def add_targets(session: AsyncSession, job_id: UUID, names: Sequence[str]) -> int:
    """Makes the domains targets of the job, and rows where they are none yet.

    Returns:
        How many became targets; the rest were already.
    """
    return len(await _insert_targets(session, job_id, names))


async def add_new_targets(session: AsyncSession, job_id: UUID, names: Sequence[str]) -> list[str]:
    """The same.

    Returns:
        Those that became targets, in no order.
    """
    ids = await _insert_targets(session, job_id, names)
    found = await session.scalars(select(domains.c.domain).where(domains.c.id.in_(ids)))
    return list(found)


async def _insert_targets(session: AsyncSession, job_id: UUID, names: Sequence[str]) -> list[UUID]:
    await companies.add(session, names)
    unique = sorted(set(names))
    added = await session.execute(
        upsert(job_targets)
        .from_select(
            ["job_id", "domain_id"],
            select(text("CAST(:job_id AS uuid)"), domains.c.id)
            .where(domains.c.domain == func.any(text("CAST(:names AS text[])")))
            .params(job_id=job_id, names=unique),
        )
        .on_conflict_do_nothing()
        .returning(job_targets.c.domain_id)
    )
    ids = [row.domain_id for row in added]
    await _count(session, job_id, targets_total=len(ids), duplicates=len(names) - len(ids))
    return ids


def _claim(waiting: str, status: str) -> str:
    return (  # only the constants below go in
        "WITH claimed AS ("  # noqa: S608 - see above
        f"  SELECT id FROM domains WHERE {waiting} AND NOT EXISTS ("
        "    SELECT FROM job_targets t JOIN jobs j ON j.id = t.job_id"
        "    WHERE t.domain_id = domains.id AND t.state = 'pending' AND j.state = 'running')"
        "  ORDER BY id LIMIT :limit FOR UPDATE OF domains SKIP LOCKED"
        "), marked AS ("
        f"  UPDATE domains SET status = {status}, updated_at = now()"
        "  FROM claimed WHERE domains.id = claimed.id RETURNING domains.id"
        ") INSERT INTO job_targets (job_id, domain_id) SELECT :job_id, id FROM marked"
        " RETURNING domain_id"
    )


_CLAIM = _claim("status = 'pending'", "'processing'")
# The status is what `homepage` says of a domain, so it cannot tell what this job has claimed.
_CLAIMS = {
    "sitemap": _claim(
        "sitemaps_crawled_at IS NULL AND id > coalesce((SELECT domain_id FROM job_targets"
        " WHERE job_id = :job_id ORDER BY domain_id DESC LIMIT 1),"
        " '00000000-0000-0000-0000-000000000000')",
        "status",
    )
}


async def claim(session: AsyncSession, job_id: UUID, limit: int) -> int:
    """Makes up to `limit` waiting domains targets of the job.

    Two claims never get the same one, nor does a claim get what a running job has yet to do. Those
    wait that its spider has not crawled: for `homepage` the pending ones.
    """
    spider = await session.scalar(select(jobs.c.spider).where(jobs.c.id == job_id))
    claimed = await session.execute(
        text(_CLAIMS.get(spider or "", _CLAIM)), {"job_id": job_id, "limit": limit}
    )
    count = len(claimed.all())
    await _count(session, job_id, targets_total=count)
    return count


async def count_rejected(session: AsyncSession, job_id: UUID, rejected: int) -> None:
    """Adds to the number of list entries that were no domains."""
    await _count(session, job_id, rejected=rejected)


async def unclaim(session: AsyncSession, job_id: UUID) -> None:
    """Gives the claimed domains that the job has not ended back to whoever comes next."""
    await session.execute(
        update(domains)
        .where(
            domains.c.id == job_targets.c.domain_id,
            job_targets.c.job_id == job_id,
            job_targets.c.state == TargetState.PENDING,
            domains.c.status == DomainStatus.PROCESSING,
            exists().where(jobs.c.id == job_id, jobs.c.spider.not_in(_CLAIMS)),
        )
        .values(status=DomainStatus.PENDING, updated_at=func.now())
    )


async def end_abandoned(session: AsyncSession) -> None:
    """Finds jobs whose workers died. They failed, and what they had claimed waits again."""
    rows = await session.execute(
        select(jobs.c.id, jobs.c.state, jobs.c.source)
        .where(
            jobs.c.state.in_([JobState.PENDING, JobState.RUNNING]),
            jobs.c.workers_wanted == 0,  # of the others the API takes care
            exists().where(job_workers.c.job_id == jobs.c.id),
        )
        .with_for_update(skip_locked=True)
    )
    for job in rows.mappings().all():
        if await workers.alive(session, job["id"]):
            continue
        if job["source"] == "pending":
            await unclaim(session, job["id"])
        await set_state(session, job, JobState.FAILED, "Its worker died.")


async def set_state(
    session: AsyncSession, job: RowMapping, state: JobState, reason: str | None
) -> None:
    """Moves a job on.

    Raises:
        JobError: the state may not follow the present one.
    """
    if state not in JOB_TRANSITIONS[JobState(job["state"])]:
        raise JobError(f"Job {job['id']} is {job['state']} and cannot become {state}.")
    running = state == JobState.RUNNING
    await session.execute(
        update(jobs)
        .where(jobs.c.id == job["id"])
        .values(
            state=state,
            reason=reason,
            started_at=func.coalesce(jobs.c.started_at, func.now())
            if running
            else text("started_at"),
            ended_at=None if running else func.now(),
        )
    )


async def count_pending(session: AsyncSession, job_id: UUID) -> int:
    """How many of the job's targets are left to do.

    Counted, not reckoned from the job's own counters: targets go when their domain is deleted.
    """
    left = await session.scalar(
        select(func.count()).where(
            job_targets.c.job_id == job_id, job_targets.c.state == TargetState.PENDING
        )
    )
    return left or 0


async def _count(session: AsyncSession, job_id: UUID, **counts: int) -> None:
    added = {name: jobs.c[name] + count for name, count in counts.items() if count}
    if added:
        await session.execute(update(jobs).where(jobs.c.id == job_id).values(added))


async def errors(session: AsyncSession, job_id: UUID) -> Sequence[RowMapping]:
    """The job's errors by code: how many, and one domain as an example."""
    rows = await session.execute(
        select(
            job_targets.c.error_code,
            func.count().label("count"),
            func.min(domains.c.domain).label("example"),
        )
        .join(domains, domains.c.id == job_targets.c.domain_id)
        .where(job_targets.c.job_id == job_id, job_targets.c.state == TargetState.ERROR)
        .group_by(job_targets.c.error_code)
        .order_by(func.count().desc(), job_targets.c.error_code)
    )
    return rows.mappings().all()
