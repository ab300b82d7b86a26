"""The job that a crawl process works on, from its opening to the process's last word."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Self
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.arguments import CrawlArguments
from scrapersky.db import jobs, schema, workers
from scrapersky.db.outage import wait_out
from scrapersky.db.session import session_factory
from scrapersky.domain_lists import BadLine, DomainLine, judged, read_domains, split_domains
from scrapersky.errors import InputError, JobError
from scrapersky.frontier.base import Frontier
from scrapersky.frontier.database import DatabaseFrontier
from scrapersky.states import JobState

logger = logging.getLogger(__name__)

job_opened = object()
"""Signal: the job is there with its targets, and no request was sent yet."""
job_closed = object()
"""Signal: this worker has settled the job; `state` is None where that could not be recorded."""

CHUNK = 2_000
"""List entries a transaction."""
SAY_EVERY = 100_000
"""Domains of a list between two lines of the log."""
CLAIM_LIMIT = 10_000
"""Domains that a crawl without a list claims where no limit is given."""
_OVER = frozenset({JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS})


class CrawlJob:
    """One process's part in one job."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], job_id: UUID) -> None:
        self.id = job_id
        self.total = 0
        """Targets of the job."""
        self.ended_before = 0
        """Those of them that ended before this worker came."""
        self._sessions = sessions
        self._worker: UUID

    @classmethod
    async def open(cls, spider: str, arguments: CrawlArguments) -> Self | None:
        """Makes the job with its targets, or takes one up again.

        Returns:
            None when there is nothing to do; that has been said then.

        Raises:
            ScraperSkyError: the list, the job or the database cannot be used.
        """
        await asyncio.to_thread(schema.prepare)
        sessions = session_factory()
        if arguments.job is not None:
            return await cls._resume(sessions, spider, arguments.job)
        if arguments.source == "pending":
            return await cls._claim(sessions, spider, arguments)
        return await cls._load(sessions, spider, arguments)

    def frontier(self) -> Frontier:
        """Where the job's domains come from."""
        return DatabaseFrontier(self._sessions, self.id)

    async def heartbeat(self, counters: Mapping[str, Any]) -> None:
        """Says that this worker lives."""
        async with self._sessions.begin() as session:
            await workers.heartbeat(session, self._worker, counters)

    async def close(
        self, reason: str, fault: str | None, counters: Mapping[str, Any], stats: Mapping[str, Any]
    ) -> tuple[JobState, str | None]:
        """Records how this worker ended.

        Returns:
            What the job has come to, and why where that needs saying.
        """
        async with self._sessions.begin() as session:
            await workers.close(
                session, self._worker, reason=reason, counters=counters, stats=stats
            )
            job = await jobs.get(session, self.id, lock=True)
            if job["state"] == JobState.CANCELLED:
                return JobState.CANCELLED, job["reason"]
            left = await jobs.count_pending(session, self.id)
            state, why = _ending(job, left, reason, fault)
            await jobs.set_state(session, job, state, why)
            if job["source"] == "pending" and left:
                await jobs.unclaim(session, self.id)
        return state, why

    # --- the four ways in -------------------------------------------------------------------

    @classmethod
    async def _resume(
        cls, sessions: async_sessionmaker[AsyncSession], spider: str, job_id: UUID
    ) -> Self | None:
        self = cls(sessions, job_id)
        async with sessions.begin() as session:
            job = await jobs.get(session, job_id, lock=True)
            if job["spider"] != spider:
                raise JobError(f"Job {job_id} is one of the spider {job['spider']}, not {spider}.")
            if job["state"] in _OVER:
                logger.info("Job %s is %s: nothing is left to do.", job_id, job["state"])
                return None
            await self._refuse_company(session)
            if job["started_at"] is None:
                raise JobError(
                    f"Job {job_id} was stopped while its list was read in, so it has only a part"
                    " of its targets. Start it again from the list."
                )
            self._worker = await workers.register(session, job_id)
            self.total = job["targets_total"]
            self.ended_before = job["targets_completed"] + job["targets_error"]
            if job["state"] != JobState.RUNNING:
                await jobs.set_state(session, job, JobState.RUNNING, None)
        logger.info("Job %s goes on.", job_id)
        return self

    async def _refuse_company(self, session: AsyncSession) -> None:
        for worker in await workers.alive(session, self.id):
            raise JobError(
                f"Job {self.id} is being crawled by process {worker['pid']} on {worker['node']}."
                " Several workers on one job need Redis; stop that one first."
            )

    @classmethod
    async def _claim(
        cls, sessions: async_sessionmaker[AsyncSession], spider: str, arguments: CrawlArguments
    ) -> Self | None:
        wanted = arguments.limit or CLAIM_LIMIT
        async with sessions.begin() as session:
            await jobs.end_abandoned(session)
        async with sessions.begin() as session:
            self = await cls._create(sessions, session, spider, arguments)
            claimed = await jobs.claim(session, self.id, min(wanted, CHUNK))
            if not claimed:
                await session.rollback()
                logger.info(
                    "Nothing to do: no domain in the database is pending."
                    " Give some with -a domains=… or -a file=…"
                )
                return None
        while claimed < wanted:
            async with sessions.begin() as session:
                more = await jobs.claim(session, self.id, min(wanted - claimed, CHUNK))
            if not more:
                break
            claimed += more
        self.total = claimed
        await self._run()
        logger.info("Job %s: %d pending domains.", self.id, claimed)
        return self

    @classmethod
    async def _load(
        cls, sessions: async_sessionmaker[AsyncSession], spider: str, arguments: CrawlArguments
    ) -> Self:
        lines = iter(_lines(arguments))
        # The first chunk comes before the job: a file that is not there should leave no trace.
        chunk = await asyncio.to_thread(_take, lines)
        async with sessions.begin() as session:
            self = await cls._create(sessions, session, spider, arguments)
        said = 0
        try:
            while chunk:
                self.total += await self._add(chunk)
                if self.total >= said + SAY_EVERY:
                    said = self.total
                    logger.info("%d domains read.", said)
                chunk = await asyncio.to_thread(_take, lines)
        except InputError as error:
            await self._fail(str(error))
            raise
        except asyncio.CancelledError:
            await asyncio.shield(self._fail("Stopped while its list was read in."))
            raise
        if not self.total:
            await self._fail("There is no usable domain in what was given.")
            raise InputError("There is no usable domain in what was given.")
        await self._run()
        logger.info("Job %s: %d domains.", self.id, self.total)
        return self

    @classmethod
    async def _create(
        cls,
        sessions: async_sessionmaker[AsyncSession],
        session: AsyncSession,
        spider: str,
        arguments: CrawlArguments,
    ) -> Self:
        shown = arguments.model_dump(mode="json", exclude_none=True)
        if arguments.domains:
            shown["domains"] = arguments.domains[:1_000]  # the targets are rows; this is a reminder
        self = cls(
            sessions,
            await jobs.create(session, spider=spider, source=arguments.source, arguments=shown),
        )
        self._worker = await workers.register(session, self.id)
        return self

    async def _add(self, chunk: Sequence[DomainLine | BadLine]) -> int:
        bad = [line for line in chunk if isinstance(line, BadLine)]
        names = [line.domain for line in chunk if isinstance(line, DomainLine)]
        for line in bad:
            logger.warning("Entry %d is left out: %r: %s", line.line_number, line.text, line.reason)

        async def add() -> int:
            async with self._sessions.begin() as session:
                await jobs.count_rejected(session, self.id, len(bad))
                return await jobs.add_targets(session, self.id, names) if names else 0

        return await wait_out(add)

    async def _run(self) -> None:
        async with self._sessions.begin() as session:
            job = await jobs.get(session, self.id, lock=True)
            await jobs.set_state(session, job, JobState.RUNNING, None)

    async def _fail(self, reason: str) -> None:
        async with self._sessions.begin() as session:
            job = await jobs.get(session, self.id, lock=True)
            await jobs.set_state(session, job, JobState.FAILED, reason)
            await workers.close(session, self._worker, reason=reason, counters={}, stats={})


def _lines(arguments: CrawlArguments) -> Iterable[DomainLine | BadLine]:
    if arguments.file is not None:
        return read_domains(arguments.file)
    names = split_domains(arguments.domains or "")
    return (judged(number, name) for number, name in enumerate(names, 1))


def _take(lines: Iterable[DomainLine | BadLine]) -> list[DomainLine | BadLine]:
    return list(islice(lines, CHUNK))


def _ending(
    job: RowMapping, left: int, reason: str, fault: str | None
) -> tuple[JobState, str | None]:
    """The state to which a job comes when its worker closes."""
    if not left:
        errors = job["targets_error"]
        return (JobState.COMPLETED_WITH_ERRORS if errors else JobState.COMPLETED), None
    if fault is not None:
        return JobState.FAILED, fault
    if reason == "finished":
        return JobState.FAILED, f"{left} targets could not be ended; the log says why."
    why = "Stopped by a signal" if reason == "shutdown" else f"Stopped: {reason}"
    return JobState.PAUSED, f"{why}, with {left} targets left."
