"""Telling a database that went away from a row that it refuses, and waiting for the former."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from scrapersky.config import get_config
from scrapersky.errors import DatabaseError

logger = logging.getLogger(__name__)

# https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, transaction rollback
# (deadlock), insufficient resources, operator intervention, system error; and two single codes:
# read-only (a standby during a failover), lock not available.
_PASSING_CLASSES = frozenset({"08", "40", "53", "57", "58"})
_PASSING_CODES = frozenset({"25006", "55P03"})


class DatabaseGoneError(DatabaseError):
    """The database stayed away for longer than `SCRAPERSKY_DATABASE_OUTAGE_LIMIT`."""


def is_outage(error: BaseException) -> bool:
    """Whether trying the same again later can help."""
    if isinstance(error, PoolTimeoutError | OSError):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return False
    if cause.sqlstate is None:  # no word from the server: the connection broke, or was never made
        return isinstance(cause, psycopg.OperationalError)
    return cause.sqlstate[:2] in _PASSING_CLASSES or cause.sqlstate in _PASSING_CODES


T = TypeVar("T")


async def wait_out(operation: Callable[[], Awaitable[T]]) -> T:
    """Runs `operation`, again and again while the database is away.

    Args:
        operation: a whole transaction; when it is tried again nothing of the last try is left,
            or it does not matter.

    Raises:
        DatabaseGoneError: the database stayed away for too long.
    """
    limit = get_config().database_outage_limit
    began = time.monotonic()
    delay = 0.1
    while True:
        try:
            return await operation()
        except (SQLAlchemyError, psycopg.Error, OSError) as error:
            if not is_outage(error):
                raise
            away = time.monotonic() - began
            if away >= limit:
                raise DatabaseGoneError(
                    f"The database stayed away for {away:.0f} s ({_brief(error)}). What was not"
                    " written is still pending: go on with -a job=… when it is back."
                ) from error
            if delay >= 1:  # a blink needs no words
                logger.warning(
                    "The database is away (%s): waiting, for %.0f s more at most.",
                    _brief(error),
                    limit - away,
                )
            await asyncio.sleep(min(delay, max(limit - away, 0)))
            delay = min(delay * 2, 5)


def _brief(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())[:200] or type(cause).__name__
