"""Jobs that want workers get them, on the node with the most room."""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.nodes import Node, Nodes
from api.scrapyd import NodeGoneError, NodeRefusedError
from scrapersky.arguments import CrawlArguments
from scrapersky.config import get_config
from scrapersky.db import dispatch
from scrapersky.states import JobState

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 50
"""Jobs that are looked at in a tick."""


class Dispatcher:
    """One round of starts."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], nodes: Nodes) -> None:
        self._sessions = sessions
        self._nodes = nodes

    async def dispatch(self) -> None:
        """Starts as many workers as are wanted and have room."""
        async with self._sessions() as session:
            waiting = await dispatch.waiting(session, MOST_AT_ONCE)
            there = await dispatch.open_workers(session) if waiting else []
        if not waiting:
            return
        free = self._free(Counter(worker["scrapyd"] for worker in there))
        for job in waiting:
            for _ in range(job["missing"]):
                node = max(free, key=lambda one: free[one], default=None)
                if node is None or free[node] < 1:
                    return
                free[node] -= 1
                if not await self._start(job, self._nodes.get(node)):
                    free[node] = 0

    def _free(self, taken: Mapping[str, int]) -> dict[str, int]:
        """Slots by node. What PostgreSQL and what the node itself knows of: the more counts."""
        free = {}
        for node in self._nodes.all:
            if node.report is None or node.error is not None:
                continue
            theirs = len(node.report.running) + len(node.report.pending)
            free[node.scrapyd.url] = node.report.slots - max(theirs, taken.get(node.scrapyd.url, 0))
        return free

    async def _start(self, job: RowMapping, node: Node | None) -> bool:
        """Asks a node for a worker. False where nothing more is to be asked of it now."""
        assert node is not None  # noqa: S101 - it has just been looked up
        assert node.report is not None  # noqa: S101 - it has room
        async with self._sessions.begin() as session:
            worker_id = await dispatch.ask_for(
                session, job["id"], scrapyd=node.scrapyd.url, node=node.report.name
            )
        if worker_id is None:
            return True
        arguments = _arguments(job["id"], job["arguments"])
        try:
            await node.scrapyd.schedule(
                job["spider"], worker=worker_id, arguments=arguments, settings=_settings()
            )
        except NodeRefusedError as error:
            await self._refused(job, worker_id, str(error))
        except NodeGoneError as error:
            # It may have taken it all the same: the reconciler will see.
            logger.warning("Job %s: %s", job["id"], error)
            return False
        else:
            logger.info("Job %s gets worker %s on %s.", job["id"], worker_id, node.scrapyd.url)
        return True

    async def _refused(self, job: RowMapping, worker_id: UUID, message: str) -> None:
        cause = f"Its worker could not start: {_last_line(message)}"
        async with self._sessions.begin() as session:
            worker: Any = {"id": worker_id, "job_id": job["id"], "job_state": JobState.QUEUED}
            await dispatch.close_worker(session, worker, cause=cause, exit_status=None)
        logger.warning("Job %s: %s", job["id"], cause)


def _arguments(job_id: UUID, given: Mapping[str, Any]) -> dict[str, str]:
    """What the worker is started with: its job, and the spider's own arguments."""
    own = {name: value for name, value in given.items() if name not in CrawlArguments.model_fields}
    return {"job": str(job_id), **{name: str(value) for name, value in own.items()}}


def _settings() -> dict[str, str]:
    limit = get_config().worker_memory
    if not limit:
        return {}
    return {"MEMUSAGE_LIMIT_MB": str(limit), "MEMUSAGE_CHECK_INTERVAL_SECONDS": "2"}


def _last_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return (lines[-1] if lines else "it gave no reason")[:500] + "."
