"""Workers' logs, read from their nodes in pieces: the memory is bounded, whatever their size."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from api.scrapyd import Scrapyd

PIECE = 262_144
"""Bytes that are in memory at once."""
A_LINE = 120
"""Bytes that a line has, about."""
LONGEST_TAIL = 2_000_000


async def tail(scrapyd: Scrapyd, spider: str, worker: UUID, lines: int) -> tuple[bytes, int]:
    """The last lines of a log, and where it ends.

    Raises:
        NodeError: it cannot be had.
    """
    _, ends = await scrapyd.log(spider, worker, 0, 1)
    if not ends or not lines:
        return b"", ends
    wanted = max(lines * A_LINE, 4_096)
    while True:
        begins = max(ends - min(wanted, LONGEST_TAIL), 0)
        text, _ = await scrapyd.log(spider, worker, begins, ends)
        if not begins or text.count(b"\n") > lines or wanted >= LONGEST_TAIL:
            break
        wanted *= 4
    kept = text.splitlines(keepends=True)
    if begins and len(kept) > 1:
        kept = kept[1:]  # its beginning is not there
    return b"".join(kept[-lines:]), ends


async def follow(
    scrapyd: Scrapyd,
    spider: str,
    worker: UUID,
    offset: int,
    is_over: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """What is added to a log, until its worker has ended; an empty piece where nothing came.

    Raises:
        NodeError: it cannot be had any more.
    """
    while True:
        was_over = await is_over()
        text, _ = await scrapyd.log(spider, worker, offset, offset + PIECE)
        if text:
            offset += len(text)
            yield text
        elif was_over:
            return
        else:
            yield b""
