"""The one process that starts, watches and ends workers: whichever holds the lease row."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.dispatcher import Dispatcher
from api.nodes import Nodes
from api.reconciler import Reconciler
from api.webhooks import Webhooks
from scrapersky.db import leases
from scrapersky.db.outage import is_outage
from scrapersky.db.tables import new_id
from scrapersky.errors import ScraperSkyError

logger = logging.getLogger(__name__)

LEASE = "keeper"
LEASE_SECONDS = 15.0
TICK = 1.0
"""Seconds."""


class Keeper:
    """Runs in every API process, and works in one."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], nodes: Nodes) -> None:
        self.id: UUID = new_id()
        self._sessions = sessions
        self._nodes = nodes
        self._reconciler = Reconciler(sessions, nodes)
        self._dispatcher = Dispatcher(sessions, nodes)
        self._webhooks = Webhooks(sessions)
        self._nudged = asyncio.Event()
        self._holds = False

    def nudge(self) -> None:
        """Something has changed: it need not wait for the next tick."""
        self._nudged.set()

    async def run(self) -> None:
        """Works, for ever. What fails is tried again at the next tick."""
        while True:
            await self._guarded(self._tick)
            await self._rest()

    async def _guarded(self, step: Callable[[], Awaitable[None]]) -> None:
        """One step, whose failure keeps no other from being done."""
        try:
            await step()
        except (SQLAlchemyError, ScraperSkyError, OSError) as error:
            if is_outage(error):
                self._reconciler.was_blind()
            logger.warning("Jobs cannot be looked after now: %s", _brief(error))
        except Exception:
            logger.exception("A fault of ours while looking after jobs")

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), TICK)
        except TimeoutError:
            return
        self._nudged.clear()

    async def _tick(self) -> None:
        async with self._sessions.begin() as session:
            held, self._holds = (
                self._holds,
                await leases.take(session, LEASE, self.id, LEASE_SECONDS),
            )
        if not self._holds:
            return
        if not held:
            self._reconciler.was_blind()
        until = time.monotonic() + LEASE_SECONDS
        await self._nodes.look()
        for step in self._reconciler.steps:
            await self._guarded(step)
        # A node that hung must not lead to two that start workers.
        if time.monotonic() < until - 2:
            await self._guarded(self._dispatcher.dispatch)
        await self._guarded(self._webhooks.deliver)

    async def close(self) -> None:
        """Lets another process go on at once."""
        await self._webhooks.close()
        if self._holds:
            async with self._sessions.begin() as session:
                await leases.leave(session, LEASE, self.id)


def _brief(error: Exception) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())[:300]
