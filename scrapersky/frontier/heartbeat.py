"""A worker's heartbeat: renews what it holds, and takes over what others no longer do."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from scrapersky.frontier.base import Lease
from scrapersky.frontier.holdings import Holdings, pairs
from scrapersky.frontier.scripts import JobScripts
from scrapersky.frontier.terms import Terms

logger = logging.getLogger(__name__)

Count = Callable[[str, int], None]
Admit = Callable[[Sequence[tuple[str, str]], float, Sequence[str]], Awaitable[None]]
"""Takes entries with their domains, when they were got, and the domains to blame."""


class Heartbeat:
    """Three of them a lease."""

    def __init__(
        self, scripts: JobScripts, holdings: Holdings, terms: Terms, admit: Admit, count: Count
    ) -> None:
        self._scripts = scripts
        self._holdings = holdings
        self._terms = terms
        self._admit = admit
        self._count = count

    async def run(self) -> None:
        """Until it is cancelled.

        To take over begins two heartbeats after this worker came or Redis came back: by then all
        that live have renewed.
        """
        joined_at = time.monotonic()
        pause = self._terms.lease_seconds / 3
        while True:
            await asyncio.sleep(pause)
            await self.renew()
            if time.monotonic() - max(joined_at, self._scripts.server.back_at) >= 1.9 * pause:
                await self.take_over()

    async def renew(self) -> None:
        """Prolongs all leases, and hears of those that are lost."""
        scripts, holdings = self._scripts, self._holdings
        keys = (scripts.keys.stream, scripts.keys.meta, scripts.keys.workers)
        async with scripts.talking:
            began = time.monotonic()
            leases = holdings.leases
            epoch, lost, found = await scripts.run(
                "renew", keys, self._terms.lease_ms, holdings.about(), *holdings.known()
            )
            orphans = [pair for pair in pairs(found) if pair[0] not in holdings.acks]
            holdings.passing.update(orphans)
            gone = set(lost.decode().split())
            for entry in gone:
                holdings.passing.pop(entry, None)
        for lease in leases:
            if lease.entry in gone:
                self._lose(lease)
            else:
                holdings.renew(lease, began)
        if orphans and epoch:
            self._count("adopted", len(orphans))
            await self._admit(orphans, began, ())

    def _lose(self, lease: Lease) -> None:
        if self._holdings.lose(lease):
            logger.warning("Another worker has taken %s over.", lease.domain)
            self._count("lost", 1)

    async def take_over(self) -> None:
        """Takes leases over that have expired, and lets their domains be blamed if begun."""
        if self._holdings.is_stopping:
            return
        scripts, keys = self._scripts, self._scripts.keys
        async with scripts.talking:
            began = time.monotonic()
            taken, begun = await scripts.run(
                "take_over",
                (keys.stream, keys.later, keys.meta, keys.workers),
                self._terms.lease_ms,
                self._terms.prefetch,
            )
            entries = self._holdings.receive(taken)
        if entries:
            logger.warning("%d leases had expired: taken over.", len(entries))
            self._count("taken_over", len(entries))
            await self._admit(entries, began, begun.decode().split())
