"""The app: everything together, from its start to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

from api import docs, errors, openapi
from api.answers import PREFIX
from api.auth import Verifier, authenticated
from api.keeper import Keeper
from api.loading import Loader
from api.nodes import Nodes
from api.pulse import Pulse
from api.routers import (
    contacts,
    domains,
    exports,
    health,
    jobs,
    metrics,
    nodes,
    pages,
    schedules,
    services,
    sitemaps,
    spiders,
    watch,
    workflows,
)
from api.scheduler import Scheduler
from scrapersky import __version__
from scrapersky.config import get_config
from scrapersky.db import schema
from scrapersky.db.session import engine, session_factory


def create_app() -> FastAPI:
    """The app. Nothing connects yet.

    Raises:
        ConfigError: it may not start like this: without a secret in production, for instance.
    """
    verifier = Verifier(get_config())
    app = FastAPI(
        title="ScraperSky",
        version=__version__,
        lifespan=_lifespan,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=openapi.operation_id,
    )
    app.state.verifier = verifier
    errors.install(app)
    openapi.install(app)
    docs.install(app)
    app.include_router(health.router)
    guarded = [Depends(authenticated)]
    app.include_router(metrics.router, dependencies=guarded)
    versioned = APIRouter(prefix=PREFIX, dependencies=guarded)
    for part in (
        spiders,
        jobs,
        watch,
        nodes,
        schedules,
        services,
        workflows,
        domains,
        contacts,
        sitemaps,
        pages,
        exports,
    ):
        versioned.include_router(part.router)
    app.include_router(versioned)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await asyncio.to_thread(schema.prepare)
    state = app.state
    state.sessions = session_factory()
    state.nodes = Nodes(get_config())
    state.pulse = Pulse(state.sessions)
    state.loader = Loader(state.sessions)
    state.keeper = Keeper(state.sessions, state.nodes)
    state.scheduler = Scheduler(state.sessions, state.nodes.slots, fired=state.keeper.nudge)
    parts = (state.pulse, state.keeper, state.loader, state.scheduler)
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await state.loader.close()
        await state.scheduler.close()
        await state.keeper.close()
        await state.nodes.close()
        await engine().dispose()
