"""The frontier of a worker that has its job for itself: the job's own rows."""

import asyncio
from contextlib import suppress
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import targets
from scrapersky.db.outage import wait_out
from scrapersky.frontier.base import Lease

BATCH = 200
"""Leases read at once."""
POLL_SECONDS = 0.5


class DatabaseFrontier:
    """Reads the job's waiting targets in the order of their ids, round after round.

    A lease lives in this process's memory only. When the process dies the row still waits, and
    whoever takes the job up again gets it.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession], job_id: UUID) -> None:
        self._sessions = sessions
        self._job_id = job_id
        self._leased: set[UUID] = set()
        self._given_back: set[UUID] = set()
        self._after: UUID | None = None
        self._idle = asyncio.Event()

    async def lease(self, limit: int) -> list[Lease]:
        """Up to `limit` domains, as soon as there is one; none when the job is drained."""
        while True:
            # Nobody shares this job: fewer questions cost nobody anything.
            leases = await wait_out(lambda: self._read(max(limit, BATCH)))
            if leases or not await self._more_to_come():
                return leases

    async def holds(self, lease: Lease) -> bool:  # noqa: ARG002 - nobody else is there
        """Always: nobody shares this job."""
        return True

    def ended(self, lease: Lease, rest: float = 0) -> None:  # noqa: ARG002 - as above
        """The transaction that holds the domain's ending has committed."""
        self._leased.discard(lease.domain_id)
        if not self._leased:
            self._idle.set()

    async def release(self, leases: list[Lease]) -> None:
        """Gives back what has not ended: its rows were never changed. Not to be had here again."""
        self._given_back.update(lease.domain_id for lease in leases)
        for lease in leases:
            self.ended(lease)

    async def stop(self, unbegun: list[Lease]) -> None:
        """The crawl is to end: what was not begun goes back."""
        await self.release(unbegun)

    async def close(self) -> None:
        """Nothing: the rows say it all."""

    async def _read(self, limit: int) -> list[Lease]:
        async with self._sessions() as session:
            rows = await targets.due(
                session,
                self._job_id,
                after=self._after,
                without=self._leased | self._given_back,
                limit=limit,
            )
        # At the end of a round the next one begins: later passes may have come due behind us.
        self._after = rows[-1].domain_id if len(rows) == limit else None
        self._leased.update(row.domain_id for row in rows)
        return [
            Lease(domain=row.domain, domain_id=row.domain_id, attempts=row.attempts) for row in rows
        ]

    async def _more_to_come(self) -> bool:
        """Waits until something may have changed. False when the job is drained."""
        seconds = await wait_out(self._seconds_to_retry)
        if not self._leased:
            if seconds is not None:
                await asyncio.sleep(max(seconds, 0.05))
            return seconds is not None
        # What is at work may get a later pass; asked for at every ending, that would be most of
        # what the database does.
        self._idle.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), POLL_SECONDS)
        return True

    async def _seconds_to_retry(self) -> float | None:
        async with self._sessions() as session:
            return await targets.seconds_to_retry(session, self._job_id, without=self._given_back)
