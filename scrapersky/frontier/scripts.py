"""The scripts of `lua/`, as one worker of one job runs them."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from redis.exceptions import ResponseError

from scrapersky.errors import FrontierError
from scrapersky.frontier.keys import JobKeys
from scrapersky.frontier.server import RedisServer

logger = logging.getLogger(__name__)

MENDED = 3
"""Times that a script is tried on keys that somebody spoilt."""


class JobScripts:
    """All of them begin with the job and the worker."""

    def __init__(self, server: RedisServer, keys: JobKeys, worker_id: UUID) -> None:
        self.server = server
        self.keys = keys
        self.talking = asyncio.Lock()
        """For scripts that change what the worker holds: what Redis says then is what it knows."""
        self.job, self.worker = str(keys.job_id), str(worker_id)

    async def run(self, name: str, keys: Sequence[str], *arguments: Any) -> Any:
        """Runs one. Keys that somebody spoilt are made anew.

        Raises:
            FrontierError: they cannot be.
        """
        for _ in range(MENDED):
            try:
                return await self.server.run(name, keys, (self.job, self.worker, *arguments))
            except ResponseError as error:
                if "WRONGTYPE" not in str(error) and "NOGROUP" not in str(error):
                    raise
                logger.error("The keys of job %s are not as they were: %s", self.job, error)  # noqa: TRY400 - known
                await self.server.patiently(lambda: self.server.client.delete(*self.keys.all))
        raise FrontierError(f"The keys of job {self.job} in Redis cannot be mended.")
