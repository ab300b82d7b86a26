"""Statements over jobs that the API starts on nodes: who waits for a worker, who lost one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.config import get_config
from scrapersky.db import jobs as jobs_
from scrapersky.db.domain_listings import DomainFilter, domain_ids
from scrapersky.db.tables import job_targets, job_workers, jobs, new_id
from scrapersky.states import JobState, TargetState

LONGEST_BACKOFF = 300.0
"""Seconds."""

_OPEN = (job_workers.c.closed_at.is_(None), job_workers.c.scrapyd.is_not(None))


async def create(
    session: AsyncSession,
    *,
    spider: str,
    source: str,
    arguments: Mapping[str, Any],
    priority: int,
    rate: float | None,
    workers: int,
    webhook_url: str | None,
    idempotency_key: str | None,
    request_hash: str,
    loading_seconds: float | None,
) -> UUID:
    """A job for nodes, without targets yet.

    `loading_seconds`: for so long somebody will read its list in, or say that it takes longer;
    None: nobody needs to.
    """
    job_id = await jobs_.create(
        session, spider=spider, source=source, arguments=arguments, priority=priority, rate=rate
    )
    await session.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(
            workers_wanted=workers,
            webhook_url=webhook_url,
            idempotency_key=idempotency_key,
            request_hash=request_hash,
            loading_until=None if loading_seconds is None else _in(loading_seconds),
        )
    )
    return job_id


async def by_key(session: AsyncSession, key: str) -> RowMapping | None:
    """The job that a request with this Idempotency-Key made."""
    rows = await session.execute(select(jobs).where(jobs.c.idempotency_key == key))
    return rows.mappings().one_or_none()


def position(job: RowMapping) -> int:
    """How many entries of its list a job has taken in."""
    return int(job["targets_total"] + job["rejected"] + job["duplicates"])


async def still_loading(session: AsyncSession, job_id: UUID, seconds: float, position: int) -> bool:
    """Says that the list is still being read, by one who has read so many entries.

    False: the job wants it no more, or another one reads it.
    """
    found = await session.execute(
        update(jobs)
        .where(
            jobs.c.id == job_id,
            jobs.c.state == JobState.PENDING,
            jobs.c.targets_total + jobs.c.rejected + jobs.c.duplicates == position,
        )
        .values(loading_until=_in(seconds))
        .returning(jobs.c.id)
    )
    return found.first() is not None


async def claim_loading(session: AsyncSession, job_id: UUID, seconds: float) -> bool:
    """Takes over a list that nobody reads any more. False: somebody does, or need not."""
    found = await session.execute(
        update(jobs)
        .where(
            jobs.c.id == job_id,
            jobs.c.state == JobState.PENDING,
            jobs.c.loading_until < func.now(),
        )
        .values(loading_until=_in(seconds))
        .returning(jobs.c.id)
    )
    return found.first() is not None


async def leave_loading(session: AsyncSession, job_id: UUID) -> None:
    """Leaves a list to whoever comes next."""
    await session.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.loading_until.is_not(None))
        .values(loading_until=func.now())
    )


async def state_of(session: AsyncSession, job_id: UUID) -> JobState | None:
    """A job's state; None: there is none of that id."""
    return await session.scalar(select(jobs.c.state).where(jobs.c.id == job_id))


async def loaded(session: AsyncSession, job_id: UUID, workers: int) -> None:
    """The list has been read: the job may be queued."""
    await session.execute(
        update(jobs).where(jobs.c.id == job_id).values(loading_until=None, workers_wanted=workers)
    )


async def add_filtered(
    session: AsyncSession, job_id: UUID, wanted: DomainFilter, limit: int
) -> int:
    """Makes the next domains of the table targets, in the order of their ids. Returns how many."""
    last = (
        select(job_targets.c.domain_id)
        .where(job_targets.c.job_id == job_id)
        .order_by(job_targets.c.domain_id.desc())
        .limit(1)
    )
    after = await session.scalar(last)
    ids = await domain_ids(session, wanted, after=after, limit=limit)
    if ids:
        await session.execute(
            upsert(job_targets).on_conflict_do_nothing(),
            [{"job_id": job_id, "domain_id": one} for one in ids],
        )
        await _count_targets(session, job_id, len(ids))
    return len(ids)


async def add_failed_of(session: AsyncSession, job_id: UUID, other: UUID) -> int:
    """Makes the targets that ended in an error in another job targets of this one."""
    added: Any = await session.execute(
        text(
            "INSERT INTO job_targets (job_id, domain_id) SELECT :job, domain_id FROM job_targets"
            " WHERE job_id = :other AND state = 'error'"
        ),
        {"job": job_id, "other": other},
    )
    await _count_targets(session, job_id, int(added.rowcount))
    return int(added.rowcount)


async def _count_targets(session: AsyncSession, job_id: UUID, count: int) -> None:
    await session.execute(
        update(jobs).where(jobs.c.id == job_id).values(targets_total=jobs.c.targets_total + count)
    )


