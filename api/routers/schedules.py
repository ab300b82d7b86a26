"""Schedules: what is started again and again, and what came of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api import schedules as service
from api.answers import Accepted, Page, Success, page
from api.deps import After, Id, Limit, Session, Text
from api.errors import problems
from api.rows import Firing, Schedule
from api.scheduler import database_time
from api.schedules import ScheduleChange, ScheduleRequest
from api.shapes import Named, Nothing
from scrapersky.db import schedules
from scrapersky.states import JobState

router = APIRouter(tags=["schedules"])

STARTED: dict[int | str, dict[str, Any]] = {
    200: {"model": Success[Nothing], "description": "There was nothing to do; no job was made."},
    202: {"model": Accepted},
}


@router.post(
    "/schedules", response_model=Success[Schedule], status_code=201, responses=problems(409)
)
async def create(session: Session, wanted: ScheduleRequest) -> Success:
    """Makes a schedule: a spider and a filter of the table, by a cron expression in a time zone."""
    async with session.begin():
        now = await database_time(session)
        row = await service.create(session, wanted, now)
    return Success(data=service.shown(row, now))


@router.get("/schedules", response_model=Page[list[Schedule]])
async def listed(
    session: Session,
    name: Annotated[Text | None, Query(max_length=100)] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page:
    """Schedules, oldest first, each with its next five runs."""
    async with session.begin():
        now = await database_time(session)
        rows = await schedules.page(session, name=name, after=after, limit=limit + 1)
    return page([service.shown(row, now) for row in rows], limit)


@router.get("/schedules/{schedule_id}", response_model=Success[Schedule])
async def shown(session: Session, schedule_id: Id) -> Success:
    """One schedule, with its next five runs."""
    async with session.begin():
        now = await database_time(session)
        row = await schedules.get(session, schedule_id)
    return Success(data=service.shown(row, now))


@router.patch("/schedules/{schedule_id}", response_model=Success[Schedule], responses=problems(409))
async def change(session: Session, schedule_id: Id, wanted: ScheduleChange) -> Success:
    """Changes a schedule. What is not given stays."""
    async with session.begin():
        now = await database_time(session)
        row = await service.change(session, schedule_id, wanted, now)
    return Success(data=service.shown(row, now))


@router.delete("/schedules/{schedule_id}", response_model=Success[Named])
async def remove(session: Session, schedule_id: Id) -> Success:
    """Deletes a schedule and the record of its firings. Its jobs stay."""
    async with session.begin():
        row = await schedules.get(session, schedule_id, lock=True)
        await schedules.remove(session, schedule_id)
    return Success(data={"id": row["id"], "name": row["name"]})


@router.post(
    "/schedules/{schedule_id}/run",
    status_code=202,
    responses=STARTED,
    response_model=None,
)
async def run(
    request: Request, response: Response, session: Session, schedule_id: Id
) -> Accepted | Success:
    """Starts a schedule's job now, whatever its rules say."""
    state = request.app.state
    async with session.begin():
        row = await schedules.get(session, schedule_id, lock=True)
        firing_id, job_id = await service.run_now(session, row, state.nodes.slots())
    if job_id is None:
        response.status_code = 200
        return Success(data={"id": firing_id, "job_id": None})
    state.keeper.nudge()
    return Accepted.of(job_id, JobState.PENDING)


@router.get("/schedules/{schedule_id}/firings", response_model=Page[list[Firing]])
async def firings(
    session: Session, schedule_id: Id, after: After = None, limit: Limit = 50
) -> Page:
    """A schedule's firings, newest first, each with its job's state."""
    async with session.begin():
        await schedules.get(session, schedule_id)
        rows = await schedules.firings(session, schedule_id, after=after, limit=limit + 1)
    return page(rows, limit)
