"""The ways in which sites of the real web answer badly, late or not at all."""

import asyncio
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from scrapersky.demo.exchange import Exchange
from scrapersky.demo.response import Response, page

MEGABYTE = 1_000_000
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Behaviour(Protocol):
    """What a path does instead of answering with bytes that are ready."""

    async def answer(self, exchange: Exchange) -> None:
        """Sends something, nothing, or ends the connection."""


Answer = Response | Behaviour


async def give(answer: Answer, exchange: Exchange) -> None:
    """Answers with a response as with a behaviour."""
    if isinstance(answer, Response):
        await exchange.send(answer.wire)
        return
    await answer.answer(exchange)


@dataclass(frozen=True)
class Hang:
    """Accepts the request and never answers."""

    async def answer(self, exchange: Exchange) -> None:
        await exchange.until_client_leaves()


@dataclass(frozen=True)
class Slow:
    """Thinks for a while, then answers."""

    seconds: float
    then: Answer

    async def answer(self, exchange: Exchange) -> None:
        await asyncio.sleep(self.seconds)
        await give(self.then, exchange)


@dataclass(frozen=True)
class Drip:
    """Sends a byte, waits, sends the next."""

    response: Response
    seconds: float = 1.0

    async def answer(self, exchange: Exchange) -> None:
        for byte in self.response.wire:
            await exchange.send(bytes((byte,)))
            await asyncio.sleep(self.seconds)


@dataclass(frozen=True)
class Close:
    """Closes the connection in good order, without a word."""

    async def answer(self, exchange: Exchange) -> None:
        exchange.close()


@dataclass(frozen=True)
class Reset:
    """Resets the connection: at once, or after a part of a body that was to be longer."""

    part: bytes = b""

    async def answer(self, exchange: Exchange) -> None:
        if self.part:
            await exchange.send(Response(200, HTML).head(len(self.part) + 1) + self.part)
        exchange.reset()


@dataclass(frozen=True)
class Truncate:
    """Promises more bytes than it sends, then closes."""

    response: Response
    missing: int = 1000

    async def answer(self, exchange: Exchange) -> None:
        body = self.response.body
        await exchange.send(self.response.head(len(body) + self.missing) + body)
        exchange.close()


@dataclass(frozen=True)
class Garbage:
    """Speaks, but not HTTP."""

    data: bytes = b"\x16\x00gurgle gurgle\x00\xff\xfe 42\r\nsplash\r\n\r\n"

    async def answer(self, exchange: Exchange) -> None:
        await exchange.send(self.data)
        exchange.close()


@dataclass(frozen=True)
class Redirect:
    """Sends elsewhere. `{scheme}`, `{host}` and `{target}` stand for the request's own."""

    location: str
    status: int = 301

    async def answer(self, exchange: Exchange) -> None:
        request = exchange.request
        location = self.location.format(
            scheme=request.scheme, host=request.host, target=request.target
        )
        await exchange.send(Response(self.status, {"Location": location}).wire)


@dataclass(frozen=True)
class Unless:
    """Says 304 to who has the response already, by its ETag or its Last-Modified."""

    response: Response

    async def answer(self, exchange: Exchange) -> None:
        request, headers = exchange.request, self.response.headers
        has_it = (request.if_none_match, request.if_modified_since) == (
            headers.get("ETag", ""),
            headers.get("Last-Modified", ""),
        )
        is_known = has_it and {"ETag", "Last-Modified"} & set(headers)
        await exchange.send(Response(304, headers).head(0) if is_known else self.response.wire)


@dataclass(frozen=True)
class PerScheme:
    """Answers one way over plain HTTP and another over TLS."""

    http: Answer
    https: Answer

    async def answer(self, exchange: Exchange) -> None:
        await give(self.https if exchange.request.scheme == "https" else self.http, exchange)


@dataclass(frozen=True)
class Huge:
    """Streams megabytes of a page, for as long as the client takes them."""

    megabytes: int
    declared: bool = True
    """Whether Content-Length gives the size away before the first byte."""

    async def answer(self, exchange: Exchange) -> None:
        block = (b"<p>" + b"and so on, " * 9_090).ljust(MEGABYTE // 10)
        length = {"Content-Length": str(self.megabytes * MEGABYTE)}
        head = Response(200, {**HTML, "Connection": "close", **length}).head(0)
        if not self.declared:
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        await exchange.send(head)
        for _ in range(self.megabytes * 10):
            await exchange.send(block)
            await asyncio.sleep(0)  # else asyncio does not notice between blocks who has left
        exchange.close()


@dataclass(frozen=True)
class GzipBomb:
    """A small answer that unpacks to a large one. It is made when it is first asked for."""

    megabytes: int = 50

    async def answer(self, exchange: Exchange) -> None:
        await exchange.send(self._response.wire)

    @cached_property
    def _response(self) -> Response:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = b"".join(packer.compress(b" " * MEGABYTE) for _ in range(self.megabytes))
        return Response(200, {**HTML, "Content-Encoding": "gzip"}, packed + packer.flush())


@dataclass(frozen=True)
class BadGzip:
    """Says gzip and sends something that never was."""

    async def answer(self, exchange: Exchange) -> None:
        body = b"\x1f\x8b\x08\x00 this was a page before somebody sat on it"
        await exchange.send(Response(200, {**HTML, "Content-Encoding": "gzip"}, body).wire)


@dataclass
class FailFirst:
    """Fails for the first requests and is well afterwards: what later passes are for."""

    count: int
    then: Answer
    failure: Answer = field(default_factory=lambda: page("<h1>Back in a moment", status=503))
    seen: int = field(default=0, init=False)

    async def answer(self, exchange: Exchange) -> None:
        self.seen += 1
        await give(self.failure if self.seen <= self.count else self.then, exchange)
