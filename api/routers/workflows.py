"""Calls from the database: docs/pg-cron.md sets them up."""

from fastapi import APIRouter, Request

from api.workflows import CronAnswer, CronRequest, process
from scrapersky.states import Workflow

router = APIRouter(tags=["workflows"])


@router.post("/workflows/{workflow}/cron-process")
async def cron_process(request: Request, workflow: Workflow, wanted: CronRequest) -> CronAnswer:
    """Claims a batch of a workflow and starts its job. Two calls never claim the same."""
    state = request.app.state
    answer, job_id = await process(state.sessions, workflow, wanted, state.nodes.slots())
    if job_id is not None:
        state.keeper.nudge()
    return answer
