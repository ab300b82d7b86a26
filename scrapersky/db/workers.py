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
    session: AsyncSession,
    job_id: UUID,
    frontier: FrontierKind = FrontierKind.DATABASE,
    *,
    expected: UUID | None = None,
) -> UUID:
    """Records this process as a worker of the job.

    Args:
        session: whose transaction this is part of.
        job_id: the job.
        frontier: where it gets its domains from.
        expected: its row, where one was made when a node was asked for it.
    """
    facts = {
        "node": socket.gethostname(),
        "pid": os.getpid(),
        "frontier": frontier,
        "process_started_at": _started(psutil.Process()),
    }
    if expected is not None:
        await session.execute(
            update(job_workers)
            .where(job_workers.c.id == expected)
            .values(**facts, started_at=func.now(), heartbeat_at=func.now())
        )
        return expected
    worker_id = new_id()
    await session.execute(insert(job_workers).values(id=worker_id, job_id=job_id, **facts))
    return worker_id


async def expected(session: AsyncSession, job_id: UUID, worker_id: UUID) -> RowMapping | None:
    """The row that was made for a worker when a node was asked for it; None: there is none."""
    rows = await session.execute(
        select(job_workers)
        .where(job_workers.c.id == worker_id, job_workers.c.job_id == job_id)
        .with_for_update()
    )
    return rows.mappings().one_or_none()


async def alive(session: AsyncSession, job_id: UUID) -> list[RowMapping]:
    """The job's workers that still run."""
    rows = await session.execute(
        select(job_workers, func.now().label("now")).where(
            job_workers.c.job_id == job_id, job_workers.c.closed_at.is_(None)
        )
    )
    return [row for row in rows.mappings() if is_alive(row)]


def is_here(worker: RowMapping) -> bool:
    """Whether a worker runs, or ran, on this machine."""
    return bool(worker["node"] == socket.gethostname())


def is_alive(worker: RowMapping) -> bool:
    """Whether an unclosed worker still runs.

    On this machine the process table knows at once; of others only the heartbeat tells. The pid
    alone would not do: after a restart it may be somebody else's.
    """
    if worker["pid"] is None:  # a node was asked for it; the reconciler ends what never comes
        return True
    if not is_here(worker):
        return bool(worker["now"] - worker["heartbeat_at"] < LOST_AFTER)
    try:
        process = psutil.Process(worker["pid"])
        started = _started(process)
        dead = process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return not dead and abs(started - worker["process_started_at"]) < timedelta(seconds=2)


async def heartbeat(session: AsyncSession, worker_id: UUID, counters: Mapping[str, Any]) -> bool:
    """Says that the worker lives, and how far it is.

    Returns:
        False where it was taken for dead, and others go on without it.
    """
    told = await session.execute(
        update(job_workers)
        .where(job_workers.c.id == worker_id, job_workers.c.closed_at.is_(None))
        .values(heartbeat_at=func.now(), counters=dict(counters))
        .returning(job_workers.c.id)
    )
    return told.first() is not None


async def close(
    session: AsyncSession,
    worker_id: UUID,
    *,
    reason: str,
    counters: Mapping[str, Any],
    stats: Mapping[str, Any],
) -> bool:
    """The worker's last word. False where it had been taken for dead."""
    told = await session.execute(
        update(job_workers)
        .where(job_workers.c.id == worker_id, job_workers.c.closed_at.is_(None))
        .values(
            heartbeat_at=func.now(),
            closed_at=func.now(),
            reason=reason,
            counters=dict(counters),
            stats=dict(stats),
        )
        .returning(job_workers.c.id)
    )
    return told.first() is not None


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
