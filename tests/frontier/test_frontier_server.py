"""The client's patience, and what it refuses."""

import asyncio
import time
from functools import partial

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, ResponseError
from scrapy.settings import Settings

from benchmarks.redis_server import RedisServerProcess
from scrapersky.config import get_config
from scrapersky.errors import ConfigError, FrontierError, RedisGoneError
from scrapersky.frontier.server import RedisServer, is_outage


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (RedisConnectionError("refused"), True),
        (ReadOnlyError("a replica"), True),
        (OSError("no route"), True),
        (ResponseError("MASTERDOWN Link with MASTER is down"), True),
        (ResponseError("WRONGTYPE"), False),
        (ValueError("ours"), False),
    ],
)
def test_what_passes(error: Exception, *, passes: bool) -> None:
    assert is_outage(error) is passes


def settings(url: str) -> Settings:
    return Settings({"REDIS_URL": url, "REDIS_PARAMS": {"redis_cls": "redis.asyncio.Redis"}})


def test_not_configured() -> None:
    assert RedisServer.from_settings(Settings({"REDIS_URL": None})) is None


@pytest.mark.parametrize("url", ["http://redis:6379", "redis", "redis://h:port/0"])
def test_bad_urls(url: str) -> None:
    with pytest.raises(ConfigError, match="REDIS_URL cannot be used"):
        RedisServer.from_settings(settings(url))


async def test_a_server_that_dies_and_comes_back(own_redis: partial[RedisServerProcess]) -> None:
    process = own_redis("--appendonly", "yes", "--appendfsync", "always")
    server = RedisServer(Redis.from_url(process.url))
    arguments = ("job", "worker", 1000, 0, 0, "epoch", 0)
    keys = ("s", "l", "m", "d")
    assert (await server.run("exchange", keys, arguments))[0] == b"epoch"
    process.kill()
    again = asyncio.ensure_future(server.run("exchange", keys, (*arguments[:5], "other", 0)))
    while not server.is_away:  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0.01)
    process.start()
    # It has its script no more, but its append-only file.
    assert (await again)[0] == b"epoch"
    assert not server.is_away
    assert server.back_at <= time.monotonic()
    await server.close()


async def test_a_server_that_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRAPERSKY_REDIS_OUTAGE_LIMIT", "0.2")
    get_config.cache_clear()
    server = RedisServer(Redis.from_url("redis://127.0.0.1:1/0"))
    with pytest.raises(RedisGoneError, match="go on with -a job="):
        await server.run("listen", ("k",), ("t", 1))
    with pytest.raises(ConfigError, match="Check REDIS_URL"):
        await server.check()
    await server.close()
    get_config.cache_clear()


async def test_passwords(own_redis: partial[RedisServerProcess]) -> None:
    process = own_redis("--requirepass", "secret")
    right = RedisServer.from_settings(settings(process.url.replace("//", "//:secret@")))
    assert right is not None
    await right.check()
    assert await right.run("listen", ("k",), ("t", 1000)) == 1
    await right.close()
    wrong = RedisServer.from_settings(settings(process.url.replace("//", "//:guess@")))
    assert wrong is not None
    with pytest.raises(ConfigError) as caught:
        await wrong.check()
    assert "guess" not in str(caught.value)
    with pytest.raises(FrontierError, match="refuses"):
        await wrong.run("listen", ("k",), ("t", 1000))
    await wrong.close()
