"""Redis, as the frontier talks to it: scripts, and patience while the server is away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004 - redis' own
    MaxConnectionsError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004 - redis' own
    TryAgainError,
)
from scrapy.settings import BaseSettings, Settings
from scrapy_redis import connection

from scrapersky.config import get_config
from scrapersky.errors import ConfigError, FrontierError, RedisGoneError

logger = logging.getLogger(__name__)

_OUTAGES = (
    ConnectionError,
    TimeoutError,
    BusyLoadingError,
    ReadOnlyError,
    OutOfMemoryError,
    TryAgainError,
    OSError,
)
_REFUSALS = (AuthenticationError, AuthorizationError, MaxConnectionsError)
_PASSING = ("MASTERDOWN", "CLUSTERDOWN", "UNBLOCKED", "NOREPLICAS", "MISCONF", "BUSY ")
"""Beginnings of error replies that another try may not get."""
OLDEST = (6, 2)
LONGEST_PAUSE = 1.0

T = TypeVar("T")


@cache
def _script(name: str) -> str:
    folder = resources.files("scrapersky.frontier") / "lua"
    common, own = (folder / f"{part}.lua" for part in ("common", name))
    return common.read_text("utf-8") + own.read_text("utf-8")


class RedisServer:
    """A client that outlives the server."""

    def __init__(self, client: Redis) -> None:
        self.client = client
        self.calls = 0
        self.back_at = float("-inf")
        """When the last outage ended, by the monotonic clock."""
        self._away_since: float | None = None
        self._scripts: dict[str, Any] = {}

    @classmethod
    def configured(cls) -> "RedisServer | None":
        """By the project's own settings, for commands."""
        return cls.from_settings(cls.settings())

    @staticmethod
    def settings() -> Settings:
        """The project's own."""
        settings = Settings()
        settings.setmodule("scrapersky.settings")
        return settings

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> "RedisServer | None":
        """By scrapy-redis's settings; None where Redis is not configured.

        Raises:
            ConfigError: REDIS_URL is not a URL of a Redis server.
        """
        if not settings.get("REDIS_URL") and not settings.get("REDIS_HOST"):
            return None
        try:
            # A crawler's own settings are frozen.
            ours = {name: settings.get(name) for name in connection.SETTINGS_PARAMS_MAP}
            params = {**_params(), **settings.getdict("REDIS_PARAMS")}
            return cls(connection.from_settings(BaseSettings({**ours, "REDIS_PARAMS": params})))
        except ValueError as error:
            # The URL itself may hold a password.
            raise ConfigError(f"REDIS_URL cannot be used: {error}") from None

    async def check(self) -> None:
        """Makes sure that there is a server, and that it is one that can be used.

        Raises:
            ConfigError: it cannot be reached, lets nobody in, or is too old.
        """
        try:
            found = await self.client.info("server")
        except NoPermissionError:
            return  # a managed server that keeps its version to itself
        except (RedisError, OSError) as error:
            raise ConfigError(
                f"Redis cannot be used: {error}. Check REDIS_URL, or unset it to crawl alone."
            ) from None
        # Valkey says which Redis it is like.
        version = str(found.get("redis_version", ""))
        if _numbers(version) < OLDEST:
            raise ConfigError(f"Redis is {version}; ScraperSky needs 6.2 or newer.")

    @property
    def is_away(self) -> bool:
        """Whether the last word of the server was none."""
        return self._away_since is not None

    async def run(self, name: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """Runs a script of `lua/`. It may run twice, when the answer of the first time was lost.

        Raises:
            RedisGoneError: the server stayed away for too long.
            FrontierError: it lets nobody in.
        """
        script = self._scripts.get(name)
        if script is None:
            script = self._scripts[name] = self.client.register_script(_script(name))
        return await self.patiently(lambda: script(keys=keys, args=arguments))

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Makes a call, again and again while the server is away.

        Raises:
            RedisGoneError: the server stayed away for too long.
            FrontierError: it lets nobody in.
        """
        delay = 0.05
        while True:
            try:
                answer = await call()
            except _REFUSALS as error:
                raise FrontierError(f"Redis refuses the connection: {error}.") from error
            except (RedisError, OSError) as error:
                if not is_outage(error):
                    raise
                await self._wait(delay, error)
                delay = min(delay * 2, LONGEST_PAUSE)
            else:
                self.calls += 1
                if self._away_since is not None:
                    self._away_since, self.back_at = None, time.monotonic()
                    logger.info("Redis is back.")
                return answer

    async def _wait(self, delay: float, error: Exception) -> None:
        limit = get_config().redis_outage_limit
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            logger.warning("Redis is away (%s): waiting, for %.0f s at most.", error, limit)
        if now - self._away_since >= limit:
            raise RedisGoneError(
                f"Redis stayed away for {now - self._away_since:.0f} s ({error}). Nothing is lost:"
                " go on with -a job=… when it is back."
            ) from error
        await asyncio.sleep(delay)

    async def arrival(self, stream: str, last: str, seconds: float) -> None:
        """Returns when something was added to a stream after an entry, or after some time.

        On a connection of its own, since it blocks it. Says nothing of errors: who waits asks
        again, and hears of them then.
        """
        try:
            await self.client.xread({stream: last or "$"}, count=1, block=int(seconds * 1000))
        except (RedisError, OSError):
            await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Closes all connections."""
        await self.client.aclose()


def _params() -> dict[str, Any]:
    return {
        "max_connections": 6,
        "health_check_interval": 30,
        "socket_connect_timeout": 10,
        # Trying again is `patiently`'s: the client would do it without a word.
        "retry": Retry(NoBackoff(), 0),
    }


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def is_outage(error: BaseException) -> bool:
    """Whether trying the same again later can help."""
    if isinstance(error, _REFUSALS):
        return False
    if isinstance(error, ResponseError):
        return isinstance(error, _OUTAGES) or str(error).startswith(_PASSING)
    return isinstance(error, _OUTAGES)
