"""Domains pushed to Redis by hand: `lpush homepage:start_urls '{"domain": "example.com"}'`."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from redis.exceptions import ResponseError
from scrapy.settings import BaseSettings
from scrapy_redis.defaults import START_URLS_KEY
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import jobs
from scrapersky.db.outage import wait_out
from scrapersky.db.tables import new_id
from scrapersky.domains import BadDomain, clean_domain
from scrapersky.frontier.dead import dead_letter
from scrapersky.frontier.keys import JobKeys
from scrapersky.frontier.server import RedisServer

logger = logging.getLogger(__name__)

BATCH = 1_000
LONGEST_MESSAGE = 4_096
"""Bytes. What is longer is not looked into."""
BLOCK_SECONDS = 1
LOCK_MS = 10_000
"""Another worker listens when the one that does has said nothing for so long."""


class Message(BaseModel):
    """What may be pushed. scrapy-redis's own form has a `url`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    domain: str | None = Field(default=None, max_length=2_048)
    url: str | None = Field(default=None, max_length=2_048)

    @model_validator(mode="after")
    def _one(self) -> "Message":
        if (self.domain is None) == (self.url is None):
            raise ValueError("it has either a domain or a url")
        return self


def read_message(raw: bytes) -> str:
    """The domain in a message.

    Raises:
        ValueError: it is not of the form; BadDomain is one, too.
    """
    if len(raw) > LONGEST_MESSAGE:
        raise ValueError(f"it is longer than {LONGEST_MESSAGE} bytes")
    try:
        message = Message.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from None
    try:
        return clean_domain(message.domain or message.url or "")
    except BadDomain as error:
        raise ValueError(error.reason) from None


@dataclass(frozen=True, slots=True)
class FeedKeys:
    """Where messages are pushed, and where they are while they become targets."""

    pushed: str

    @classmethod
    def of(cls, settings: BaseSettings, spider: str) -> "FeedKeys":
        """scrapy-redis's setting says which: `REDIS_START_URLS_KEY`."""
        return cls(settings.get("REDIS_START_URLS_KEY", START_URLS_KEY) % {"name": spider})

    @property
    def moving(self) -> str:
        """Taken, and not yet in PostgreSQL."""
        return f"{self.pushed}:moving"

    @property
    def listening(self) -> str:
        """The lock of the one worker that listens."""
        return f"{self.pushed}:listening"


class Feed:
    """Makes targets of what is pushed. Of a job's workers one does so at a time."""

    def __init__(
        self,
        server: RedisServer,
        sessions: async_sessionmaker[AsyncSession],
        keys: FeedKeys,
        job: JobKeys,
    ) -> None:
        self._server = server
        self._sessions = sessions
        self._keys = keys
        self._job = job
        self._token = str(new_id())

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            if not await self._lock():
                await asyncio.sleep(BLOCK_SECONDS)
                continue
            try:
                await self._move()
            except ResponseError as error:
                logger.error("%s cannot be read: %s", self._keys.pushed, error)  # noqa: TRY400 - known
                await asyncio.sleep(LOCK_MS / 2_000)

    async def _lock(self) -> bool:
        return bool(
            await self._server.run("listen", (self._keys.listening,), (self._token, LOCK_MS))
        )

    async def _move(self) -> None:
        """Moved, recorded as targets, then removed: a death in between loses nothing."""
        client, keys = self._server.client, self._keys
        if not await self._server.patiently(lambda: client.llen(keys.moving)):
            await self._wait_for_one()
        await self._server.run("move", (keys.pushed, keys.moving), (BATCH,))
        raw: Any = await self._server.patiently(lambda: client.lrange(keys.moving, 0, BATCH - 1))
        if not raw:
            return
        names: list[str] = []
        for message in raw:
            try:
                names.append(read_message(message))
            except ValueError as error:
                shown = message[:1_000].decode("utf-8", "replace")
                job = str(self._job.job_id)
                await dead_letter(self._server, job, shown, str(error), was_pushed=True)
        if names:
            added = await wait_out(lambda: self._record(names))
            await self.announce(added)
        await self._server.run("moved", (keys.moving,), raw)

    async def _wait_for_one(self) -> None:
        client, keys = self._server.client, self._keys
        await self._server.patiently(
            lambda: client.blmove(keys.pushed, keys.moving, BLOCK_SECONDS, "RIGHT", "RIGHT")
        )

    async def _record(self, names: list[str]) -> list[str]:
        async with self._sessions.begin() as session:
            return await jobs.add_new_targets(session, self._job.job_id, names)

    async def announce(self, names: list[str]) -> None:
        """Lets the job's workers know of targets that were added: they begin at once.

        Without it they would come in the next sweep.
        """
        if names:
            await self._server.run("announce", (self._job.stream, self._job.meta), names)