async def want_workers(session: AsyncSession, job_id: UUID) -> None:
    """Lets nodes go on with a job that was begun by hand."""
    await session.execute(
        update(jobs).where(jobs.c.id == job_id, jobs.c.workers_wanted == 0).values(workers_wanted=1)
    )


async def unqueued(session: AsyncSession) -> Sequence[RowMapping]:
    """Jobs that have all their targets, and are not queued yet."""
    rows = await session.execute(
        select(jobs)
        .where(
            jobs.c.state == JobState.PENDING,
            jobs.c.workers_wanted > 0,
            jobs.c.loading_until.is_(None),
        )
        .order_by(jobs.c.id)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    return rows.mappings().all()


def _in(seconds: float) -> Any:
    return func.now() + literal(timedelta(seconds=seconds))


async def queue(session: AsyncSession, job: RowMapping, reason: str | None = None) -> None:
    """Lets a job wait for a worker, as one that has lost none."""
    await jobs_.set_state(session, job, JobState.QUEUED, reason)
    await session.execute(
        update(jobs)
        .where(jobs.c.id == job["id"])
        .values(losses=0, losses_mark=0, next_start_at=None, queued_at=func.now())
    )


async def lose(session: AsyncSession, job: RowMapping, cause: str) -> tuple[JobState, str]:
    """Takes note that a job lost its last worker.

    Args:
        session: whose transaction this is part of.
        job: its row, locked.
        cause: a sentence.

    Returns:
        What the job has come to: queued again, or failed where it has lost too many in a row
        without any progress; and why.
    """
    losses = await count_loss(session, job)
    limit = get_config().worker_losses
    state, why = JobState.QUEUED, f"{cause} It goes on with another worker."
    if losses > limit:
        state = JobState.FAILED
        why = f"{cause} That was number {losses} in a row without progress: it is given up."
    await jobs_.set_state(session, job, state, why)
    await session.execute(update(jobs).where(jobs.c.id == job["id"]).values(queued_at=func.now()))
    return state, why


async def count_loss(session: AsyncSession, job: RowMapping) -> int:
    """Counts one more loss, and puts the next start off. Returns those in a row."""
    ended = job["targets_completed"] + job["targets_error"]
    losses = job["losses"] + 1 if ended <= job["losses_mark"] else 1
    pause = min(get_config().worker_backoff * 2 ** (losses - 1), LONGEST_BACKOFF)
    await session.execute(
        update(jobs)
        .where(jobs.c.id == job["id"])
        .values(
            losses=losses,
            losses_mark=ended,
            next_start_at=_in(pause),
        )
    )
    return losses


async def waiting(session: AsyncSession, limit: int) -> Sequence[RowMapping]:
    """Jobs that want more workers now than they have: `missing` of them.

    Those of a higher priority first, then those with fewer workers, then the older. A worker that
    found nothing left to lease counts as there: another would find nothing either.
    """
    there = (
        select(func.count())
        .where(
            job_workers.c.job_id == jobs.c.id,
            job_workers.c.closed_at.is_(None)
            | (
                (job_workers.c.reason == "finished")
                & (job_workers.c.started_at >= jobs.c.queued_at)
            ),
        )
        .scalar_subquery()
    )
    statement = (
        select(
            jobs.c.id,
            jobs.c.spider,
            jobs.c.arguments,
            jobs.c.priority,
            (jobs.c.workers_wanted - there).label("missing"),
        )
        .where(
            jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING]),
            jobs.c.workers_wanted > there,
            jobs.c.next_start_at.is_(None) | (jobs.c.next_start_at <= func.now()),
        )
        .order_by(jobs.c.priority.desc(), there, jobs.c.id)
        .limit(limit)
    )
    return (await session.execute(statement)).mappings().all()


async def ask_for(session: AsyncSession, job_id: UUID, *, scrapyd: str, node: str) -> UUID | None:
    """Makes the row of a worker that a node will be asked for; None: the job wants none now."""
    job = await jobs_.get(session, job_id, lock=True)
    if job["state"] not in {JobState.QUEUED, JobState.RUNNING}:
        return None
    worker_id = new_id()
    await session.execute(
        insert(job_workers).values(id=worker_id, job_id=job_id, scrapyd=scrapyd, node=node)
    )
    return worker_id


async def open_workers(session: AsyncSession) -> Sequence[RowMapping]:
    """Workers on nodes that have not ended, each with its job's state and its own age."""
    rows = await session.execute(
        select(
            job_workers,
            jobs.c.state.label("job_state"),
            jobs.c.spider,
            func.extract("epoch", func.clock_timestamp() - job_workers.c.started_at).label("age"),
            func.extract("epoch", func.clock_timestamp() - job_workers.c.heartbeat_at).label(
                "silence"
            ),
            func.extract("epoch", func.clock_timestamp() - job_workers.c.stop_sent_at).label(
                "stopping"
            ),
        )
        .join(jobs, jobs.c.id == job_workers.c.job_id)
        .where(*_OPEN)
        .order_by(job_workers.c.id)
    )
    return rows.mappings().all()


