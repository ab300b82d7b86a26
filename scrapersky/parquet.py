"""Parquet files, by pyarrow, which is an extra: `pip install 'scrapersky[parquet]'`."""

from collections.abc import Callable, Iterable
from typing import Any

from scrapersky.errors import InputError
from scrapersky.exports import Fields, Kind, Outlet, Row, json_bytes

try:
    import pyarrow as pa
    from pyarrow import parquet
except ImportError as error:
    raise InputError(
        "Parquet needs pyarrow, which is not installed: pip install 'scrapersky[parquet]'."
    ) from error

GROUP = 10_000
"""Rows of a row group, which is in memory as a whole."""

_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.REAL: pa.float32(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.TEXTS: pa.list_(pa.string()),
    Kind.JSON: pa.string(),
}
_MADE: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: str,
    Kind.JSON: lambda value: json_bytes(value).decode(),
}


class ParquetFile:
    """A column a field; JSON stands in texts. It is one only after `close`."""

    def __init__(self, stream: Outlet, fields: Fields) -> None:
        self._fields = fields
        self._waiting: list[Row] = []
        # An allocator of its own would keep what it has once taken.
        pa.set_memory_pool(pa.system_memory_pool())
        schema = pa.schema([(name, _TYPES[kind]) for name, kind in fields.items()])
        self._schema = schema
        self._sink = _Sink(stream)
        self._writer = parquet.ParquetWriter(self._sink, schema, compression="zstd")

    def write(self, rows: Iterable[Row]) -> None:
        """Writes them behind those that are there."""
        self._waiting += rows
        if len(self._waiting) >= GROUP:
            self._flush()

    def close(self) -> None:
        """Ends the file."""
        if self._waiting:
            self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Leaves the file without an end, so that nobody takes it for a whole one."""
        self._sink.is_shut = True

    def _flush(self) -> None:
        columns = [
            pa.array(self._column(name, kind), _TYPES[kind]) for name, kind in self._fields.items()
        ]
        self._writer.write_batch(pa.record_batch(columns, schema=self._schema))
        self._waiting = []

    def _column(self, name: str, kind: Kind) -> list[Any]:
        made = _MADE.get(kind)
        if made is None:
            return [row[name] for row in self._waiting]
        return [None if row[name] is None else made(row[name]) for row in self._waiting]


class _Sink:
    """The stream, until it is shut: pyarrow ends a file even when its writer is thrown away."""

    closed = False

    def __init__(self, stream: Outlet) -> None:
        self._stream = stream
        self.is_shut = False

    def write(self, data: bytes) -> int:
        """Writes to the stream, or to nowhere."""
        if not self.is_shut:
            self._stream.write(data)
        return len(data)

    def flush(self) -> None:
        """The stream is not ours."""

    def close(self) -> None:
        """The stream is not ours."""
