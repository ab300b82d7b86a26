"""Lists become targets: a small one at once, a large one in the background, in pieces."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Iterator
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import dispatch, jobs
from scrapersky.db.listings import DomainFilter
from scrapersky.db.outage import wait_out
from scrapersky.domain_lists import BadLine, DomainLine, judged, read_domains, split_domains
from scrapersky.errors import InputError, ScraperSkyError
from scrapersky.states import JobState

logger = logging.getLogger(__name__)

CHUNK = 2_000
"""List entries a transaction."""
SILENCE = 120.0
"""Seconds after which a list that nobody said to be reading is read by nobody."""
DOMAINS_A_WORKER = 200
"""As many as a worker has in flight: fewer are no work for another one."""
UNUSABLE = "There is no usable domain in what was given."

Lines = Iterable[DomainLine | BadLine]


def typed(entries: list[str] | str) -> Iterator[DomainLine | BadLine]:
    """Entries as they stand in a request."""
    names = split_domains(entries) if isinstance(entries, str) else entries
    return (judged(number, name.strip()) for number, name in enumerate(names, 1))


async def add(session: AsyncSession, job_id: UUID, chunk: list[DomainLine | BadLine]) -> int:
    """Makes a piece of a list targets. Returns how many."""
    names = [line.domain for line in chunk if isinstance(line, DomainLine)]
    await jobs.count_rejected(session, job_id, len(chunk) - len(names))
    return await jobs.add_targets(session, job_id, names) if names else 0


class Loader:
    """Reads lists in, after the request that brought them was answered."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._tasks: set[asyncio.Task[None]] = set()

    def read(self, job_id: UUID, path: Path, workers: int) -> None:
        """Begins with a file, which is deleted at the end."""
        self._begin(self._read(job_id, read_domains(str(path)), workers), job_id, path)

    def read_typed(self, job_id: UUID, entries: list[str] | str, workers: int) -> None:
        """The same with what is in memory."""
        self._begin(self._read(job_id, typed(entries), workers), job_id)

    def select(self, job_id: UUID, wanted: DomainFilter, limit: int | None, workers: int) -> None:
        """Begins with domains of the table."""
        self._begin(self._select(job_id, wanted, limit, workers), job_id)

    def _begin(
        self, work: Coroutine[Any, Any, int], job_id: UUID, path: Path | None = None
    ) -> None:
        task = asyncio.create_task(self._guarded(work, job_id, path))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Gives up what is being read. The jobs say so."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _guarded(
        self, work: Coroutine[Any, Any, int], job_id: UUID, path: Path | None
    ) -> None:
        try:
            count = await work
            logger.info("Job %s has %d domains.", job_id, count)
        except asyncio.CancelledError:
            again = "The API was stopped while the list was read in: submit it again."
            await asyncio.shield(self._fail(job_id, again))
            raise
        except ScraperSkyError as error:
            await self._fail(job_id, str(error))
        except Exception as error:
            logger.exception("The list of job %s cannot be read in", job_id)
            await self._fail(job_id, f"The list could not be read in: {error!r}"[:500])
        finally:
            if path is not None:
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _read(self, job_id: UUID, lines: Lines, workers: int) -> int:
        iterator, total = iter(lines), 0
        while chunk := await asyncio.to_thread(lambda: list(islice(iterator, CHUNK))):
            added = await wait_out(lambda chunk=chunk: self._add(job_id, chunk))  # type: ignore[misc]
            if added is None:
                return total  # cancelled meanwhile
            total += added
        return await self._loaded(job_id, total, workers)

    async def _add(self, job_id: UUID, chunk: list[DomainLine | BadLine]) -> int | None:
        async with self._sessions.begin() as session:
            if not await dispatch.still_loading(session, job_id, SILENCE):
                return None
            return await add(session, job_id, chunk)

    async def _select(
        self, job_id: UUID, wanted: DomainFilter, limit: int | None, workers: int
    ) -> int:
        after: UUID | None = None
        total = 0
        while limit is None or total < limit:
            room = CHUNK if limit is None else min(CHUNK, limit - total)
            async with self._sessions.begin() as session:
                if not await dispatch.still_loading(session, job_id, SILENCE):
                    return total
                count, after = await dispatch.add_filtered(session, job_id, wanted, after, room)
            total += count
            if count < room:
                break
        return await self._loaded(job_id, total, workers)

    async def _loaded(self, job_id: UUID, total: int, workers: int) -> int:
        if not total:
            raise InputError(UNUSABLE)
        useful = min(workers, max(ceil(total / DOMAINS_A_WORKER), 1))

        async def record() -> None:
            async with self._sessions.begin() as session:
                await dispatch.loaded(session, job_id, useful)

        await wait_out(record)
        return total

    async def _fail(self, job_id: UUID, reason: str) -> None:
        try:
            async with self._sessions.begin() as session:
                job = await jobs.get(session, job_id, lock=True)
                if job["state"] == JobState.PENDING:
                    await jobs.set_state(session, job, JobState.FAILED, reason)
        except Exception:
            # Not lost: nobody says that it is being read, so the reconciler fails it.
            logger.exception("The end of job %s could not be recorded", job_id)
