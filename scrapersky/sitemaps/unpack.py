"""Compressed sitemaps, unpacked as they come. What they are is told by their first bytes."""

import zlib
from collections.abc import Iterator

from scrapersky.sitemaps.entries import Problem
from scrapersky.sitemaps.findings import Findings

PIECE = 256 * 1024
"""Bytes that are unpacked at once: a bomb grows no further in memory."""

_MAGIC = b"\x1f\x8b\x08"  # RFC 1952, with the only method that it names
_GZIP = zlib.MAX_WBITS | 16
_DEPTH = 3  # gzip in gzip is a known fault of servers; more is an attack


class Unpacker:
    """Bytes in, bytes out; gzip unpacked, several members and gzip in gzip too.

    Damaged data yield all that stands before the damage.
    """

    def __init__(self, findings: Findings, limit: int, depth: int = 0) -> None:
        self._findings = findings
        self._room = limit
        self._depth = depth
        self._head: bytes | None = b""
        self._inner: Unpacker | None = None
        self._stream: zlib._Decompress | None = None
        self.is_gzip = False
        self.is_over = False
        """Nothing that comes from now on is read."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes are unpacked to, in pieces that are never empty."""
        if self._head is not None:
            self._head += data
            if len(self._head) < len(_MAGIC):
                return
            data = self._begin()
        yield from self._pass(data)

    def close(self) -> Iterator[bytes]:
        """What is left."""
        if self._head is not None:
            yield from self._pass(self._begin())
        if self._stream is not None and not self._stream.eof and not self.is_over:
            self._findings.add(Problem.TRUNCATED)
        if self._inner is not None:
            yield from self._inner.close()

    def _begin(self) -> bytes:
        head, self._head = self._head or b"", None
        if head.startswith(_MAGIC) and self._depth < _DEPTH:
            self.is_gzip = True
            self._stream = zlib.decompressobj(_GZIP)
            self._inner = Unpacker(self._findings, self._room, self._depth + 1)
        return head

    def _pass(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            yield from self._bounded(data)
            return
        for piece in self._unpacked(data):
            for bounded in self._bounded(piece):
                yield from self._inner.feed(bounded)
            if self._inner.is_over:
                self.is_over = True
                return

    def _bounded(self, data: bytes) -> Iterator[bytes]:
        if self.is_over or not data:
            return
        if len(data) > self._room:
            self._findings.add(Problem.BYTES_LIMIT)
            self.is_over = True
            data = data[: self._room]
        self._room -= len(data)
        if data:
            yield data

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        while data and not self.is_over and self._stream is not None:
            if self._stream.eof:
                data = self._next_member(data)
                continue
            before = self._stream.copy()
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error:
                yield from _salvaged(before, data)
                self._findings.add(Problem.BAD_GZIP)
                self.is_over = True
                return
            data = self._stream.unconsumed_tail or self._stream.unused_data
            if piece:
                yield piece

    def _next_member(self, data: bytes) -> bytes:
        # A padding of zeros is legal behind the last member.
        rest = data.lstrip(b"\0")
        if rest and not _MAGIC.startswith(rest[: len(_MAGIC)]):
            self._findings.add(Problem.GZIP_JUNK)
            self.is_over = True
            return b""
        if rest:
            self._stream = zlib.decompressobj(_GZIP)
        return rest


def _salvaged(stream: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """What `data` hold before the fault, which `decompress` drops along with what is good."""
    try:
        for start in range(len(data)):
            rest = data[start : start + 1]
            while rest:
                piece = stream.decompress(rest, PIECE)
                rest = stream.unconsumed_tail
                if piece:
                    yield piece
    except zlib.error:
        return
