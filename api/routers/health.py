"""Whether the API lives, and whether all that it needs does. Without a token."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from scrapersky.db.schema import HEAD
from scrapersky.errors import ScraperSkyError
from scrapersky.frontier.server import RedisServer

router = APIRouter(tags=["health"])

PATIENCE = 5
"""Seconds that one check may take."""


@router.get("/health")
async def live() -> dict[str, str]:
    """Says that this process lives; it looks at nothing else."""
    return {"status": "ok"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Database, migrations, Redis and nodes: which is wrong, and what to do about it."""
    state = request.app.state
    names = ("database", "redis", "nodes")
    results = await asyncio.gather(
        _bounded(_database(state)), _bounded(_redis()), _bounded(_nodes(state))
    )
    checks = dict(zip(names, results, strict=True))
    is_ready = all(check["ok"] for check in results)
    return JSONResponse(
        {"status": "ok" if is_ready else "unavailable", "checks": checks}, 200 if is_ready else 503
    )


async def _bounded(check: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    try:
        return await asyncio.wait_for(check, PATIENCE)
    except TimeoutError:
        return _wrong(f"It did not answer within {PATIENCE} s.")


async def _database(state: Any) -> dict[str, Any]:
    try:
        async with state.sessions() as session:
            found = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except (SQLAlchemyError, OSError) as error:
        reason = " ".join(str(getattr(error, "orig", error)).split())[:300]
        return _wrong(f"{reason} Check DATABASE_URL and that the server runs.")
    if found != HEAD:
        return _wrong(f"It is at migration {found}, not {HEAD}: run `scrapersky db upgrade`.")
    return {"ok": True, "migration": found}


async def _redis() -> dict[str, Any]:
    server = RedisServer.configured()
    if server is None:
        return {"ok": True, "configured": False}
    try:
        await server.check()
    except (ScraperSkyError, RedisError, OSError) as error:
        return _wrong(f"{error}")
    finally:
        await server.close()
    return {"ok": True, "configured": True}


async def _nodes(state: Any) -> dict[str, Any]:
    found = await state.nodes.look()
    away = [str(node.error) for node in found if node.error]
    if found and len(away) == len(found):
        return _wrong(f"{' '.join(away)} Start one: `scrapersky node`, or check SCRAPERSKY_NODES.")
    return {"ok": True, "reachable": len(found) - len(away), "unreachable": away}


def _wrong(what: str) -> dict[str, Any]:
    return {"ok": False, "error": what}
