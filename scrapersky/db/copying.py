"""Rows in the binary format of COPY: https://www.postgresql.org/docs/current/sql-copy.html.

psycopg makes the same from Python values one by one; most of a page's fields are the same as those
of the page before, so here they are made once.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_count = struct.Struct("!h").pack
length = struct.Struct("!i").pack
"""The number of bytes that follow."""
_integer = struct.Struct("!ii").pack
_real = struct.Struct("!if").pack
_time = struct.Struct("!iq").pack


def row_start(fields: int) -> bytes:
    """What begins a row of so many fields."""
    return _count(fields)


def raw(value: bytes) -> bytes:
    """A field of bytes: a text, a UUID."""
    return length(len(value)) + value


def integer(value: int) -> bytes:
    """A field of the type integer."""
    return _integer(4, value)


def real(value: float) -> bytes:
    """A field of the type real."""
    return _real(4, value)


def timestamptz(value: datetime) -> bytes:
    """A field of the type timestamptz: microseconds since 2000."""
    since = value - _EPOCH
    return _time(8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def document(rows: Iterable[bytes]) -> bytes:
    """What COPY reads."""
    return b"".join((HEADER, *rows, TRAILER))
