"""From the job's rows into Redis, a bounded window at a time."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import targets
from scrapersky.db.outage import wait_out
from scrapersky.db.tables import new_id
from scrapersky.frontier.keys import JobKeys
from scrapersky.frontier.server import RedisServer

CHUNK = 2_000
"""Domains a script: about 3 ms in which Redis does nothing else."""
LOCK_MS = 30_000
SWEEP_SECONDS = 0.2
"""Between two sweeps, at least; and ten times as long as the last one took."""
END = "end"
"""The cursor, when every target has been handed to Redis once."""


class Filler:
    """Any worker may fill, one does at a time.

    First all targets in the order of their ids. After that, whenever nothing waits any more, a
    sweep: what is pending and nobody has at work. That brings later passes, targets that were added
    meanwhile, and whatever Redis has lost.
    """

    def __init__(
        self,
        server: RedisServer,
        sessions: async_sessionmaker[AsyncSession],
        keys: JobKeys,
        window: int,
    ) -> None:
        self._server = server
        self._sessions = sessions
        self._keys = keys
        self._window = window
        self._token = str(new_id())
        self._next_sweep = 0.0
        self._not_before = 0.0

    def hold(self, seconds: float) -> None:
        """Fills nothing for so long."""
        self._not_before = time.monotonic() + seconds

    def is_due(self, waiting: int, cursor: str) -> bool:
        """Whether there may be something to bring, by what the stream looks like."""
        now = time.monotonic()
        if now < self._not_before:
            return False
        if cursor != END:
            return waiting <= self._window // 2
        return waiting <= 0 and now >= self._next_sweep

    async def fill(self) -> int:
        """Brings what there is room for. Returns how many domains came."""
        began = time.monotonic()
        self._next_sweep = began + SWEEP_SECONDS
        keys = self._keys
        is_ours, epoch, waiting, cursor = await self._server.run(
            "begin_fill", (keys.stream, keys.meta, keys.filling), (self._token, LOCK_MS)
        )
        if not is_ours:
            return 0
        try:
            if cursor.decode() != END:
                return await self._go_on(epoch.decode(), waiting, cursor.decode())
            return await self._sweep(epoch.decode())
        finally:
            took = time.monotonic() - began
            self._next_sweep = time.monotonic() + max(SWEEP_SECONDS, 10 * took)
            await self._unlock()

    async def _go_on(self, epoch: str, waiting: int, cursor: str) -> int:
        room = self._window - max(waiting, 0)
        after = UUID(cursor) if cursor else None
        brought = 0
        while room > 0:
            limit = min(room, CHUNK)
            rows = await wait_out(lambda after=after, limit=limit: self._read(after, limit))  # type: ignore[misc]
            after = rows[-1][0] if len(rows) == limit else None
            names = [row[1] for row in rows]
            added = await self._add("next", epoch, str(after) if after else END, names)
            if added < 0:
                break
            brought += added
            if after is None:
                break
            room -= limit
        return brought

    async def _sweep(self, epoch: str) -> int:
        rows = await wait_out(lambda: self._read(None, self._window))
        brought = 0
        for first in range(0, len(rows), CHUNK):
            names = [row[1] for row in rows[first : first + CHUNK]]
            # Only the first script of a sweep finds nothing waiting.
            kind = "sweep" if first == 0 else "more"
            added = await self._add(kind, epoch, END, names)
            if added < 0:
                break
            brought += added
        return brought

    async def _read(self, after: UUID | None, limit: int) -> list[tuple[UUID, str]]:
        async with self._sessions() as session:
            rows = await targets.due(
                session, self._keys.job_id, after=after, without=(), limit=limit
            )
        return [(row.domain_id, row.domain) for row in rows]

    async def _add(self, kind: str, epoch: str, cursor: str, names: Sequence[str]) -> int:
        keys = self._keys
        return int(
            await self._server.run(
                "fill",
                (keys.stream, keys.later, keys.meta, keys.filling),
                (str(keys.job_id), self._token, LOCK_MS, kind, epoch, cursor, " ".join(names)),
            )
        )

    async def _unlock(self) -> None:
        # Ours or, after half a minute without a word, somebody else's: then it fills twice, which
        # costs a look-up each.
        await asyncio.shield(
            self._server.patiently(lambda: self._server.client.delete(self._keys.filling))
        )
