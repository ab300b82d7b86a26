"""Errors as `{"detail": "one sentence or two"}`, with the status that tells whose turn it is."""

import logging
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

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


class Problem(BaseModel):
    """What went wrong."""

    detail: str = Field(description="A sentence or two, for people.")


MEANINGS: dict[int, tuple[str, str]] = {
    401: ("No token, or none that counts.", "There is no token: send `Authorization: Bearer …`."),
    404: ("There is none of that id.", "There is no job 01932f5e-6f3c-7c1a-9d0e-3b1f5a2c4d6e."),
    409: (
        "Not in the state that it is in.",
        "Job 01932f5e-6f3c-7c1a-9d0e-3b1f5a2c4d6e is completed and cannot be paused.",
    ),
    413: ("The body is too long.", "The body is longer than 32,000,000 bytes."),
    422: (
        "Not to be done as asked: which value, and which rule it breaks.",
        "query.limit='0': Input should be greater than or equal to 1.",
    ),
    502: ("A node does not do what it should.", "http://127.0.0.1:6800 cannot be reached."),
    503: (
        "The database, or the issuer of tokens, is away; later it may be back.",
        "The database cannot be reached now. Try again in a while.",
    ),
}
"""By status: what it means, and an example."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Errors that a route can give, for its `responses`.

    api.openapi adds those that follow from what a route takes: 401 and 503 with a token, 404 with
    an id, 422 with any parameter or body.
    """
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    meaning, example = MEANINGS[status]
    # Not by `model`: FastAPI would give it the media type of the route's own answer.
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    content = {"application/json": {"schema": schema, "example": {"detail": example}}}
    response: dict[str, Any] = {"description": meaning, "content": content}
    if status == 401:
        response["headers"] = {
            "WWW-Authenticate": {"schema": {"type": "string"}, "description": "`Bearer`."}
        }
    if status == 503:
        response["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}
        }
    return response


def install(app: FastAPI) -> None:
    """Makes the app answer errors in this form."""
    app.add_exception_handler(ScraperSkyError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(OSError, _database)
    app.add_exception_handler(HTTPException, _http)
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


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for those
    if error.status_code == 400 and error.__cause__ is not None:  # FastAPI's, of a body
        return _answer(422, "The body cannot be read: JSON in UTF-8 is wanted.")
    return await http_exception_handler(request, error)


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
