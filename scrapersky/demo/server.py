"""One loopback server that is all hosts of a web, told apart by the Host header and SNI."""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple, Self

from scrapersky.demo.certificate import server_context
from scrapersky.demo.exchange import Exchange
from scrapersky.demo.request import MAX_HEAD, Request, parse_request
from scrapersky.demo.response import page
from scrapersky.demo.site import Web

BACKLOG = 4096
TLS_TIMEOUT = 10.0
BAD_REQUEST = page("<h1>GET and HEAD over HTTP/1.1 only", status=400).wire

# A fatal handshake_failure: https://www.rfc-editor.org/rfc/rfc8446#section-6
TLS_ALERT = b"\x15\x03\x03\x00\x02\x02\x28"

Serve = Callable[[StreamReader, StreamWriter], Awaitable[None]]


class LoggedRequest(NamedTuple):
    """A line of the access log."""

    time: float
    """Seconds since 1970."""

    scheme: str
    host: str
    path: str
    """With the query, as it was sent."""

    user_agent: str


class DemoServer:
    """Serves a web for as long as its `async with` lasts. Port 0 lets the kernel choose."""

    def __init__(
        self,
        web: Web,
        *,
        host: str = "127.0.0.1",
        http_port: int = 0,
        https_port: int = 0,
        log_requests: bool = True,
    ) -> None:
        self.web = web
        self.host = host
        self.http_port = http_port
        self.https_port = https_port
        self.closed_port = 0
        self.broken_port = 0
        self.requests: list[LoggedRequest] = []
        self._log_requests = log_requests
        self._connections: dict[asyncio.Task[None], StreamWriter] = {}
        self._resources = contextlib.AsyncExitStack()

    @property
    def connect_to(self) -> str:
        """The value of SCRAPERSKY_CONNECT_TO that leads a crawler here."""
        ports = (self.http_port, self.https_port, self.closed_port, self.broken_port)
        return ",".join(self.web.rules(*(f"{self.host}:{port}" for port in ports)))

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            self.closed_port = stack.enter_context(_reserved(self.host)).getsockname()[1]
            stack.push_async_callback(self._disconnect)
            plain, secure = partial(self._serve, "http"), partial(self._serve, "https")
            tls = server_context()
            self.http_port = await self._listen(stack, plain, self.http_port)
            self.https_port = await self._listen(stack, secure, self.https_port, tls)
            self.broken_port = await self._listen(stack, self._fail_handshake, 0)
            self._resources = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resources.aclose()

    async def _listen(
        self,
        stack: contextlib.AsyncExitStack,
        serve: Serve,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> int:
        timeouts = {"ssl_handshake_timeout": TLS_TIMEOUT, "ssl_shutdown_timeout": TLS_TIMEOUT}
        server = await asyncio.start_server(
            partial(self._accept, serve),
            self.host,
            port,
            limit=MAX_HEAD,
            backlog=BACKLOG,
            ssl=tls,
            **(timeouts if tls else {}),
        )
        # A handshake that is under way has no task yet; Python 3.13 can end it all the same.
        stack.callback(getattr(server, "abort_clients", server.close))
        stack.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    def _accept(self, serve: Serve, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._hold(serve, reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)

    async def _disconnect(self) -> None:
        tasks = list(self._connections)
        for task, writer in self._connections.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket in the loop's next turn

    async def _hold(self, serve: Serve, reader: StreamReader, writer: StreamWriter) -> None:
        # A client that leaves, at whatever moment, is no event of interest.
        with contextlib.suppress(OSError):
            await serve(reader, writer)
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()

    async def _serve(self, scheme: str, reader: StreamReader, writer: StreamWriter) -> None:
        while await self._serve_one(scheme, reader, writer):
            pass

    async def _fail_handshake(self, reader: StreamReader, writer: StreamWriter) -> None:
        # By hand: asyncio drops the alert of a handshake that fails, and closes without a word.
        await reader.read(1)
        writer.write(TLS_ALERT)
        writer.write_eof()
        while await reader.read(65_536):
            pass

    async def _serve_one(self, scheme: str, reader: StreamReader, writer: StreamWriter) -> bool:
        """Answers the next request; False when there is to be no other."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return False
        request = parse_request(head, scheme)
        if request is None:
            writer.write(BAD_REQUEST)
            return False
        if self._log_requests:
            self._log(request)
        if self.web.latency:
            await asyncio.sleep(self.web.latency)
        await self._answer(Exchange(request, reader, writer))
        return request.keep_alive and not writer.is_closing()

    async def _answer(self, exchange: Exchange) -> None:
        answer = self.web.find(exchange.request)
        if not isinstance(answer, bytes):
            await answer.answer(exchange)
            return
        if exchange.request.method == "HEAD":
            answer = answer[: answer.index(b"\r\n\r\n") + 4]
        await exchange.send(answer)

    def _log(self, request: Request) -> None:
        line = (request.scheme, request.host, request.target, request.user_agent)
        self.requests.append(LoggedRequest(time.time(), *line))


class DemoServerThread:
    """A DemoServer for callers without an event loop: `with` runs it on one of its own."""

    def __init__(
        self,
        web: Web,
        *,
        host: str = "127.0.0.1",
        http_port: int = 0,
        https_port: int = 0,
        log_requests: bool = True,
    ) -> None:
        self._server = DemoServer(
            web, host=host, http_port=http_port, https_port=https_port, log_requests=log_requests
        )
        self._stop = asyncio.Event()
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, name="demo-server", daemon=True)

    @property
    def web(self) -> Web:
        return self._server.web

    @property
    def host(self) -> str:
        return self._server.host

    @property
    def http_port(self) -> int:
        return self._server.http_port

    @property
    def https_port(self) -> int:
        return self._server.https_port

    @property
    def closed_port(self) -> int:
        return self._server.closed_port

    @property
    def broken_port(self) -> int:
        return self._server.broken_port

    @property
    def connect_to(self) -> str:
        return self._server.connect_to

    @property
    def requests(self) -> list[LoggedRequest]:
        """A copy: the log grows while it is read."""
        return self._server.requests.copy()

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.result()
        return self

    def __exit__(self, *_: object) -> None:
        self._started.result().call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)  # it is raised again in the caller's thread

    async def _serve(self) -> None:
        async with self._server:
            self._started.set_result(asyncio.get_running_loop())
            await self._stop.wait()


def _reserved(host: str) -> socket.socket:
    """A port that nobody listens on, and that nobody else gets while the socket is open."""
    reserved = socket.socket()
    reserved.bind((host, 0))
    return reserved
