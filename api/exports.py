"""Lists as files, sent while they are read: no more memory for a million rows than for a thousand.

A thousand rows are a transaction, and none is open while they are sent. What breaks off after the
answer has begun cannot be told by a status, so the connection is cut: what has no end is no file.
"""

import asyncio
import logging
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from io import RawIOBase
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Receive, Scope, Send

from api.contacts import ContactCriteria
from api.deps import Text
from api.domains import DomainCriteria
from api.pages import PageCriteria
from api.pieces import Sessions
from scrapersky.errors import InputError
from scrapersky.exports import PAGE, Fields, Format, export_file
from scrapersky.states import JobState

logger = logging.getLogger(__name__)

MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/x-ndjson",
    Format.PARQUET: "application/vnd.apache.parquet",
}
GZIP = 16 + zlib.MAX_WBITS
"""What makes zlib write gzip's header and checksum."""
LEVEL = 4
"""A tenth larger than the usual 6, in half the time."""

Rows = list[dict[str, Any]]
Read = Callable[[AsyncSession, UUID | None, int], Awaitable[Rows]]


class ExportOptions(BaseModel):
    """How the file is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Format = Field(default=Format.CSV, description="`parquet` has a row group for 10,000.")
    bom: bool = Field(default=False, description="A byte order mark before CSV, for Excel.")


class DomainExport(DomainCriteria, ExportOptions):
    """Domains as a file."""


class ContactExport(ContactCriteria, ExportOptions):
    """Contacts as a file."""


class PageExport(PageCriteria, ExportOptions):
    """Pages as a file."""


class JobExport(ExportOptions):
    """Jobs as a file."""

    state: JobState | None = None
    spider: Text | None = Field(default=None, max_length=100)


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be sent."""

    noun: str
    fields: Fields
    read: Read
    """The next rows after that id; fewer than asked for are the last."""
    options: ExportOptions

    async def respond(self, request: Request) -> StreamingResponse:
        """The answer. The first rows are read before it begins.

        Raises:
            InputError: it is not to be had in this format.
        """
        parts = _parts(request.app.state.sessions, self.read)
        first: Rows = await anext(parts, [])
        is_gzip = self.options.format != Format.PARQUET and accepts_gzip(request)
        body = self._body(first, parts, is_gzip=is_gzip)
        beginning = await anext(body)  # says what is wrong with the format, too
        headers = {"Content-Disposition": f'attachment; filename="{self._name}"'}
        if self.options.format != Format.PARQUET:
            headers["Vary"] = "Accept-Encoding"
        if is_gzip:
            headers["Content-Encoding"] = "gzip"
        return _Response(
            _with(beginning, body), headers=headers, media_type=MEDIA_TYPES[self.options.format]
        )

    @property
    def _name(self) -> str:
        return f"{self.noun}-{datetime.now(UTC):%Y-%m-%d}.{self.options.format}"

    async def _body(
        self, first: Rows, parts: AsyncGenerator[Rows, None], *, is_gzip: bool
    ) -> AsyncGenerator[bytes, None]:
        outlet = _Kept(is_gzip=is_gzip)
        count = 0
        try:
            async with aclosing(parts):
                file = export_file(
                    outlet,
                    self.options.format,
                    fields=self.fields,
                    bom=self.options.bom,
                )
                with file as out:
                    yield outlet.taken()
                    async for rows in _with(first, parts):
                        count += len(rows)
                        # Not in the event loop: others wait for it.
                        await asyncio.to_thread(out.write, rows)
                        if data := outlet.taken():
                            yield data
                yield outlet.last()
        except InputError:
            raise
        except Exception as error:
            logger.warning("An export of %s broke off after %d: %r", self.noun, count, error)
            raise


class _Kept(RawIOBase):
    """Keeps what is written until it is taken."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._packer = zlib.compressobj(LEVEL, wbits=GZIP) if is_gzip else None
        self._written = bytearray()
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self._size += size
        self._written += data if self._packer is None else self._packer.compress(data)
        return size

    def tell(self) -> int:
        return self._size

    def taken(self) -> bytes:
        """What was written since the last time."""
        data, self._written = bytes(self._written), bytearray()
        return data

    def last(self) -> bytes:
        """The same at the end."""
        if self._packer is not None:
            self._written += self._packer.flush()
        return self.taken()


class _Response(StreamingResponse):
    """Lets go of everything when its client does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = self.body_iterator
        assert isinstance(body, AsyncGenerator)  # noqa: S101 - it was made so
        async with aclosing(body):
            await super().__call__(scope, receive, send)


async def _parts(sessions: Sessions, read: Read) -> AsyncGenerator[Rows, None]:
    after: UUID | None = None
    while True:
        async with sessions.begin() as session:
            rows = await read(session, after, PAGE)
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


async def _with(first: Any, rest: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    async with aclosing(rest):
        if first:
            yield first
        async for each in rest:
            yield each


def accepts_gzip(request: Request) -> bool:
    """By `Accept-Encoding`: https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {"gzip", "x-gzip"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
