"""What can be done with schedules and services. Whoever calls owns the transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import Text
from api.errors import told
from api.jobs import check_workers, own_arguments
from api.loading import DOMAINS_A_WORKER
from api.recurrence import Recurrence
from api.requests import MOST_WORKERS, JobOptions, TableFilter
from scrapersky.config import get_config
from scrapersky.db import dispatch, firings, schedules, services
from scrapersky.errors import InputError
from scrapersky.states import CatchUp, FiringState, Overlap, Service

SHOWN_TIMES = 5
MOST_QUEUED = 1_000
"""Firings of a schedule that wait for its job; more are left out."""
SHORTEST_INTERVAL = 10
LONGEST_INTERVAL = 31 * 86_400
"""Seconds."""
MOST_AT_A_TIME = 10_000
"""Of what waits for a service."""

Name = Annotated[Text, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
Cron = Annotated[
    Text,
    Field(
        max_length=200,
        description="Minute, hour, day, month, weekday: `30 6 * * 1-5`.",
        examples=["30 6 * * 1-5"],
    ),
]
TimeZone = Annotated[Text, Field(max_length=100, description="IANA's name.", examples=["UTC"])]
BatchSize = Annotated[int, Field(ge=1, le=MOST_AT_A_TIME)]


class ScheduleRequest(JobOptions):
    """A new schedule: what to start, and when."""

    name: Name
    filter: TableFilter = Field(default=TableFilter(), description="Which domains; {}: all.")
    cron: Cron
    time_zone: TimeZone = "UTC"
    enabled: bool = True
    overlap: Overlap = Field(
        default=Overlap.SKIP, description="What to do while its last job has not ended."
    )
    catch_up: CatchUp = Field(
        default=CatchUp.ONE, description="What becomes of what fell due while no API ran."
    )


class ScheduleChange(BaseModel):
    """What is to be different. What is not given stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name | None = None
    spider: Annotated[Text, Field(max_length=100)] | None = None
    arguments: dict[Text, Any] | None = Field(default=None, max_length=50)
    filter: TableFilter | None = None
    priority: int | None = None
    rate: float | None = None
    workers: int | None = None
    webhook_url: Text | None = None
    cron: Cron | None = None
    time_zone: TimeZone | None = None
    enabled: bool | None = None
    overlap: Overlap | None = None
    catch_up: CatchUp | None = None


