"""One attempt at one domain."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapersky.frontier.base import Lease
from scrapersky.items import Ending, Part


@dataclass(slots=True, eq=False)
class Visit:
    """What belongs to an attempt while it lasts. Every request of it carries it in its meta."""

    lease: Lease
    time_limit: float
    """Seconds that the domain may take as a whole; waiting for the database does not count."""

    began: float = field(default_factory=time.monotonic)
    crawled_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: bool = False
    """Whether its `Ending` has been yielded."""
    retry_after: float = 0.0
    """Seconds for which the site asked not to be asked again."""
    _paused: float = 0.0

    @property
    def remaining(self) -> float:
        """Seconds left of the time limit."""
        return self.time_limit - (time.monotonic() - self.began - self._paused)

    async def timed(self, items: AsyncIterator[Part | Ending]) -> AsyncIterator[Part | Ending]:
        """Passes the items on, within the time limit.

        Raises:
            TimeoutError: the next one did not come in time.
        """
        while True:
            try:
                async with asyncio.timeout(max(self.remaining, 0)):
                    item = await anext(items)
            except StopAsyncIteration:
                return
            handed_over = time.monotonic()
            yield item
            self._paused += time.monotonic() - handed_over
