"""Bodies that are read bit by bit: in a file as soon as they are long.

Scrapy keeps a body in memory as a whole, and hundreds of visits may each have one of many
megabytes.
"""

import hashlib
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from scrapy import Request

SPOOL = "spool"
"""Key of a request's meta: spool the answer's body."""
IN_MEMORY = 262_144
"""Bytes of a body that need no file."""
CHUNK = 16_384
"""Bytes that are read at once. Compressed they may stand for a thousand times as many."""
_BODY = "spooled_body"


class Spool:
    """A body. To Scrapy it is the buffer into which it writes."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - who reads it closes it
        self._digest = hashlib.sha256()
        self.size = 0
        """Bytes."""

    def write(self, data: bytes) -> None:
        """Takes the next part."""
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def getvalue(self) -> bytes:
        """What Scrapy takes for the body."""
        return b""

    @property
    def digest(self) -> bytes:
        """SHA-256 of the body."""
        return self._digest.digest()

    def chunks(self) -> Iterator[bytes]:
        """The body, from its beginning."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK):
            yield chunk

    def clear(self) -> None:
        """Forgets what it has."""
        self.close()
        self._begin()

    def close(self) -> None:
        """Gives memory and file back."""
        self._file.close()


def spooled_body(request: Request) -> Spool:
    """The body of the answer to a request that asked for it."""
    if _BODY not in request.meta:  # Scrapy reads no body where Content-Length is 0
        request.meta[_BODY] = Spool()
    body: Spool = request.meta[_BODY]
    return body


def spool_body(txresponse: Any, request: Request) -> None:
    """Makes Twisted deliver to a spool what it would deliver to Scrapy's buffer."""
    deliver: Callable[[Any], None] = txresponse.deliverBody

    def deliver_to_spool(reader: Any) -> None:
        request.meta[_BODY] = reader._bodybuf = Spool()  # noqa: SLF001 - Scrapy has no other way
        deliver(reader)

    txresponse.deliverBody = deliver_to_spool
