"""Whether the API lives, and whether all that it needs does. Without a token."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Request, Response
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.shapes import Alive, Check, Checks, Readiness
from scrapersky.db.schema import HEAD
from scrapersky.errors import ScraperSkyError
from scrapersky.frontier.server import RedisServer

router = APIRouter(tags=["health"])

PATIENCE = 5
"""Seconds that one check may take."""


@router.get("/health")
async def live() -> Alive:
    """Says that this process lives; it looks at nothing else."""
    return Alive()


@router.get(
    "/health/ready",
    response_model_exclude_none=True,
    responses={503: {"model": Readiness, "description": "Something is wrong; it says what."}},
)
async def ready(request: Request, response: Response) -> Readiness:
    """Database, migrations, Redis and nodes: which is wrong, and what to do about it."""
    state = request.app.state
    database, redis, nodes = await asyncio.gather(
        _bounded(_database(state)), _bounded(_redis()), _bounded(_nodes(state))
    )
    is_ready = database.ok and redis.ok and nodes.ok
    response.status_code = 200 if is_ready else 503
    return Readiness(
        status="ok" if is_ready else "unavailable",
        checks=Checks(database=database, redis=redis, nodes=nodes),
    )


async def _bounded(check: Awaitable[Check]) -> Check:
    try:
        return await asyncio.wait_for(check, PATIENCE)
    except TimeoutError:
        return _wrong(f"It did not answer within {PATIENCE} s.")


async def _database(state: Any) -> Check:
    try:
        async with state.sessions() as session:
            found = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except (SQLAlchemyError, OSError) as error:
        reason = " ".join(str(getattr(error, "orig", error)).split())[:300]
        return _wrong(f"{reason} Check DATABASE_URL and that the server runs.")
    if found != HEAD:
        return _wrong(f"It is at migration {found}, not {HEAD}: run `scrapersky db upgrade`.")
    return Check(ok=True, migration=found)


async def _redis() -> Check:
    server = RedisServer.configured()
    if server is None:
        return Check(ok=True, configured=False)
    try:
        await server.check()
    except (ScraperSkyError, RedisError, OSError) as error:
        return _wrong(f"{error}")
    finally:
        await server.close()
    return Check(ok=True, configured=True)


async def _nodes(state: Any) -> Check:
    found = await state.nodes.look()
    away = [str(node.error) for node in found if node.error]
    if found and len(away) == len(found):
        return _wrong(f"{' '.join(away)} Start one: `scrapersky node`, or check SCRAPERSKY_NODES.")
    return Check(ok=True, reachable=len(found) - len(away), unreachable=away)


def _wrong(what: str) -> Check:
    return Check(ok=False, error=what)
