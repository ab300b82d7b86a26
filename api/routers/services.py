"""The four services: what waits for each, how often it works, and with how much at a time."""

from fastapi import APIRouter, Request, Response

from api import schedules as service
from api.answers import Accepted, Page, Success, page
from api.deps import After, Limit, Session
from api.routers.schedules import STARTED
from api.rows import Firing, ServiceState
from api.scheduler import database_time
from api.schedules import ServiceChange
from scrapersky.db import schedules
from scrapersky.states import JobState, Service

router = APIRouter(tags=["services"])


@router.get("/services", response_model=Success[list[ServiceState]])
async def listed(session: Session) -> Success:
    """The services, in the order of their work."""
    async with session.begin():
        rows = await schedules.services(session)
        return Success(data=[await service.shown_service(session, row) for row in rows])


@router.get("/services/{name}", response_model=Success[ServiceState])
async def shown(session: Session, name: Service) -> Success:
    """One service."""
    async with session.begin():
        row = await schedules.get_service(session, name)
        return Success(data=await service.shown_service(session, row))


@router.patch("/services/{name}", response_model=Success[ServiceState])
async def change(session: Session, name: Service, wanted: ServiceChange) -> Success:
    """Turns a service on or off, or changes its interval or batch size."""
    async with session.begin():
        now = await database_time(session)
        row = await service.change_service(session, name, wanted, now)
        return Success(data=await service.shown_service(session, row))


@router.post(
    "/services/{name}/run",
    status_code=202,
    responses=STARTED,
    response_model=None,
)
async def run(
    request: Request, response: Response, session: Session, name: Service
) -> Accepted | Success:
    """Claims a batch now and starts its job, whether the service is on or off."""
    state = request.app.state
    async with session.begin():
        row = await schedules.get_service(session, name, lock=True)
        _, job_id = await service.run_now(session, row, state.nodes.slots())
    if job_id is None:
        response.status_code = 200
        return Success(data={"job_id": None})
    state.keeper.nudge()
    return Accepted.of(job_id, JobState.PENDING)


@router.get("/services/{name}/firings", response_model=Page[list[Firing]])
async def firings(session: Session, name: Service, after: After = None, limit: Limit = 50) -> Page:
    """When a service claimed how much, newest first, each with its job's state."""
    async with session.begin():
        row = await schedules.get_service(session, name)
        rows = await schedules.firings(session, row["id"], after=after, limit=limit + 1)
    return page(rows, limit)
