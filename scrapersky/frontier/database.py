"""The frontier of a worker that has its job for itself: the job's own rows."""

import asyncio
from contextlib import suppress
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import targets
from scrapersky.db.outage import wait_out
from scrapersky.frontier.base import Lease


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
        self._ended = asyncio.Event()

    async def lease(self, limit: int) -> list[Lease]:
        """Up to `limit` domains, as soon as there is one; none when the job is drained."""
        while True:
            self._ended.clear()
            leases = await wait_out(lambda: self._read(limit))
            if leases or not await self._more_to_come():
                return leases

    def ended(self, lease: Lease) -> None:
        """The transaction that holds the domain's ending has committed."""
        self._leased.discard(lease.domain_id)
        self._ended.set()

    async def release(self, leases: list[Lease]) -> None:
        """Gives back what has not ended: its rows were never changed. Not to be had here again."""
        self._given_back.update(lease.domain_id for lease in leases)
        for lease in leases:
            self.ended(lease)

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
        if seconds is None and not self._leased:
            return False
        # Not 0: what is due but still at work here comes free by an ending, not by asking again.
        wait = None if seconds is None else max(seconds, 0.05)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), wait)
        return True

    async def _seconds_to_retry(self) -> float | None:
        async with self._sessions() as session:
            return await targets.seconds_to_retry(session, self._job_id, without=self._given_back)
