"""Fires what is due, once, however many API processes run; lets the services' statuses follow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api import schedules as service
from api.recurrence import Recurrence
from scrapersky.db import firings, leases, schedules, services
from scrapersky.db.outage import is_outage
from scrapersky.db.tables import new_id
from scrapersky.errors import InputError, ScraperSkyError
from scrapersky.states import CatchUp, FiringState, Overlap

logger = logging.getLogger(__name__)

LEASE = "scheduler"
LEASE_SECONDS = 15.0
TICK = 1.0
"""Seconds."""
LATE = timedelta(seconds=60)
"""What is due no longer than this is on time."""
UNCLAIM_EVERY = 10
"""Ticks between two looks at what was claimed by jobs that are cancelled now."""

Clock = Callable[[AsyncSession], Awaitable[datetime]]


async def database_time(session: AsyncSession) -> datetime:
    """One clock for all processes, whatever their own say."""
    time: datetime | None = await session.scalar(select(func.clock_timestamp()))
    assert time is not None  # noqa: S101 - it is a function of PostgreSQL's
    return time


class Scheduler:
    """Runs in every API process, and works in one.

    The lease keeps the others from looking for nothing. That a firing happens once does not hang on
    it: whoever fires holds the schedule's row, and `(schedule_id, due_at)` is unique. A firing, its
    job and the schedule's next time are one transaction.
    """

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        slots: Callable[[], int],
        clock: Clock = database_time,
        *,
        fired: Callable[[], None] = lambda: None,
    ) -> None:
        """Nothing runs yet.

        Args:
            sessions: the way to the database.
            slots: how many workers there is room for, on all nodes.
            clock: tells the time.
            fired: is called when there is a new job.
        """
        self.id: UUID = new_id()
        self._sessions = sessions
        self._slots = slots
        self._clock = clock
        self._fired = fired
        self._holds = False
        self._ticks = 0

    async def run(self) -> None:
        """Works, for ever. What fails is tried again at the next tick."""
        while True:
            try:
                await self.tick()
            except (SQLAlchemyError, ScraperSkyError, OSError) as error:
                logger.warning("Schedules cannot be looked after now: %s", _brief(error))
            except Exception:
                logger.exception("A fault of ours while looking after schedules")
            await asyncio.sleep(TICK)

    async def tick(self) -> None:
        """One round, in the process that holds the lease."""
        async with self._sessions.begin() as session:
            self._holds = await leases.take(session, LEASE, self.id, LEASE_SECONDS)
        if not self._holds:
            return
        self._ticks += 1
        async with self._sessions.begin() as session:
            await services.follow(session)
        if self._ticks % UNCLAIM_EVERY == 1:
            async with self._sessions.begin() as session:
                await services.unclaim(session)
        for step in (self._start_queued, self._fire_due):
            passed_over: list[UUID] = []
            while await step(passed_over):
                self._fired()

    async def close(self) -> None:
        """Lets another process go on at once."""
        if self._holds:
            async with self._sessions.begin() as session:
                await leases.leave(session, LEASE, self.id)

    # --- one schedule at a time -------------------------------------------------------------

    async def _fire_due(self, passed_over: list[UUID]) -> bool:
        """Fires a schedule that is due. False: there is none."""
        async with self._sessions.begin() as session:
            now = await self._clock(session)
            schedule = await schedules.next_due(session, now, passed_over)
            if schedule is None:
                return False
            passed_over.append(schedule["id"])
            await self._fire(session, schedule, now)
        return True

    async def _start_queued(self, passed_over: list[UUID]) -> bool:
        """Starts a firing that has waited for an earlier job. False: there is none."""
        async with self._sessions.begin() as session:
            found = await firings.next_queued(session, passed_over)
            if found is None:
                return False
            schedule, firing = found
            passed_over.append(schedule["id"])
            await self._start(session, schedule, firing["id"])
        return True

    async def _fire(self, session: AsyncSession, schedule: RowMapping, now: datetime) -> None:
        try:
            times = Recurrence.of(schedule)
        except InputError as error:  # a time zone that is no more
            await self._give_up(session, schedule, str(error))
            return
        due = times.due(schedule["next_due_at"], now)
        wanted = _wanted(due.times, CatchUp(schedule["catch_up"]), now)
        missed = due.times[: len(due.times) - len(wanted)]
        await self._record_missed(session, schedule, missed, due.missed)
        for time in wanted:
            await self._fire_one(session, schedule, time)
        last = due.times[-1] if due.times else now
        upcoming = times.next(last, 1)
        await schedules.has_fired(
            session, schedule["id"], last=last, next_=upcoming[0] if upcoming else None
        )

    async def _give_up(self, session: AsyncSession, schedule: RowMapping, reason: str) -> None:
        due = schedule["next_due_at"]
        await firings.record(session, schedule["id"], due, state=FiringState.FAILED, reason=reason)
        await schedules.has_fired(session, schedule["id"], last=due, next_=None)

    async def _record_missed(
        self, session: AsyncSession, schedule: RowMapping, missed: list[datetime], earlier: int
    ) -> None:
        """One row for all, under the time of the last one."""
        if earlier:
            logger.warning("Schedule %s: %d firings were missed.", schedule["name"], earlier)
        if not missed or schedule["service"] is not None:
            return
        count = len(missed) + earlier
        reason = f"No API ran; {count} firings were missed, this one the last of them."
        if count == 1:
            reason = "No API ran."
        await firings.record(
            session, schedule["id"], missed[-1], state=FiringState.SKIPPED, reason=reason
        )

    async def _fire_one(self, session: AsyncSession, schedule: RowMapping, time: datetime) -> None:
        state, reason = await _by_overlap(session, schedule)
        if schedule["service"] is not None and state != FiringState.FIRED:
            return
        firing_id = await firings.record(session, schedule["id"], time, state=state, reason=reason)
        if firing_id is not None and state == FiringState.FIRED:
            await self._start(session, schedule, firing_id)

    async def _start(self, session: AsyncSession, schedule: RowMapping, firing_id: UUID) -> None:
        """Makes a firing's job, or says why there is none."""
        try:
            async with session.begin_nested():
                await service.start(session, schedule, firing_id, self._slots())
        except (SQLAlchemyError, ScraperSkyError) as error:
            if is_outage(error) and not _took_too_long(error):
                raise
            logger.warning("Schedule %s cannot fire: %s", schedule["name"], _brief(error))
            await firings.settle(session, firing_id, state=FiringState.FAILED, reason=_brief(error))


