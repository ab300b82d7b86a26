"""Statements over `job_workers`: one row a crawl process."""

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psutil
from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import job_workers, new_id
from scrapersky.states import FrontierKind

HEARTBEAT_SECONDS = 10.0
LOST_AFTER = timedelta(seconds=45)
"""A worker on another machine that was silent for so long counts as dead."""


async def register(
    session: AsyncSession, job_id: UUID, frontier: FrontierKind = FrontierKind.DATABASE
) -> UUID:
    """Records this process as a worker of the job."""
    worker_id = new_id()
    await session.execute(
        insert(job_workers).values(
            id=worker_id,
            job_id=job_id,
            node=socket.gethostname(),
            pid=os.getpid(),
            frontier=frontier,
            process_started_at=_started(psutil.Process()),
        )
    )
    return worker_id


async def alive(session: AsyncSession, job_id: UUID) -> list[RowMapping]:
    """The job's workers that still run."""
    rows = await session.execute(
        select(job_workers, func.now().label("now")).where(
            job_workers.c.job_id == job_id, job_workers.c.closed_at.is_(None)
        )
    )
    return [row for row in rows.mappings() if is_alive(row)]


def is_alive(worker: RowMapping) -> bool:
    """Whether an unclosed worker still runs.

    On this machine the process table knows at once; of others only the heartbeat tells. The pid
    alone would not do: after a restart it may be somebody else's.
    """
    if worker["node"] != socket.gethostname():
        return bool(worker["now"] - worker["heartbeat_at"] < LOST_AFTER)
    try:
        process = psutil.Process(worker["pid"])
        started = _started(process)
        dead = process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return not dead and abs(started - worker["process_started_at"]) < timedelta(seconds=2)


async def heartbeat(session: AsyncSession, worker_id: UUID, counters: Mapping[str, Any]) -> None:
    """Says that the worker lives, and how far it is."""
    await session.execute(
        update(job_workers)
        .where(job_workers.c.id == worker_id)
        .values(heartbeat_at=func.now(), counters=dict(counters))
    )


async def close(
    session: AsyncSession,
    worker_id: UUID,
    *,
    reason: str,
    counters: Mapping[str, Any],
    stats: Mapping[str, Any],
) -> None:
    """The worker's last word."""
    await session.execute(
        update(job_workers)
        .where(job_workers.c.id == worker_id)
        .values(
            heartbeat_at=func.now(),
            closed_at=func.now(),
            reason=reason,
            counters=dict(counters),
            stats=dict(stats),
        )
    )


def _started(process: psutil.Process) -> datetime:
    return datetime.fromtimestamp(process.create_time(), UTC)


async def of_job(session: AsyncSession, job_id: UUID) -> list[dict[str, Any]]:
    """All workers that the job ever had, oldest first, each with `alive`."""
    rows = await session.execute(
        select(job_workers, func.now().label("now"))
        .where(job_workers.c.job_id == job_id)
        .order_by(job_workers.c.id)
    )
    return [{**row, "alive": row["closed_at"] is None and is_alive(row)} for row in rows.mappings()]
