"""The one way to the database: an engine, a session factory, and what makes them fit a pooler.

A transaction-mode pooler may give every transaction another server connection. So: no prepared
statements, no session settings, no session locks, nothing that must outlive a transaction.
"""

from functools import cache
from typing import Any

import orjson
import psycopg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from scrapersky.config import get_config
from scrapersky.db import embedded
from scrapersky.errors import ConfigError

# A server that vanishes without a word is noticed within half a minute, not after TCP's quarter of
# an hour. All are client-side, so a pooler does not mind them; what the URL says goes first.
LIBPQ_DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "scrapersky",
}


def database_url() -> URL:
    """Where the database is: `DATABASE_URL`, or the embedded server, which is started if need be.

    Raises:
        ConfigError: `DATABASE_URL` is not a PostgreSQL URL.
        DatabaseError: the embedded server cannot be started.
    """
    config = get_config()
    return parse_url(config.database_url or embedded.ensure(config.home))


def parse_url(text: str) -> URL:
    """`postgres://`, `postgresql://` or `postgresql+psycopg://`, with libpq's parameters."""
    try:
        url = make_url(text)
    except ArgumentError:
        # Not shown: what cannot be parsed cannot be printed without its password either.
        raise ConfigError("DATABASE_URL is not a URL; it begins with postgresql://") from None
    if url.drivername not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ConfigError(
            f"DATABASE_URL begins with {url.drivername}://, but ScraperSky needs postgresql://"
        )
    return url.set(drivername="postgresql+psycopg")


def connect_args(url: URL) -> dict[str, Any]:
    """What psycopg is told beside the URL."""
    defaults = {name: value for name, value in LIBPQ_DEFAULTS.items() if name not in url.query}
    return {"prepare_threshold": None, **defaults}


def make_engine(url: URL) -> AsyncEngine:
    """An engine of the configured size. Nothing connects yet."""
    return create_async_engine(
        url,
        connect_args=connect_args(url),
        pool_size=get_config().database_pool_size,
        max_overflow=0,
        # Some poolers and managed servers cut idle connections after a few minutes.
        pool_recycle=240,
        use_native_hstore=False,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
    )


@cache
def engine() -> AsyncEngine:
    """The process's engine."""
    return make_engine(database_url())


@cache
def session_factory() -> async_sessionmaker[AsyncSession]:
    """The process's session factory. Who opens a session owns its transaction."""
    return async_sessionmaker(engine(), expire_on_commit=False)


async def driver_connection(session: AsyncSession) -> "psycopg.AsyncConnection[Any]":
    """Psycopg's own connection, within the session's transaction: for COPY and pipelines."""
    pooled = await (await session.connection()).get_raw_connection()
    connection = pooled.driver_connection
    if not isinstance(connection, psycopg.AsyncConnection):
        raise TypeError(f"{type(connection)} is not psycopg's")
    return connection
