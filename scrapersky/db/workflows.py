"""Statements over `cron_execution_log`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, literal
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import cron_execution_log
from scrapersky.states import Service, Workflow

WORKFLOWS: dict[Workflow, Service] = {
    Workflow.WF4: Service.SITEMAP_SUBMISSION,
    Workflow.WF5: Service.SITEMAP_SCAN,
    Workflow.WF6: Service.SITEMAP_IMPORT,
}
FUNCTION = "cron-process"
KEPT = timedelta(days=90)
"""How long calls are remembered."""


async def log(
    session: AsyncSession,
    workflow: Workflow,
    *,
    status: str,
    response: Mapping[str, Any] | None,
    error: str | None,
    duration_ms: int,
) -> None:
    """Records a call that the API answered, and forgets the oldest ones of its workflow."""
    await session.execute(
        insert(cron_execution_log).values(
            workflow=workflow,
            function=FUNCTION,
            status=status,
            response=None if response is None else dict(response),
            error=error,
            duration_ms=duration_ms,
        )
    )
    await session.execute(
        delete(cron_execution_log).where(
            cron_execution_log.c.workflow == workflow,
            cron_execution_log.c.executed_at < func.now() - literal(KEPT),
        )
    )
