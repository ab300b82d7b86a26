"""Lists become targets: a small one at once, a large one in the background, in pieces.

What is read in the background is in a file until that is done. So another process goes on where
one died: how far it came is what the job counts.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from itertools import islice
from math import ceil
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.bodies import kept_bodies
from api.requests import JobRequest
from scrapersky.config import get_config
from scrapersky.db import dispatch, jobs
from scrapersky.db.listings import DomainFilter
from scrapersky.db.outage import DatabaseGoneError, wait_out
from scrapersky.domain_lists import BadLine, DomainLine, judged, read_domains, split_domains
from scrapersky.errors import InputError, ScraperSkyError
from scrapersky.states import JobState

logger = logging.getLogger(__name__)

CHUNK = 2_000
"""List entries a transaction."""
SILENCE = 30.0
"""Seconds after which a list that nobody said to be reading is read by nobody."""
LOOK = 5.0
"""Seconds between two looks for such lists."""
STALE = 3_600.0
"""Seconds after which a file of no job is of no use."""
DOMAINS_A_WORKER = 200
"""As many as a worker has in flight: fewer are no work for another one."""
UNUSABLE = "There is no usable domain in what was given."

Lines = Iterator[DomainLine | BadLine]


def typed(entries: list[str] | str) -> Lines:
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
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    def begin(self, job_id: UUID, path: Path) -> None:
        """Begins, or goes on, with what a job was asked for with. The file goes at the end."""
        if job_id in self._tasks:
            return
        task = asyncio.create_task(self._guarded(job_id, path))
        self._tasks[job_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job_id))

    async def run(self) -> None:
        """Goes on with lists on this disk that nobody reads any more, for ever."""
        while True:
            try:
                for job_id, path in await asyncio.to_thread(kept_bodies, get_config().home):
                    await self._look_at(job_id, path)
            except (SQLAlchemyError, ScraperSkyError, OSError) as error:
                logger.debug("No look for lists: %s", error)
            await asyncio.sleep(LOOK)

    async def _look_at(self, job_id: UUID, path: Path) -> None:
        if job_id in self._tasks:
            return
        async with self._sessions.begin() as session:
            is_claimed = await dispatch.claim_loading(session, job_id, SILENCE)
            state = await dispatch.state_of(session, job_id)
        if is_claimed:
            logger.info("The list of job %s is read on.", job_id)
            self.begin(job_id, path)
        elif state != JobState.PENDING and (state is not None or _is_stale(path)):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def close(self) -> None:
        """Leaves what is being read to the next process."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, job_id: UUID, path: Path) -> None:
        try:
            is_done = await self._load(job_id, path)
        except asyncio.CancelledError:
            await asyncio.shield(self._leave(job_id))
            raise
        except DatabaseGoneError as error:  # another look will find it
            logger.warning("The list of job %s is left: %s", job_id, error)
        except ScraperSkyError as error:
            await self._fail(job_id, str(error))
        except Exception as error:
            logger.exception("The list of job %s cannot be read in", job_id)
            await self._fail(job_id, f"The list could not be read in: {error!r}"[:500])
        else:
            if is_done:
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _load(self, job_id: UUID, path: Path) -> bool:
        """Whether all of it is read now: not where the job was cancelled, or another reads it."""
        async with self._sessions.begin() as session:
            position = dispatch.position(await jobs.get(session, job_id))
        request = None if path.suffix != ".json" else await asyncio.to_thread(_request, path)
        if request is not None and request.filter is not None:
            wanted = request.filter
            is_read = await self._select(job_id, wanted.as_domain_filter(), wanted.limit, position)
        else:
            entries = None if request is None else request.domains
            lines = read_domains(str(path)) if entries is None else typed(entries)
            is_read = await self._read(job_id, lines, position)
        return is_read and await self._loaded(job_id)

    async def _read(self, job_id: UUID, lines: Lines, position: int) -> bool:
        rest = islice(lines, position, None)
        while chunk := await asyncio.to_thread(lambda: list(islice(rest, CHUNK))):
            if not await wait_out(lambda c=chunk, p=position: self._add(job_id, c, p)):  # type: ignore[misc]
                return False
            position += len(chunk)
        return True

    async def _add(self, job_id: UUID, chunk: list[DomainLine | BadLine], position: int) -> bool:
        async with self._sessions.begin() as session:
            if not await dispatch.still_loading(session, job_id, SILENCE, position):
                return False
            await add(session, job_id, chunk)
        return True

    async def _select(
        self, job_id: UUID, wanted: DomainFilter, limit: int | None, position: int
    ) -> bool:
        while limit is None or position < limit:
            room = CHUNK if limit is None else min(CHUNK, limit - position)
            count = await wait_out(
                lambda p=position, r=room: self._add_filtered(job_id, wanted, p, r)  # type: ignore[misc]
            )
            if count is None:
                return False
            position += count
            if count < room:
                break
        return True

    async def _add_filtered(
        self, job_id: UUID, wanted: DomainFilter, position: int, limit: int
    ) -> int | None:
        async with self._sessions.begin() as session:
            if not await dispatch.still_loading(session, job_id, SILENCE, position):
                return None
            return await dispatch.add_filtered(session, job_id, wanted, limit)

    async def _loaded(self, job_id: UUID) -> bool:
        async def record() -> int:
            async with self._sessions.begin() as session:
                job = await jobs.get(session, job_id, lock=True)
                total = int(job["targets_total"])
                if job["state"] == JobState.PENDING and total:
                    useful = max(ceil(total / DOMAINS_A_WORKER), 1)
                    await dispatch.loaded(session, job_id, min(job["workers_wanted"], useful))
            return total

        total = await wait_out(record)
        if not total:
            raise InputError(UNUSABLE)
        logger.info("Job %s has %d domains.", job_id, total)
        return True

    async def _leave(self, job_id: UUID) -> None:
        try:
            async with self._sessions.begin() as session:
                await dispatch.leave_loading(session, job_id)
        except (SQLAlchemyError, ScraperSkyError, OSError) as error:
            # Nobody says that it is being read, so another goes on in a while.
            logger.warning("The list of job %s is left unread: %s", job_id, error)

    async def _fail(self, job_id: UUID, reason: str) -> None:
        try:
            async with self._sessions.begin() as session:
                job = await jobs.get(session, job_id, lock=True)
                if job["state"] == JobState.PENDING:
                    await jobs.set_state(session, job, JobState.FAILED, reason)
        except Exception:
            # Not lost: nobody says that it is being read, so it is tried again.
            logger.exception("The end of job %s could not be recorded", job_id)


def _request(path: Path) -> JobRequest:
    return JobRequest.model_validate(orjson.loads(path.read_bytes()))


def _is_stale(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > STALE
