"""Errors as `{"detail": "one sentence or two"}`, with the status that tells whose turn it is."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from scrapersky.db.outage import is_outage
from scrapersky.domains import printable
from scrapersky.errors import (
    DatabaseError,
    InputError,
    JobError,
    NodeError,
    NoSuchJobError,
    NoSuchScheduleError,
    ScheduleError,
    ScraperSkyError,
    TooLargeError,
)

logger = logging.getLogger(__name__)

STATUSES: dict[type[ScraperSkyError], int] = {
    TooLargeError: 413,
    InputError: 422,
    NoSuchJobError: 404,
    JobError: 409,
    NoSuchScheduleError: 404,
    ScheduleError: 409,
    NodeError: 502,
    DatabaseError: 503,
    ScraperSkyError: 500,
}
"""The first that fits counts."""


def install(app: FastAPI) -> None:
    """Makes the app answer errors in this form."""
    app.add_exception_handler(ScraperSkyError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(OSError, _database)
    app.add_exception_handler(Exception, _unknown)


def told(error: ValidationError | RequestValidationError) -> str:
    """What is wrong first, in one line: where, the value, the rule."""
    first = error.errors()[0]
    where = ".".join(printable(str(part)) for part in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "missing" or first.get("input") is None:
        return f"{where}: {message}."
    return f"{where}={printable(repr(first['input']))}: {message}."


async def _ours(_: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return _answer(status, str(error))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for those
    return _answer(422, told(error))


async def _database(request: Request, error: Exception) -> JSONResponse:
    if is_outage(error):
        logger.warning("The database is away: %s", " ".join(str(error).split())[:200])
        return _answer(503, "The database cannot be reached now. Try again in a while.", retry=5)
    return await _unknown(request, error)


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    logger.error("A fault of ours at %s", request.url.path, exc_info=error)
    return _answer(500, "A fault of ours; the API's log says more.")


def _answer(status: int, detail: str, retry: int | None = None) -> JSONResponse:
    headers = None if retry is None else {"Retry-After": str(retry)}
    # What somebody typed may hold half a surrogate pair, which JSON cannot.
    safe = detail.encode("utf-8", "replace").decode()
    return JSONResponse({"detail": safe}, status, headers)
