"""Calls from the database: a batch of a workflow, claimed and started."""

import time
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api import schedules as service
from api.schedules import BatchSize
from scrapersky.db import schedules, services, workflows
from scrapersky.states import Workflow


class CronRequest(BaseModel):
    """What pg_cron sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_size: BatchSize | None = Field(
        default=None, description="How many to claim, at most; without it: the service's own."
    )
    cron_trigger: bool = Field(default=True, description="Whether a clock called, or a person.")
    timestamp: AwareDatetime | None = Field(default=None, description="When it was called.")


class CronAnswer(BaseModel):
    """What came of it."""

    status: Literal["success", "error"]
    workflow: Workflow
    processed_count: int = Field(description="How many were claimed, and are being worked on now.")
    execution_time_ms: int
    timestamp: datetime
    errors: list[str]


async def process(
    sessions: async_sessionmaker[AsyncSession], workflow: Workflow, wanted: CronRequest, slots: int
) -> tuple[CronAnswer, UUID | None]:
    """Claims a batch and makes its job. Returns the answer, and the job where there is one.

    Raises:
        Exception: it did not work; that stands in the log then, if anything can be written there.
    """
    began = time.perf_counter()
    try:
        async with sessions.begin() as session:
            job_id, count, errors = await _claimed(session, workflow, wanted, slots)
            answer = _answer(workflow, count, errors, began)
            await workflows.log(
                session,
                workflow,
                status=answer.status,
                response={**answer.model_dump(mode="json"), "job_id": job_id},
                error=" ".join(errors) or None,
                duration_ms=answer.execution_time_ms,
            )
    except Exception as error:
        async with sessions.begin() as session:
            await workflows.log(
                session,
                workflow,
                status="error",
                response=None,
                error=" ".join(str(error).split())[:500],
                duration_ms=_milliseconds(began),
            )
        raise
    return answer, job_id


async def _claimed(
    session: AsyncSession, workflow: Workflow, wanted: CronRequest, slots: int
) -> tuple[UUID | None, int, list[str]]:
    name = workflows.WORKFLOWS[workflow]
    if await service.is_full(session, name):
        return None, 0, [f"{services.MOST_JOBS} jobs of {name} have not ended."]
    row = await schedules.get_service(session, name)
    size = wanted.batch_size or row["batch_size"]
    job_id, count = await service.claim(session, name, size, slots, priority=row["priority"])
    return job_id, count, []


def _answer(workflow: Workflow, count: int, errors: list[str], began: float) -> CronAnswer:
    return CronAnswer(
        status="error" if errors else "success",
        workflow=workflow,
        processed_count=count,
        execution_time_ms=_milliseconds(began),
        timestamp=datetime.now(UTC),
        errors=errors,
    )


def _milliseconds(began: float) -> int:
    return round((time.perf_counter() - began) * 1_000)
