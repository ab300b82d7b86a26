"""Jobs: taken, listed, shown, stopped."""

import asyncio
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import jobs as service
from api.answers import Accepted, Page, Success, page
from api.auth import Subject
from api.bodies import JSON_LIMIT, LIST_BODIES, LIST_LIMIT, Body, received
from api.deps import After, Id, Limit, Session, Settings, Text
from api.errors import problems, told
from api.intake import Intake
from api.requests import JobOptions, JobRequest
from api.shapes import FullJob, Job, Target
from scrapersky.db import reports
from scrapersky.db.listings import target_page
from scrapersky.errors import InputError
from scrapersky.outcomes import ErrorCode
from scrapersky.states import JobState, TargetState

router = APIRouter(tags=["jobs"])

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same request with the same key makes one job.",
    ),
]
Options = TypeVar("Options", bound=JobOptions)
LISTS = frozenset({"text/plain", "text/csv", "application/gzip", "application/octet-stream"})
BODIES: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": f"Of a list: {what}",
            "schema": schema,
        }
        for name, what, schema in (
            ("spider", "its spider; it must be given.", {"type": "string", "maxLength": 100}),
            ("priority", "-100 to 100.", {"type": "integer", "minimum": -100, "maximum": 100}),
            ("rate", "domains a second.", {"type": "number", "exclusiveMinimum": 0}),
            ("workers", "how many crawl it.", {"type": "integer", "minimum": 1, "maximum": 100}),
            ("webhook_url", "where its end is POSTed.", {"type": "string", "maxLength": 2000}),
            (
                "argument",
                "the spider's own, as NAME=VALUE; as often as there are some.",
                {"type": "array", "items": {"type": "string"}},
            ),
        )
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{JobRequest.__name__}"},
                "examples": {
                    "list": {"value": {"spider": "homepage", "domains": ["example.com"]}},
                    "table": {
                        "value": {
                            "spider": "sitemap",
                            "filter": {"status": "completed", "language": "de", "limit": 1000},
                            "priority": 5,
                        }
                    },
                },
            },
            **LIST_BODIES,
        },
    },
}


@router.post("/jobs", status_code=202, openapi_extra=BODIES, responses=problems(409, 413, 422))
async def submit(
    request: Request, response: Response, session: Session, config: Settings, key: Key = None
) -> Accepted:
    """Takes a job.

    JSON with `spider` and `domains` or `filter`; or a list of any length as text, CSV or gzip,
    with the options in the query (`?spider=homepage&priority=5`).
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    is_list = kind in LISTS
    if not is_list and kind != "application/json":
        raise InputError(
            f"Content-Type {kind!r}: send application/json, {', '.join(sorted(LISTS))}."
        )
    limit = LIST_LIMIT if is_list else JSON_LIMIT
    async with received(request, config.home / "uploads", limit) as body:
        submission = await _submission(request, session, body, key, is_list=is_list)
    response.headers["Location"] = submission.status_url
    request.app.state.keeper.nudge()
    return submission


async def _submission(
    request: Request, session: AsyncSession, body: Body, key: str | None, *, is_list: bool
) -> Accepted:
    wanted = _options(request) if is_list else await _parsed(body)
    service.own_arguments(wanted)
    service.check_workers(wanted)
    digest = f"{body.digest}?{request.url.query}"
    intake = Intake(request.app.state, wanted, body, key, digest)
    try:
        async with session.begin():
            answer = await intake.answered(session) or await intake.take(session)
    except IntegrityError:  # the same key, at the same moment
        async with session.begin():
            earlier = await intake.answered(session)
        if earlier is None:
            raise
        return earlier
    intake.begin(answer.job_id)
    return answer


def _options(request: Request) -> JobOptions:
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name == "argument":
            argument, _, text = value.partition("=")
            given.setdefault("arguments", {})[argument] = text
        else:
            given[name] = value
    return _validated(JobOptions, given)


async def _parsed(body: Body) -> JobRequest:
    raw = await asyncio.to_thread(body.path.read_bytes)
    try:
        given = await asyncio.to_thread(orjson.loads, raw)
    except orjson.JSONDecodeError as error:
        raise InputError(f"The body is no JSON: {error}.") from None
    if not isinstance(given, dict):
        raise InputError('The body is JSON, but no object: {"spider": …, "domains": […]}.')
    wanted = await asyncio.to_thread(_validated, JobRequest, given)
    if (wanted.domains is None) == (wanted.filter is None):
        raise InputError("Give either domains or filter.")
    return wanted


def _validated(model: type[Options], given: dict[str, Any]) -> Options:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InputError(told(error)) from None


@router.get("/jobs")
async def listed(
    request: Request,
    session: Session,
    *,
    state: JobState | None = None,
    spider: Annotated[Text | None, Query(max_length=100)] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[list[Job]]:
    """Jobs, newest first."""
    async with session.begin():
        rows = await reports.job_page(
            session, state=state, spider=spider, after=after, limit=limit + 1
        )
    return page([service.summary(row, request.app.state.pulse) for row in rows], limit)


@router.get("/jobs/{job_id}")
@router.get("/status/{job_id}", operation_id="jobs_status")
async def shown(request: Request, session: Session, job_id: Id) -> Success[FullJob]:
    """One job: state and reason, counts by outcome, rate, time left, workers, last errors."""
    async with session.begin():
        job = await service.describe(session, job_id, request.app.state.pulse)
    return Success(data=FullJob.model_validate(job))


@router.get("/jobs/{job_id}/targets")
async def targets(
    session: Session,
    job_id: Id,
    *,
    state: TargetState | None = None,
    error: ErrorCode | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[list[Target]]:
    """A job's domains, and what became of each."""
    async with session.begin():
        rows = await target_page(
            session, job_id, state=state, error=error, after=after, limit=limit + 1
        )
    return page(rows, limit)


@router.post("/jobs/{job_id}/cancel", status_code=202, responses=problems(409))
async def cancel(request: Request, session: Session, job_id: Id, who: Subject) -> Accepted:
    """Gives a job up. Its workers end what they have begun, or are ended after a grace."""
    async with session.begin():
        state = await service.cancel(session, job_id, who)
    request.app.state.keeper.nudge()
    return Accepted.of(job_id, state)


@router.post("/jobs/{job_id}/pause", status_code=202, responses=problems(409))
async def pause(request: Request, session: Session, job_id: Id, who: Subject) -> Accepted:
    """Ends a job's workers; what they had not begun waits for `resume`."""
    async with session.begin():
        state = await service.pause(session, job_id, who)
    request.app.state.keeper.nudge()
    return Accepted.of(job_id, state)


@router.post("/jobs/{job_id}/resume", status_code=202, responses=problems(409))
async def resume(request: Request, session: Session, job_id: Id) -> Accepted:
    """Lets a paused job wait for workers again."""
    async with session.begin():
        state = await service.resume(session, job_id)
    request.app.state.keeper.nudge()
    return Accepted.of(job_id, state)


@router.post("/jobs/{job_id}/retry", status_code=202, responses=problems(409))
async def retry(request: Request, session: Session, job_id: Id) -> Accepted:
    """A failed job goes on; of one that is completed with errors a new job tries those again."""
    async with session.begin():
        new, state = await service.retry(session, job_id)
    request.app.state.keeper.nudge()
    return Accepted.of(new, state)