class ServiceChange(BaseModel):
    """What is to be different. What is not given stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool | None = None
    interval_seconds: int | None = Field(default=None, ge=SHORTEST_INTERVAL, le=LONGEST_INTERVAL)
    batch_size: BatchSize | None = None
    priority: int | None = Field(default=None, ge=-100, le=100)


OWN = tuple(ScheduleRequest.model_fields)


async def create(session: AsyncSession, wanted: ScheduleRequest, now: datetime) -> RowMapping:
    """A schedule.

    Raises:
        InputError: something in it does not fit.
        ScheduleError: there is one of that name.
    """
    return await schedules.create(session, _values(wanted, now))


async def change(
    session: AsyncSession, schedule_id: UUID, wanted: ScheduleChange, now: datetime
) -> RowMapping:
    """The same schedule, changed. What waits for a job is dropped when it is turned off.

    Raises:
        InputError: what comes of it does not fit.
        ScheduleError: there is none, or another of that name.
    """
    row = await schedules.get(session, schedule_id, lock=True)
    given = wanted.model_dump(mode="json", exclude_unset=True)
    values = _values(_merged(row, given), now)
    if all(values[name] == row[name] for name in ("cron", "time_zone", "enabled")):
        values["next_due_at"] = row["next_due_at"]
    if not values["enabled"]:
        await firings.drop_queued(session, schedule_id, "The schedule was turned off.")
    return await schedules.change(session, schedule_id, values)


def _merged(row: RowMapping, given: Mapping[str, Any]) -> ScheduleRequest:
    try:
        return ScheduleRequest.model_validate({**{name: row[name] for name in OWN}, **given})
    except ValidationError as error:
        raise InputError(told(error)) from None


def _values(wanted: ScheduleRequest, now: datetime) -> dict[str, Any]:
    times = Recurrence(wanted.cron, None, wanted.time_zone)
    check_workers(wanted)
    values = wanted.model_dump(mode="json", exclude={"arguments", "filter"})
    values["arguments"] = own_arguments(wanted)
    values["filter"] = wanted.filter.model_dump(mode="json", exclude_unset=True)
    values["next_due_at"] = next(times.after(now), None) if wanted.enabled else None
    return values


async def change_service(
    session: AsyncSession, name: Service, wanted: ServiceChange, now: datetime
) -> RowMapping:
    """A service, changed. One that is turned on works at once."""
    row = await schedules.get_service(session, name, lock=True)
    values = wanted.model_dump(mode="json", exclude_none=True)
    if values.keys() & {"enabled", "interval_seconds"}:
        is_on = values.get("enabled", row["enabled"])
        values["next_due_at"] = now if is_on else None
    if not values:
        return row
    return await schedules.change(session, row["id"], values)


# --- what it looks like -------------------------------------------------------------------------


def shown(row: Mapping[Any, Any], now: datetime) -> dict[str, Any]:
    """A schedule with its next runs."""
    hidden = {"service", "batch_size", "interval_seconds"}
    return {
        **{name: value for name, value in row.items() if name not in hidden},
        "next_runs": _next_runs(row, now),
    }


def _next_runs(row: Mapping[Any, Any], now: datetime) -> list[datetime]:
    if not row["enabled"]:
        return []
    first = row["next_due_at"]
    if first is None:
        return []
    more = Recurrence.of(row).next(max(first, now), SHOWN_TIMES)
    return sorted({first, *more})[:SHOWN_TIMES]


async def shown_service(session: AsyncSession, row: RowMapping) -> dict[str, Any]:
    """A service, with what waits for it."""
    keys = ("enabled", "interval_seconds", "batch_size", "priority", "next_due_at", "last_due_at")
    name = Service(row["service"])
    waiting = await services.count_waiting(session, name)
    return {
        "name": name,
        "id": row["id"],
        "spider": row["spider"],
        "arguments": services.arguments(name),
        **{key: row[key] for key in keys},
        "waiting": min(waiting, services.MOST_COUNTED),
        "waiting_is_more": waiting > services.MOST_COUNTED,
        "open_jobs": await services.count_jobs(session, name),
    }


# --- starting -----------------------------------------------------------------------------------


async def is_full(session: AsyncSession, name: Service) -> bool:
    """Whether a service has as many jobs as it may have."""
    return await services.count_jobs(session, name) >= services.MOST_JOBS


async def run_now(
    session: AsyncSession, schedule: RowMapping, slots: int
) -> tuple[UUID, UUID | None]:
    """Fires at once, whatever the rules say. Returns the firing, and its job where there is one."""
    firing_id = None
    while firing_id is None:  # two people at the same microsecond
        firing_id = await firings.record(
            session,
            schedule["id"],
            datetime.now(UTC),
            state=FiringState.FIRED,
            is_manual=True,
        )
    return firing_id, await start(session, schedule, firing_id, slots)


async def start(
    session: AsyncSession, schedule: RowMapping, firing_id: UUID, slots: int
) -> UUID | None:
    """Makes a firing's job, with its domains. None: there was nothing to do, and it says so.

    Raises:
        InputError: the spider or its arguments are none any more.
    """
    if schedule["service"] is not None:
        return await _start_service(session, schedule, firing_id, slots)
    wanted = _merged(schedule, {})
    job_id = await _new_job(session, wanted, "schedule", own_arguments(wanted))
    chosen = wanted.filter
    added = await firings.add_filtered(session, job_id, chosen.as_domain_filter(), chosen.limit)
    if not added:
        await firings.settle(
            session, firing_id, state=FiringState.SKIPPED, reason="No domain is as it wants them."
        )
        await firings.drop_job(session, job_id)
        return None
    await dispatch.loaded(session, job_id, _workers(wanted.workers, added, slots))
    await firings.settle(session, firing_id, state=FiringState.FIRED, job_id=job_id, claimed=added)
    return job_id


async def _start_service(
    session: AsyncSession, schedule: RowMapping, firing_id: UUID, slots: int
) -> UUID | None:
    name = Service(schedule["service"])
    job_id, claimed = await claim(
        session, name, schedule["batch_size"], slots, priority=schedule["priority"]
    )
    if job_id is None:  # a row a minute would say nothing
        await firings.forget(session, firing_id)
        return None
    await firings.settle(
        session, firing_id, state=FiringState.FIRED, job_id=job_id, claimed=claimed
    )
    return job_id


async def claim(
    session: AsyncSession, name: Service, batch_size: int, slots: int, *, priority: int = 0
) -> tuple[UUID | None, int]:
    """A job for what waits for a service, and how much it claimed; None where nothing waits."""
    work = services.WORK[name]
    options = JobOptions(spider=work.spider, priority=priority)
    job_id = await _new_job(session, options, services.SOURCE, services.arguments(name))
    claimed = await services.claim(session, name, job_id, batch_size)
    if not claimed.rows:
        await firings.drop_job(session, job_id)
        return None, 0
    await dispatch.loaded(session, job_id, _workers(None, claimed.targets, slots))
    return job_id, claimed.rows


async def _new_job(
    session: AsyncSession, options: JobOptions, source: str, arguments: Mapping[str, Any]
) -> UUID:
    return await dispatch.create(
        session,
        spider=options.spider,
        source=source,
        arguments=arguments,
        priority=options.priority,
        rate=options.rate,
        workers=1,
        webhook_url=options.webhook_url,
        idempotency_key=None,
        request_hash="",
        loading_seconds=None,
    )


def _workers(wanted: int | None, targets: int, slots: int) -> int:
    """As many as were asked for, or as there are slots; never more than there is work for."""
    most = wanted or (1 if get_config().redis_url is None else min(max(slots, 1), MOST_WORKERS))
    return min(most, max(ceil(targets / DOMAINS_A_WORKER), 1))
