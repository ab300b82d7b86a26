"""Bodies of requests: read in pieces, bounded, onto the disk."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from starlette.requests import ClientDisconnect, Request

from scrapersky.errors import InputError, TooLargeError

JSON_LIMIT = 32_000_000
"""Bytes of a JSON document, which is in memory as a whole: about a million domains."""
LIST_LIMIT = 2_000_000_000
"""Bytes of a list, which is read line by line."""
_SCHEMAS = "#/components/schemas"
LIST_BODIES: dict[str, Any] = {
    "text/plain": {
        "schema": {"$ref": f"{_SCHEMAS}/DomainLines"},
        "example": "example.com\nexample.org\n",
    },
    "text/csv": {"schema": {"$ref": f"{_SCHEMAS}/DomainCsv"}, "example": "domain\nexample.com\n"},
    "application/gzip": {"schema": {"$ref": f"{_SCHEMAS}/DomainFile"}},
    "application/octet-stream": {"schema": {"$ref": f"{_SCHEMAS}/DomainFile"}},
}
"""How OpenAPI describes a list; api.openapi has the schemas."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body that was received."""

    path: Path
    size: int
    digest: str
    """SHA-256, in hexadecimal digits."""

    def keep(self, job_id: UUID, *, is_json: bool) -> Path:
        """Gives the file another name, under which it outlives the request. Returns that."""
        suffix = "json" if is_json else "list"
        return self.path.rename(self.path.with_name(f"job-{job_id}.{suffix}"))


def folder(home: Path) -> Path:
    """Where bodies are."""
    return home / "uploads"


def kept_bodies(home: Path) -> list[tuple[UUID, Path]]:
    """Those that outlived their requests, each with its job."""
    found = []
    for path in sorted(folder(home).glob("job-*")):
        with suppress(ValueError):  # whatever else somebody put there
            found.append((UUID(path.stem.removeprefix("job-")), path))
    return found


@asynccontextmanager
async def received(request: Request, folder: Path, limit: int) -> AsyncIterator[Body]:
    """Receives the body into a file, which goes at the end unless somebody renamed it.

    Raises:
        TooLargeError: it is longer than `limit` bytes.
        InputError: it broke off.
    """
    _refuse_early(request, limit)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=folder, prefix="body-", delete=False) as file:
        path = Path(file.name)
        try:
            async for part in _parts(request):
                size += len(part)
                if size > limit:
                    raise _too_large(limit)
                digest.update(part)
                file.write(part)
            file.flush()
            yield Body(path, size, digest.hexdigest())
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)


async def _parts(request: Request) -> AsyncIterator[bytes]:
    try:
        async for part in request.stream():
            yield part
    except ClientDisconnect:
        raise InputError("The body broke off before its end.") from None


def _refuse_early(request: Request, limit: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(
        f"The body is longer than {limit:,} bytes. Longer lists are sent as text/plain or"
        " text/csv, with the options in the query: POST /api/v3/jobs?spider=homepage."
    )
