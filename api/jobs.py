"""What can be done with jobs. Whoever calls owns the transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from api.pulse import Pulse
from api.requests import JobOptions
from scrapersky.arguments import SPIDERS, CrawlArguments, parse_arguments
from scrapersky.config import get_config
from scrapersky.db import dispatch, jobs, reports
from scrapersky.errors import InputError, JobError
from scrapersky.states import JobState

SHOWN_DOMAINS = 1_000
"""Characters of a typed list that are kept as a reminder."""


def own_arguments(options: JobOptions) -> dict[str, Any]:
    """The spider's own arguments, checked by its own model.

    Raises:
        InputError: there is no such spider, or it takes no such argument.
    """
    model = SPIDERS.get(options.spider)
    if model is None:
        known = ", ".join(SPIDERS)
        raise InputError(f"spider={options.spider!r}: there is none. There are: {known}.")
    for name in options.arguments:
        if name in CrawlArguments.model_fields:
            raise InputError(
                f"arguments.{name}: it stands beside `arguments`, or is for crawls by"
                " hand only. See GET /api/v3/spiders."
            )
    checked = parse_arguments(model, options.arguments)
    return checked.model_dump(mode="json", include=set(options.arguments))


def check_workers(options: JobOptions) -> None:
    """Refuses what needs Redis where there is none."""
    if get_config().redis_url is not None:
        return
    if options.workers is not None and options.workers > 1:
        raise InputError(f"workers={options.workers}: several workers need Redis: set REDIS_URL.")
    if options.rate is not None:
        raise InputError(f"rate={options.rate}: a rate needs Redis: set REDIS_URL.")


async def create(
    session: AsyncSession,
    options: JobOptions,
    *,
    source: str,
    shown: str | None,
    key: str | None,
    request_hash: str,
    loading_seconds: float | None,
    workers: int,
) -> UUID:
    """A pending job."""
    arguments = own_arguments(options)
    if shown is not None:
        arguments["domains"] = shown[:SHOWN_DOMAINS]
    return await dispatch.create(
        session,
        spider=options.spider,
        source=source,
        arguments=arguments,
        priority=options.priority,
        rate=options.rate,
        workers=workers,
        webhook_url=options.webhook_url,
        idempotency_key=key,
        request_hash=request_hash,
        loading_seconds=loading_seconds,
    )


async def earlier(session: AsyncSession, key: str | None, request_hash: str) -> RowMapping | None:
    """The job that the same request made before.

    Raises:
        InputError: another request had this key.
    """
    job = None if key is None else await dispatch.by_key(session, key)
    if job is not None and job["request_hash"] != request_hash:
        raise InputError(f"Idempotency-Key {key!r} was used for another request (job {job['id']}).")
    return job


async def describe(session: AsyncSession, job_id: UUID, pulse: Pulse) -> dict[str, Any]:
    """All about one job."""
    job = await jobs.get(session, job_id)
    shown = summary(job, pulse)
    shown["outcomes"] = {
        "completed": job["targets_completed"],
        **{row["error_code"]: row["count"] for row in await jobs.errors(session, job_id)},
    }
    shown["last_errors"] = await reports.last_errors(session, job_id)
    shown["workers"] = await reports.job_workers_of(session, job_id)
    return shown


def summary(job: RowMapping, pulse: Pulse) -> dict[str, Any]:
    """A job as lists show it."""
    keys = ("id", "spider", "state", "reason", "source", "arguments", "priority")
    times = ("created_at", "queued_at", "started_at", "ended_at", "next_start_at")
    return {
        **{key: job[key] for key in keys},
        "rate_limit": job["rate"],
        "workers_wanted": job["workers_wanted"],
        "webhook_url": job["webhook_url"],
        "targets": counted(job),
        "rejected": job["rejected"],
        "duplicates": job["duplicates"],
        "progress": pulse.progress(job["id"]) if job["state"] == JobState.RUNNING else None,
        **{key: job[key] for key in times},
    }


def counted(job: RowMapping) -> dict[str, int]:
    """A job's targets."""
    ended = job["targets_completed"] + job["targets_error"]
    return {
        "total": job["targets_total"],
        "completed": job["targets_completed"],
        "error": job["targets_error"],
        "left": job["targets_total"] - ended,
    }


async def cancel(session: AsyncSession, job_id: UUID, who: str) -> JobState:
    """Gives a job up. Its workers are ended, within their grace.

    Raises:
        JobError: it is over.
    """
    job = await jobs.get(session, job_id, lock=True)
    if job["state"] != JobState.CANCELLED:
        _only_from(job, JobState.CANCELLED, [state for state in JobState if _may(state)])
        await jobs.set_state(session, job, JobState.CANCELLED, f"Cancelled by {who}.")
    return JobState.CANCELLED


def _may(state: JobState) -> bool:
    return state not in {JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS, JobState.CANCELLED}


async def pause(session: AsyncSession, job_id: UUID, who: str) -> JobState:
    """Ends a job's workers, within their grace; what they had not begun waits.

    Raises:
        JobError: it neither runs nor waits.
    """
    job = await jobs.get(session, job_id, lock=True)
    if job["state"] != JobState.PAUSED:
        _only_from(job, JobState.PAUSED, [JobState.QUEUED, JobState.RUNNING])
        await jobs.set_state(session, job, JobState.PAUSED, f"Paused by {who}.")
    return JobState.PAUSED


async def resume(session: AsyncSession, job_id: UUID) -> JobState:
    """Lets a paused job wait for workers again.

    Raises:
        JobError: it is not paused.
    """
    job = await jobs.get(session, job_id, lock=True)
    if job["state"] in {JobState.QUEUED, JobState.RUNNING}:
        return JobState(job["state"])
    _only_from(job, JobState.QUEUED, [JobState.PAUSED])
    await dispatch.want_workers(session, job_id)
    await dispatch.queue(session, job)
    return JobState.QUEUED


async def retry(session: AsyncSession, job_id: UUID) -> tuple[UUID, JobState]:
    """Tries again: a failed job goes on; of one with errors a new job gets those targets.

    Raises:
        JobError: there is nothing to try again.
    """
    job = await jobs.get(session, job_id, lock=True)
    _only_from(job, None, [JobState.FAILED, JobState.COMPLETED_WITH_ERRORS])
    if job["state"] == JobState.COMPLETED_WITH_ERRORS:
        return await _again(session, job), JobState.PENDING
    if job["queued_at"] is None and job["started_at"] is None:
        raise JobError(f"Job {job_id} has only a part of its list: submit the list again.")
    await dispatch.want_workers(session, job_id)
    await dispatch.queue(session, job)
    return job_id, JobState.QUEUED


async def _again(session: AsyncSession, job: RowMapping) -> UUID:
    new = await dispatch.create(
        session,
        spider=job["spider"],
        source="retry",
        arguments={**job["arguments"], "domains": f"the errors of job {job['id']}"},
        priority=job["priority"],
        rate=job["rate"],
        workers=max(job["workers_wanted"], 1),
        webhook_url=job["webhook_url"],
        idempotency_key=None,
        request_hash="",
        loading_seconds=None,
    )
    await dispatch.add_failed_of(session, new, job["id"])
    return new


def _only_from(job: RowMapping, to: JobState | None, allowed: Sequence[JobState]) -> None:
    if job["state"] in allowed:
        return
    what = "tried again" if to is None else str(to)
    known = ", ".join(allowed)
    raise JobError(f"Job {job['id']} is {job['state']} and cannot be {what}: only {known} can.")
