"""The client's patience, and what it refuses."""

import asyncio
import ssl
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from certificates import write_self_signed
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
    arguments = ("job", "worker", 1000, 0, 0, "epoch", "")
    keys = ("s", "l", "m", "d")
    assert (await server.run("exchange", keys, arguments))[0] == b"epoch"
    process.kill()
    again = asyncio.ensure_future(server.run("exchange", keys, (*arguments[:5], "other", "")))
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


@asynccontextmanager
async def tls_in_front(port: int, identity: Path) -> AsyncIterator[int]:
    """What many managed servers have: who ends TLS, before a server that knows nothing of it.

    The wheels' servers are built without TLS.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)

    async def accept(reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(copy(reader, back), copy(there, writer))

    async def copy(reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65_536):
                writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(accept, "localhost", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_tls(own_redis: partial[RedisServerProcess], tmp_path: Path) -> None:
    process = own_redis("--requirepass", "secret")
    pem = tmp_path / "redis.pem"
    write_self_signed(pem, "localhost")
    async with tls_in_front(process.port, pem) as port:
        url = f"rediss://:secret@localhost:{port}/0"
        trusting = RedisServer.from_settings(settings(f"{url}?ssl_ca_certs={pem}"))
        assert trusting is not None
        await trusting.check()
        assert await trusting.run("listen", ("k",), ("t", 1000)) == 1
        await trusting.close()
        suspicious = RedisServer.from_settings(settings(url))
        assert suspicious is not None
        with pytest.raises(ConfigError, match=r"certificate"):
            await suspicious.check()
        await suspicious.close()
