"""What is said to be and what is: workers that died are ended, and their jobs go on."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.causes import told
from api.nodes import Node, Nodes
from api.scrapyd import NodeReport
from scrapersky.config import get_config
from scrapersky.db import dispatch, jobs, workers
from scrapersky.errors import NodeError
from scrapersky.frontier import status as redis_status
from scrapersky.frontier.server import RedisServer
from scrapersky.states import JobState

logger = logging.getLogger(__name__)

SILENCE = 45.0
"""Seconds without a heartbeat after which a worker counts as gone, where its node cannot tell."""
HUNG = 180.0
"""The same of one whose process lives: it does nothing any more."""
FRESH = 10.0
"""Seconds within which a node need not know of a worker yet."""
START = 120.0
"""Seconds within which a worker that runs must have spoken to the database."""
UNREAD = 300.0
"""Seconds for which a list may be read by nobody: an API with the same disk may come back."""
LOG_END = 8_192
"""Bytes of a log in which the cause is looked for."""
CANCELLED_AT_ONCE = 10_000
"""Targets of a transaction."""
STOPPED = "It was stopped with its job."


class Reconciler:
    """One look at everything."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], nodes: Nodes) -> None:
        self._sessions = sessions
        self._nodes = nodes
        self._sees_since = time.monotonic()

    def was_blind(self) -> None:
        """For a while nobody could write heartbeats, or read them: their age says nothing."""
        self._sees_since = time.monotonic()

    @property
    def steps(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """Workers first, then jobs that nobody moves. None waits for the others' success."""
        return self.judge, self._settle_jobs, self._cancel_targets

    async def judge(self) -> None:
        """Judges every worker that has not ended.

        Raises:
            Exception: the first one; the other workers have been judged all the same.
        """
        # The nodes were asked before: what they do not name now and is open still is not there.
        async with self._sessions() as session:
            found = await dispatch.open_workers(session)
        results = await asyncio.gather(
            *(self._judge(worker) for worker in found), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    # --- workers ----------------------------------------------------------------------------

    async def _judge(self, worker: RowMapping) -> None:
        node = self._nodes.get(worker["scrapyd"])
        report = node.report if node is not None and node.error is None else None
        verdict = await self._verdict(worker, node, report)
        if verdict is not None:
            cause, status, is_fault = verdict
            await self._close(worker, cause, status, is_fault=is_fault)
        elif worker["job_state"] not in {JobState.QUEUED, JobState.RUNNING} and node is not None:
            await self._stop(worker, node)

    async def _verdict(
        self, worker: RowMapping, node: Node | None, report: NodeReport | None
    ) -> tuple[str, int | None, bool] | None:
        """Why a worker is to be ended, its exit status, and whether that counts as a loss."""
        name = str(worker["id"])
        if report is None:
            return self._of_unreachable(worker, node)
        if name in report.exits and name not in report.running:
            return await self._of_exited(worker, node, report.exits[name])
        if name in report.running:
            return await self._of_running(worker, node)
        if name in report.pending or worker["age"] < FRESH:
            return None
        if not report.is_exact and worker["pid"] is not None and worker["silence"] < SILENCE:
            return None  # a bare Scrapyd forgets what it started before it was restarted
        return self._of_unknown(worker)

    def _of_unreachable(
        self, worker: RowMapping, node: Node | None
    ) -> tuple[str, int | None, bool] | None:
        url = worker["scrapyd"]
        if worker["pid"] is not None and workers.is_here(worker):
            if not workers.is_alive(worker):
                return f"Its node {url} is gone, and so is its worker.", None, True
            # The heartbeat of another machine's is judged by `_is_silent`, which knows of outages.
            if worker["silence"] < HUNG:
                return None
        if not self._is_silent(worker, SILENCE):
            return None
        if node is None:
            return f"Its node {url} is not in SCRAPERSKY_NODES any more.", None, True
        return f"Its node {url} is gone, and so is every sign of its worker.", None, True

    async def _of_exited(
        self, worker: RowMapping, node: Node | None, how: Any
    ) -> tuple[str, int | None, bool] | None:
        status = -int(how["signal"]) if how["signal"] else how["status"]
        if worker["job_state"] not in {JobState.QUEUED, JobState.RUNNING}:
            return STOPPED, status, False
        log = await self._log(worker, node)
        return told(how, log, had_begun=worker["pid"] is not None), status, True

    async def _of_running(
        self, worker: RowMapping, node: Node | None
    ) -> tuple[str, int | None, bool] | None:
        limit = START if worker["pid"] is None else HUNG
        if not self._is_silent(worker, limit):
            return None
        if node is not None:
            await node.scrapyd.kill(worker["id"])
        return f"Its worker hung: it said nothing for {limit:.0f} s, and was killed.", None, True

    def _of_unknown(self, worker: RowMapping) -> tuple[str, int | None, bool] | None:
        if worker["pid"] is None:
            return "Its node was restarted before the worker began.", None, False
        if worker["job_state"] not in {JobState.QUEUED, JobState.RUNNING}:
            return STOPPED, None, False
        return "Its node was restarted, and its worker is gone.", None, True

    def _is_silent(self, worker: RowMapping, seconds: float) -> bool:
        sees = time.monotonic() - self._sees_since
        return bool(worker["silence"] >= seconds and sees >= min(seconds, SILENCE))

    async def _log(self, worker: RowMapping, node: Node | None) -> str:
        if node is None:
            return ""
        try:
            _, size = await node.scrapyd.log(worker["spider"], worker["id"], 0, 1)
            if not size:
                return ""
            begin = max(size - LOG_END, 0)
            text, _ = await node.scrapyd.log(worker["spider"], worker["id"], begin, size)
        except NodeError:
            return ""
        return text.decode("utf-8", "replace")

    async def _close(
        self, worker: RowMapping, cause: str, status: int | None, *, is_fault: bool
    ) -> None:
        logger.info("Worker %s of job %s: %s", worker["id"], worker["job_id"], cause)
        async with self._sessions.begin() as session:
            await dispatch.close_worker(
                session, worker, cause=cause, exit_status=status, is_fault=is_fault
            )

    async def _stop(self, worker: RowMapping, node: Node) -> None:
        """Its job wants it no more: it is asked to end, and after its grace it is ended."""
        try:
            if worker["stopping"] is None:
                async with self._sessions.begin() as session:
                    await dispatch.stop_sent(session, worker["id"])
                await node.scrapyd.cancel(worker["id"])
            elif worker["stopping"] > get_config().stop_grace:
                await node.scrapyd.kill(worker["id"])
            if worker["pid"] is None and node.report and str(worker["id"]) in node.report.pending:
                await self._close(worker, "It was stopped before it began.", None, is_fault=False)
        except NodeError as error:
            logger.warning("Worker %s cannot be stopped now: %s", worker["id"], error)

    # --- jobs -------------------------------------------------------------------------------

    async def _settle_jobs(self) -> None:
        async with self._sessions.begin() as session:
            for job in await dispatch.unqueued(session):
                await dispatch.queue(session, job)
            for job in await self._unread(session):
                again = "Its list was lost with the API that had it: submit it again."
                await jobs.set_state(session, job, JobState.FAILED, again)
            for job in await dispatch.without_workers(session):
                await self._settle(session, job)

    async def _unread(self, session: AsyncSession) -> Sequence[RowMapping]:
        if time.monotonic() - self._sees_since < UNREAD:
            return ()  # an API that starts with this one may have the list on its disk
        return await dispatch.unloaded(session, UNREAD)

    async def _settle(self, session: AsyncSession, job: RowMapping) -> None:
        if await jobs.count_pending(session, job["id"]):
            await jobs.set_state(session, job, JobState.QUEUED, "It made room for another job.")
        else:
            await dispatch.settle(session, job)

    async def _cancel_targets(self) -> None:
        async with self._sessions() as session:
            found = await dispatch.cancelled_with_targets(session)
        for job_id in found:
            async with self._sessions.begin() as session:
                if await workers.alive(session, job_id):
                    continue
                left = await dispatch.cancel_targets(session, job_id, CANCELLED_AT_ONCE)
            if left < CANCELLED_AT_ONCE:
                await _forget(job_id)


async def _forget(job_id: Any) -> None:
    server = RedisServer.configured()
    if server is None:
        return
    try:
        await redis_status.forget(server, job_id)
    finally:
        await server.close()
