"""A job that ended is POSTed to whom it concerns: signed, tried again, recorded."""

import asyncio
import hmac
import logging
import time
from typing import Any

import httpx2
import orjson
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.jobs import counted
from api.posting import Poster
from scrapersky.config import get_config
from scrapersky.db import webhooks
from scrapersky.errors import ConfigError
from scrapersky.tokens import webhook_key

logger = logging.getLogger(__name__)

PAUSES = (10, 60, 300, 1_800, 7_200)
"""Seconds between the attempts: six in all, over two and a half hours."""
PATIENCE = 60.0
"""Seconds after which an attempt whose process died counts as none."""
AT_ONCE = 20


class Webhooks:
    """Deliveries, one round a tick."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._poster = Poster()
        self._at_work: set[asyncio.Task[None]] = set()

    async def deliver(self) -> None:
        """Begins with what is due. It does not wait for the answers."""
        async with self._sessions.begin() as session:
            await webhooks.plan(session)
            room = AT_ONCE - len(self._at_work)
            due = await webhooks.take_due(session, room, PATIENCE) if room > 0 else []
        for delivery, job in due:
            task = asyncio.create_task(self._attempt(delivery, job))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)

    async def close(self) -> None:
        """What is at work is tried again by whoever comes next."""
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)
        await self._poster.close()

    async def _attempt(self, delivery: RowMapping, job: RowMapping) -> None:
        number = delivery["attempts"]
        status, error = await self._post(delivery, job)
        next_in = PAUSES[number] if error is not None and number < len(PAUSES) else None
        async with self._sessions.begin() as session:
            await webhooks.record(
                session, delivery["id"], http_status=status, error=error, next_in=next_in
            )
        logger.info("Webhook of job %s, attempt %d: %s", job["id"], number + 1, error or status)

    async def _post(self, delivery: RowMapping, job: RowMapping) -> tuple[int | None, str | None]:
        body = orjson.dumps(_message(job))
        try:
            status = await self._poster.post(
                job["webhook_url"],
                body,
                _headers(str(delivery["id"]), body),
                allow_private=get_config().webhook_private,
            )
        except (httpx2.HTTPError, httpx2.InvalidURL, ConfigError, OSError, ValueError) as error:
            return None, " ".join(str(error).split())[:300] or type(error).__name__
        return status, None if status < 300 else f"It answered {status}."


def _message(job: RowMapping) -> dict[str, Any]:
    return {
        "event": "job.ended",
        "job_id": str(job["id"]),
        "spider": job["spider"],
        "state": job["state"],
        "reason": job["reason"],
        "targets": counted(job),
        "started_at": job["started_at"],
        "ended_at": job["ended_at"],
    }


def _headers(delivery: str, body: bytes) -> dict[str, str]:
    now = str(int(time.time()))
    signed = hmac.digest(webhook_key(get_config()), f"{now}.".encode() + body, "sha256").hex()
    return {
        "Content-Type": "application/json",
        "User-Agent": "ScraperSky",
        "X-ScraperSky-Delivery": delivery,
        "X-ScraperSky-Signature": f"t={now},v1={signed}",
    }
