"""The job that a crawl process works on, from its opening to the process's last word."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Self
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.arguments import CrawlArguments
from scrapersky.db import dispatch, jobs, schema, workers
from scrapersky.db.outage import wait_out
from scrapersky.db.session import session_factory
from scrapersky.domain_lists import BadLine, DomainLine, judged, read_domains, split_domains
from scrapersky.errors import InputError, JobError
from scrapersky.frontier.base import Frontier
from scrapersky.frontier.database import DatabaseFrontier
from scrapersky.frontier.keys import yielding
from scrapersky.frontier.server import RedisServer
from scrapersky.frontier.shared import RedisFrontier
from scrapersky.frontier.terms import Terms
from scrapersky.states import FrontierKind, JobState

logger = logging.getLogger(__name__)

job_opened = object()
"""Signal: the job is there with its targets, and no request was sent yet."""
job_closed = object()
"""Signal: this worker has settled the job; `state` is None where that could not be recorded."""

CHUNK = 2_000
"""List entries a transaction."""
SAY_EVERY = 100_000
"""Domains of a list between two lines of the log."""
LIST_SECONDS = 0.5
"""Between two looks at a job whose list is being read in."""
CLAIM_LIMIT = 10_000
"""Domains that a crawl without a list claims where no limit is given."""
_OVER = frozenset({JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS})


class CrawlJob:
    """One process's part in one job."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        job_id: UUID,
        server: RedisServer | None = None,
        asked_for: UUID | None = None,
    ) -> None:
        self.id = job_id
        self.is_given_up = False
        """Whether this worker was taken for dead, so that others go on without it."""
        self._asked_for = asked_for
        self.rate: float | None = None
        """Domains a second, over all workers."""
        self.state = JobState.RUNNING
        """As of the last heartbeat."""
        self.is_standing = False
        """Whether it never ends."""
        self.total = 0
        """Targets of the job."""
        self.ended_before = 0
        """Those of them that ended before this worker came, or elsewhere."""
        self._sessions = sessions
        self._server = server
        self._worker: UUID

    @classmethod
    async def open(
        cls,
        spider: str,
        arguments: CrawlArguments,
        server: RedisServer | None = None,
        asked_for: UUID | None = None,
    ) -> Self | None:
        """Makes the job with its targets, takes one up again, or joins its workers.

        Args:
            spider: its name.
            arguments: what to crawl.
            server: with it any number of workers crawl the job.
            asked_for: the worker's id, where the API asked a node for it.

        Returns:
            None when there is nothing to do; that has been said then.

        Raises:
            ScraperSkyError: the list, the job or the database cannot be used.
        """
        await asyncio.to_thread(schema.prepare)
        self = cls(session_factory(), UUID(int=0), server, asked_for)
        if server is None:
            _refuse_without_redis(arguments)
        if arguments.job is not None:
            return await self._resume(spider, arguments.job)
        if arguments.standing:
            return await self._stand(spider, arguments)
        if arguments.source == "pending":
            return await self._claim(spider, arguments)
        return await self._load(spider, arguments)

    def frontier(self, terms: Terms, count: Callable[[str, int], None]) -> Frontier:
        """Where the job's domains come from.

        Args:
            terms: how leases are given, where there is Redis.
            count: hears of what happens there, by the name of a counter.
        """
        if self._server is None:
            return DatabaseFrontier(self._sessions, self.id)
        return RedisFrontier(
            self._server,
            self._sessions,
            job_id=self.id,
            worker_id=self._worker,
            terms=terms,
            count=lambda name, number: count(f"scrapersky/frontier/{name}", number),
        )

    async def heartbeat(self, counters: Mapping[str, Any]) -> None:
        """Says that this worker lives, and hears how far the job is."""
        async with self._sessions.begin() as session:
            self.is_given_up = not await workers.heartbeat(session, self._worker, counters)
            self._hear(await jobs.get(session, self.id), counters.get("done", 0))

    def _hear(self, job: RowMapping, done: int) -> None:
        self.state = JobState(job["state"])
        self.rate = job["rate"]
        self.is_standing = job["source"] == "standing"
        self.total = job["targets_total"]
        self.ended_before = max(job["targets_completed"] + job["targets_error"] - done, 0)

    async def should_yield(self) -> bool:
        """Whether a job with more right has no worker, and this worker is to make room for it."""
        if self._server is None:
            return False
        async with self._sessions() as session:
            other = await jobs.more_right(session, self.id)
        if other is None:
            return False
        logger.info("Job %s has no worker: this one makes room.", other)
        key, client = yielding(other), self._server.client
        return bool(
            await self._server.patiently(lambda: client.set(key, str(self.id), nx=True, ex=120))
        )

    async def close(
        self, reason: str, fault: str | None, counters: Mapping[str, Any], stats: Mapping[str, Any]
    ) -> tuple[JobState, str | None]:
        """Records how this worker ended.

        Returns:
            What the job has come to, and why where that needs saying.
        """
        async with self._sessions.begin() as session:
            # The job first, as all do who lock both.
            job = await jobs.get(session, self.id, lock=True)
            was_known = await workers.close(
                session, self._worker, reason=reason, counters=counters, stats=stats
            )
            if job["state"] != JobState.RUNNING or not was_known:
                return JobState(job["state"]), job["reason"]
            left = await jobs.count_pending(session, self.id)
            if (left or self.is_standing) and await self._goes_on(session, reason):
                return JobState.RUNNING, None
            state, why = _ending(job, left, reason, fault)
            if left and job["workers_wanted"]:
                return await dispatch.lose(session, job, why or reason)
            await jobs.set_state(session, job, state, why)
            if job["source"] == "pending" and left:
                await jobs.unclaim(session, self.id)
        return state, why

    async def _goes_on(self, session: AsyncSession, reason: str) -> bool:
        """Whether the job stays `running` though this worker leaves it."""
        # Who made room did so in the belief that somebody will start another.
        return reason == "yielded" or bool(await workers.alive(session, self.id))

    # --- the five ways in -------------------------------------------------------------------

    async def _resume(self, spider: str, job_id: UUID) -> Self | None:
        self.id = job_id
        while not await self._join(spider):
            if self.state in _OVER or self.is_given_up:
                logger.info("Job %s is %s: nothing is left to do.", job_id, self.state)
                return None
            await asyncio.sleep(LIST_SECONDS)  # its list is still being read in
        logger.info("Job %s goes on.", job_id)
        return self

    async def _join(self, spider: str) -> bool:
        """Becomes a worker of the job. False when it is over, or its list is being read in."""
        async with self._sessions.begin() as session:
            job = await jobs.get(session, self.id, lock=True)
            if job["spider"] != spider:
                raise JobError(f"Job {self.id} is one of the spider {job['spider']}, not {spider}.")
            self._hear(job, 0)
            if self.state in _OVER:
                return False
            expected = await self._expected(session)
            if self.is_given_up:
                return False
            company = [
                row for row in await workers.alive(session, self.id) if row["id"] != expected
            ]
            self._refuse_company(company)
            if job["started_at"] is None and self.state != JobState.QUEUED:
                if company:
                    return False
                raise JobError(
                    f"Job {self.id} was stopped while its list was read in, so it has only a part"
                    " of its targets. Start it again from the list."
                )
            self._worker = await workers.register(session, self.id, self._kind, expected=expected)
            if self.state != JobState.RUNNING:
                await jobs.set_state(session, job, JobState.RUNNING, None)
                self.state = JobState.RUNNING
        return True

    async def _expected(self, session: AsyncSession) -> UUID | None:
        """The id of this worker's row, where the API made it; what it no longer wants gives up."""
        if self._asked_for is None:
            return None
        row = await workers.expected(session, self.id, self._asked_for)
        if row is None:  # Scrapyd's own id: somebody scheduled it by hand
            return None
        wanted = self.state in {JobState.QUEUED, JobState.RUNNING}
        self.is_given_up = not wanted or row["closed_at"] is not None or row["pid"] is not None
        if self.is_given_up:
            await workers.close(
                session, self._asked_for, reason="not wanted any more", counters={}, stats={}
            )
        return self._asked_for

    @property
    def _kind(self) -> FrontierKind:
        return FrontierKind.DATABASE if self._server is None else FrontierKind.REDIS

    def _refuse_company(self, company: Sequence[RowMapping]) -> None:
        for worker in company:
            if self._kind == worker["frontier"] == FrontierKind.REDIS:
                continue
            raise JobError(
                f"Job {self.id} is being crawled by process {worker['pid']} on {worker['node']}."
                " Several workers on one job need Redis, each of them; stop that one first."
            )

    async def _stand(self, spider: str, arguments: CrawlArguments) -> Self | None:
        """Joins the spider's standing job, or makes it."""
        async with self._sessions.begin() as session:
            await jobs.serialise_standing(session)
            standing = await jobs.standing(session, spider)
            if standing is None:
                await self._create(session, spider, arguments)
                job = await jobs.get(session, self.id, lock=True)
                await jobs.set_state(session, job, JobState.RUNNING, None)
        if standing is not None:
            return await self._resume(spider, standing)
        logger.info("Job %s stands by.", self.id)
        return self

    async def _claim(self, spider: str, arguments: CrawlArguments) -> Self | None:
        wanted = arguments.limit or CLAIM_LIMIT
        async with self._sessions.begin() as session:
            await jobs.end_abandoned(session)
        async with self._sessions.begin() as session:
            await self._create(session, spider, arguments)
            claimed = await jobs.claim(session, self.id, min(wanted, CHUNK))
            if not claimed:
                await session.rollback()
                logger.info(
                    "Nothing to do: no domain in the database is pending."
                    " Give some with -a domains=… or -a file=…"
                )
                return None
        while claimed < wanted:
            async with self._sessions.begin() as session:
                more = await jobs.claim(session, self.id, min(wanted - claimed, CHUNK))
            if not more:
                break
            claimed += more
        self.total = claimed
        await self._run()
        logger.info("Job %s: %d pending domains.", self.id, claimed)
        return self

    async def _load(self, spider: str, arguments: CrawlArguments) -> Self:
        lines = iter(_lines(arguments))
        # The first chunk comes before the job: a file that is not there should leave no trace.
        chunk = await asyncio.to_thread(_take, lines)
        async with self._sessions.begin() as session:
            await self._create(session, spider, arguments)
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

    async def _create(self, session: AsyncSession, spider: str, arguments: CrawlArguments) -> None:
        shown = arguments.model_dump(mode="json", exclude_none=True)
        if arguments.domains:
            shown["domains"] = arguments.domains[:1_000]  # the targets are rows; this is a reminder
        self.rate = arguments.rate
        self.is_standing = arguments.standing
        self.id = await jobs.create(
            session,
            spider=spider,
            source=arguments.source,
            arguments=shown,
            priority=arguments.priority,
            rate=arguments.rate,
        )
        self._worker = await workers.register(session, self.id, self._kind)

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


def _refuse_without_redis(arguments: CrawlArguments) -> None:
    for name in ("standing", "rate"):
        if getattr(arguments, name):
            raise InputError(f"{name} needs Redis: set REDIS_URL.")


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
    if not left and job["source"] != "standing":
        errors = job["targets_error"]
        return (JobState.COMPLETED_WITH_ERRORS if errors else JobState.COMPLETED), None
    if fault is not None:
        return JobState.FAILED, fault
    if reason == "finished":
        return JobState.FAILED, f"{left} targets could not be ended; the log says why."
    if reason == "memusage_exceeded":
        return JobState.FAILED, "Its worker needed more memory than it may have."
    why = "Stopped by a signal" if reason == "shutdown" else f"Stopped: {reason}"
    return JobState.PAUSED, f"{why}, with {left} targets left."
