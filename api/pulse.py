"""How far jobs are: one look at the database a second, however many watch."""

import asyncio
import logging
import time
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import reports
from scrapersky.progress import Meter, Snapshot

logger = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds."""


class Pulse:
    """The last look, and the rates since."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._meters: dict[UUID, Meter] = {}
        self._rows: dict[UUID, RowMapping] = {}
        self._watched: Counter[UUID] = Counter()
        self._beaten = asyncio.Condition()
        self.error: str | None = None
        """Why the last look failed."""

    async def run(self) -> None:
        """Looks, for ever."""
        while True:
            began = time.monotonic()
            await self._look()
            async with self._beaten:
                self._beaten.notify_all()
            await asyncio.sleep(max(BEAT - (time.monotonic() - began), 0.05))

    async def _look(self) -> None:
        try:
            async with self._sessions() as session:
                rows = await reports.pulse(session, list(self._watched))
        except (SQLAlchemyError, OSError) as error:
            self.error = "The database cannot be reached now."
            logger.debug("No pulse: %s", error)
            return
        self.error = None
        self._rows = {row["id"]: row for row in rows}
        for gone in self._meters.keys() - self._rows.keys():
            del self._meters[gone]
        now = time.monotonic()
        for row in rows:
            self._meters.setdefault(row["id"], Meter()).add(_snapshot(row, now))

    async def beat(self) -> None:
        """Waits for the next look."""
        async with self._beaten:
            await self._beaten.wait()

    @property
    def streams(self) -> int:
        """How many watch."""
        return self._watched.total()

    def watch(self, job_id: UUID) -> None:
        """Looks at this job as well, whatever state it is in."""
        self._watched[job_id] += 1

    def unwatch(self, job_id: UUID) -> None:
        """No longer, for one who watched."""
        self._watched[job_id] -= 1
        if self._watched[job_id] <= 0:
            del self._watched[job_id]

    def row(self, job_id: UUID) -> RowMapping | None:
        """A job as of the last look; None where it was not looked at."""
        return self._rows.get(job_id)

    def progress(self, job_id: UUID) -> dict[str, Any] | None:
        """Its rate, the time left, and the terminal's line."""
        meter, row = self._meters.get(job_id), self._rows.get(job_id)
        if meter is None or row is None:
            return None
        left = meter.seconds_left
        return {
            "rate": round(meter.rate, 2),
            "eta_seconds": None if left is None else round(left),
            "workers": row["workers"] or 0,
            "line": meter.line(),
        }


def _snapshot(row: RowMapping, now: float) -> Snapshot:
    done = row["targets_completed"] + row["targets_error"]
    return Snapshot(
        time=now,
        done=done,
        total=row["targets_total"],
        errors=row["targets_error"],
        contacts=row["contacts"] or 0,
        pages=row["responses"] or 0,
        listed=row["pages"] or 0,
        later=max((row["retries"] or 0) - (row["retried"] or 0), 0),
    )