def _wanted(due: list[datetime], rule: CatchUp, now: datetime) -> list[datetime]:
    """Which of the times that fell due to fire for."""
    if rule == CatchUp.ALL or not due:
        return due
    if rule == CatchUp.ONE or now - due[-1] <= LATE:
        return due[-1:]
    return []


async def _by_overlap(
    session: AsyncSession, schedule: RowMapping
) -> tuple[FiringState, str | None]:
    """Whether to fire beside a job of the schedule that has not ended."""
    if schedule["service"] is not None:
        is_full = await service.is_full(session, schedule["service"])
        return (FiringState.SKIPPED if is_full else FiringState.FIRED), None
    if schedule["overlap"] == Overlap.ALLOW:
        return FiringState.FIRED, None
    job_id = await firings.open_job(session, schedule["id"])
    queued = await firings.count_queued(session, schedule["id"])
    if job_id is None and not queued:
        return FiringState.FIRED, None
    reason = "Earlier firings wait." if job_id is None else f"Job {job_id} has not ended."
    if schedule["overlap"] == Overlap.QUEUE and queued < service.MOST_QUEUED:
        return FiringState.QUEUED, reason
    return FiringState.SKIPPED, reason


def _took_too_long(error: Exception) -> bool:
    """Whether the server's own `statement_timeout` ended it: it would the next time, too."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "57014"


def _brief(error: Any) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())[:500]
