"""Jobs as they go: events, and what a worker writes to its log."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse

from api.deps import Id, Session
from api.errors import problems
from api.jobs import counted
from api.logs import follow, tail
from api.pulse import Pulse
from scrapersky.db import jobs, reports
from scrapersky.states import JOB_TRANSITIONS, JobState

router = APIRouter(tags=["jobs"])

KEEPALIVE = 10.0
"""Seconds without news after which a comment is sent, so that proxies do not hang up."""
LONGEST = 3_600.0
"""Seconds of one stream; a client that wants more asks again."""
MOST_STREAMS = 500
_ENDED = frozenset({JobState.FAILED, *(s for s, after in JOB_TRANSITIONS.items() if not after)})
"""Nothing more comes by itself."""


EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events.",
        "content": {
            "text/event-stream": {
                # As OpenAPI 3.2 describes a stream: one event.
                "itemSchema": {
                    "type": "object",
                    "properties": {
                        "event": {"enum": ["progress", "end"]},
                        "data": {"type": "string", "contentMediaType": "application/json"},
                    },
                },
                "example": "event: progress\ndata: {"
                '"job_id":"01932f5e-6f3c-7c1a-9d0e-3b1f5a2c4d6e","state":"running","reason":null,'
                '"targets":{"total":2,"completed":1,"error":0,"left":1}}\n\n',
            }
        },
    }
}
LOG: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines of the log.",
        "content": {
            "text/plain": {
                "schema": {"type": "string"},
                "example": "2026-03-01 09:30:00 [scrapy.core.engine] INFO: Spider opened\n",
            }
        },
    }
}


@router.get("/jobs/{job_id}/events", response_class=StreamingResponse, responses=EVENTS)
async def events(request: Request, session: Session, job_id: Id) -> StreamingResponse:
    """Server-sent events: `progress` at each change, two seconds old at most; `end` at the end."""
    async with session.begin():
        await jobs.get(session, job_id)
    await session.close()  # a stream holds no connection
    pulse: Pulse = request.app.state.pulse
    if pulse.streams >= MOST_STREAMS:
        raise HTTPException(503, "Too many streams are open: ask for the status instead.")
    return StreamingResponse(
        _events(pulse, job_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(pulse: Pulse, job_id: Id) -> AsyncIterator[bytes]:
    pulse.watch(job_id)
    began = said_at = time.monotonic()
    said = b""
    try:
        while time.monotonic() - began < LONGEST:
            await pulse.beat()
            row = pulse.row(job_id)
            news = b"" if row is None or pulse.error else orjson.dumps(_news(row, pulse))
            now = time.monotonic()
            if news and news != said:
                said, said_at = news, now
                yield b"event: progress\ndata: " + news + b"\n\n"
            elif now - said_at >= KEEPALIVE:
                said_at = now
                yield f": {pulse.error or 'nothing new'}\n\n".encode()
            if news and row is not None and row["state"] in _ENDED:
                yield b"event: end\ndata: " + news + b"\n\n"
                return
    finally:
        pulse.unwatch(job_id)


def _news(row: Any, pulse: Pulse) -> dict[str, Any]:
    return {
        "job_id": str(row["id"]),
        "state": row["state"],
        "reason": row["reason"],
        "targets": counted(row),
        **(pulse.progress(row["id"]) or {}),
    }


@router.get(
    "/jobs/{job_id}/log", response_class=StreamingResponse, responses={**LOG, **problems(502)}
)
async def log(
    request: Request,
    session: Session,
    job_id: Id,
    *,
    worker: Annotated[Id | None, Query(description="Without it: the newest.")] = None,
    lines: Annotated[int, Query(ge=0, le=10_000, description="How many of the last.")] = 200,
    follow_it: Annotated[bool, Query(alias="follow", description="And those that come.")] = False,
) -> StreamingResponse:
    """What a worker logged, from its node: the end of it, whatever its size."""
    async with session.begin():
        job = await jobs.get(session, job_id)
        row = await reports.newest_worker(session, job_id, worker)
    await session.close()
    if row is None:
        which = "no worker on a node" if worker is None else f"no worker {worker} on a node"
        raise HTTPException(404, f"Job {job_id} has had {which}: crawls by hand keep their log.")
    node = request.app.state.nodes.get(row["scrapyd"])
    if node is None:
        raise HTTPException(404, f"The node {row['scrapyd']} is not in SCRAPERSKY_NODES any more.")
    text, ends = await tail(node.scrapyd, job["spider"], row["id"], lines)
    more = follow(
        node.scrapyd, job["spider"], row["id"], ends, _is_over(request, job_id, row["id"])
    )
    parts = _joined(text, more) if follow_it else _joined(text, None)
    return StreamingResponse(parts, media_type="text/plain; charset=utf-8")


async def _joined(text: bytes, more: AsyncIterator[bytes] | None) -> AsyncIterator[bytes]:
    yield text
    if more is None:
        return
    began = time.monotonic()
    async for part in more:
        if part:
            yield part
        if time.monotonic() - began > LONGEST:
            return
        await asyncio.sleep(0 if part else 1.0)


def _is_over(request: Request, job_id: Id, worker_id: Id) -> Any:
    async def asked() -> bool:
        async with request.app.state.sessions.begin() as session:
            row = await reports.newest_worker(session, job_id, worker_id)
        return row is None or row["closed_at"] is not None

    return asked
