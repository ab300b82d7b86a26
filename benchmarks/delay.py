"""A TCP proxy that makes a server seem further away."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress


@contextmanager
def delayed(port: int, seconds: float) -> Iterator[int]:
    """A port on loopback that leads to another one, with so much more from question to answer."""
    started: Future[tuple[int, asyncio.AbstractEventLoop]] = Future()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_serve(port, seconds, started, stop)), daemon=True
    )
    thread.start()
    here, loop = started.result()
    yield here
    loop.call_soon_threadsafe(stop.set)
    thread.join()


async def _serve(
    port: int,
    seconds: float,
    started: "Future[tuple[int, asyncio.AbstractEventLoop]]",
    stop: asyncio.Event,
) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_copy(reader, back, seconds / 2), _copy(there, writer, seconds / 2))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    started.set_result((server.sockets[0].getsockname()[1], asyncio.get_running_loop()))
    await stop.wait()
    server.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while chunk := await reader.read(65_536):
            # What follows is read meanwhile: this is latency, not a narrow line.
            loop.call_later(seconds, writer.write, chunk)
    loop.call_later(seconds, writer.close)
