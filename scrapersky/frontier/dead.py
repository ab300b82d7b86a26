"""Messages that could not be used: kept for a person to look at."""

from datetime import UTC, datetime
from typing import Any

import orjson

from scrapersky.frontier.keys import DEAD_LETTERS, DEAD_LETTERS_KEPT
from scrapersky.frontier.server import RedisServer

SHOWN = 1_000
"""Characters that are kept of a message."""


async def dead_letter(
    server: RedisServer, job: str, message: str, reason: str, *, was_pushed: bool = False
) -> None:
    """Keeps a message that could not be used, and why.

    Args:
        server: where.
        job: the job's id.
        message: as it was.
        reason: why it could not be used.
        was_pushed: whether it came by the feed, and could come that way again.
    """
    letter = orjson.dumps(
        {
            "at": datetime.now(UTC),
            "job": job,
            "feed": was_pushed,
            "reason": reason,
            "message": message.encode("utf-8", "replace")[:SHOWN].decode("utf-8", "replace"),
        }
    )
    await server.patiently(lambda: _push(server, letter))


async def _push(server: RedisServer, letter: bytes) -> None:
    async with server.client.pipeline(transaction=True) as both:
        both.lpush(DEAD_LETTERS, letter)
        both.ltrim(DEAD_LETTERS, 0, DEAD_LETTERS_KEPT - 1)
        await both.execute()


def read_letter(raw: bytes) -> dict[str, Any]:
    """A letter as it is shown. Whatever stands in the list, this does not fail."""
    try:
        letter = orjson.loads(raw)
    except orjson.JSONDecodeError:
        letter = None
    if isinstance(letter, dict):
        return {str(name): value for name, value in letter.items()}
    return {"reason": "not a letter of ours", "message": raw[:SHOWN].decode("utf-8", "replace")}