async def stop_sent(session: AsyncSession, worker_id: UUID) -> None:
    """Records that a worker was asked to stop."""
    await session.execute(
        update(job_workers).where(job_workers.c.id == worker_id).values(stop_sent_at=func.now())
    )


async def close_worker(
    session: AsyncSession,
    worker: RowMapping,
    *,
    cause: str,
    exit_status: int | None,
    is_fault: bool = True,
) -> None:
    """Ends a worker that cannot say so itself, and settles its job where it was the last.

    Args:
        session: whose transaction this is part of.
        worker: its row.
        cause: a sentence.
        exit_status: of its process, where it is known; a signal's number is negative.
        is_fault: whether it counts among the job's losses.
    """
    job = await jobs_.get(session, worker["job_id"], lock=True)
    closed = await session.execute(
        update(job_workers)
        .where(job_workers.c.id == worker["id"], job_workers.c.closed_at.is_(None))
        .values(closed_at=func.now(), reason=cause, exit_status=exit_status)
        .returning(job_workers.c.id)
    )
    if closed.first() is None or job["state"] not in {JobState.QUEUED, JobState.RUNNING}:
        return
    if not await jobs_.count_pending(session, job["id"]):
        await settle(session, job)
    elif not is_fault:
        return
    elif job["state"] == JobState.RUNNING and not await _has_workers(session, job["id"]):
        await lose(session, job, cause)
    elif job["state"] == JobState.QUEUED:
        await lose_while_queued(session, job, cause)
    else:
        await count_loss(session, job)


async def lose_while_queued(session: AsyncSession, job: RowMapping, cause: str) -> None:
    """The same as `lose` for a job whose worker never began."""
    losses = await count_loss(session, job)
    if losses > get_config().worker_losses:
        why = f"{cause} That was number {losses} in a row without progress: it is given up."
        await jobs_.set_state(session, job, JobState.FAILED, why)
        return
    await session.execute(
        update(jobs)
        .where(jobs.c.id == job["id"])
        .values(reason=f"{cause} It goes on with another worker.")
    )


async def settle(session: AsyncSession, job: RowMapping) -> None:
    """Completes a job of which nothing is left."""
    state = JobState.COMPLETED_WITH_ERRORS if job["targets_error"] else JobState.COMPLETED
    await jobs_.set_state(session, job, state, None)


async def without_workers(session: AsyncSession) -> Sequence[RowMapping]:
    """Jobs that are said to run and have no worker: those made room, or a kill fell in between."""
    has_open = (
        select(job_workers.c.id)
        .where(job_workers.c.job_id == jobs.c.id, job_workers.c.closed_at.is_(None))
        .exists()
    )
    rows = await session.execute(
        select(jobs)
        .where(jobs.c.state == JobState.RUNNING, jobs.c.workers_wanted > 0, ~has_open)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    return rows.mappings().all()


async def unloaded(session: AsyncSession, seconds: float) -> Sequence[RowMapping]:
    """Jobs whose list nobody has read in for so long."""
    rows = await session.execute(
        select(jobs)
        .where(
            jobs.c.state == JobState.PENDING,
            jobs.c.workers_wanted > 0,
            jobs.c.loading_until < _in(-seconds),
        )
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    return rows.mappings().all()


async def cancelled_with_targets(session: AsyncSession) -> Sequence[UUID]:
    """Cancelled jobs that have targets left to cancel, and no worker any more."""
    has_open = select(job_workers.c.id).where(job_workers.c.job_id == jobs.c.id, *_OPEN).exists()
    has_targets = (
        select(job_targets.c.job_id)
        .where(job_targets.c.job_id == jobs.c.id, job_targets.c.state == TargetState.PENDING)
        .exists()
    )
    found = await session.scalars(
        select(jobs.c.id)
        .where(jobs.c.state == JobState.CANCELLED, ~has_open, has_targets)
        .limit(100)
    )
    return list(found)


async def cancel_targets(session: AsyncSession, job_id: UUID, limit: int) -> int:
    """Cancels some of the targets that a job has left. Returns how many."""
    done: Any = await session.execute(
        text(
            "UPDATE job_targets SET state = 'cancelled', ended_at = now(), retry_at = NULL"
            " FROM (SELECT domain_id FROM job_targets WHERE job_id = :job AND state = 'pending'"
            "       LIMIT :limit FOR UPDATE SKIP LOCKED) AS chosen"
            " WHERE job_targets.job_id = :job AND job_targets.domain_id = chosen.domain_id"
        ),
        {"job": job_id, "limit": limit},
    )
    return int(done.rowcount)


async def _has_workers(session: AsyncSession, job_id: UUID) -> bool:
    return bool(
        await session.scalar(
            select(func.count()).where(
                job_workers.c.job_id == job_id, job_workers.c.closed_at.is_(None)
            )
        )
    )
