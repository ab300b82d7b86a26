"""A scheduler in the test's own process, over a real database, with a clock that the test sets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api import schedules as service
from api.scheduler import Scheduler
from api.schedules import ScheduleChange, ScheduleRequest, ServiceChange
from scrapersky.db.session import make_engine, parse_url
from scrapersky.states import Service

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Plan:
    """A scheduler with a clock that the test sets."""

    url: str
    sessions: async_sessionmaker[AsyncSession]
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.scheduler = self.another()

    def another(self) -> Scheduler:
        """Another process's."""
        return Scheduler(self.sessions, lambda: 4, self._clock)

    async def _clock(self, _: AsyncSession) -> datetime:
        return self.now

    async def add(self, **values: Any) -> UUID:
        """A schedule's id."""
        wanted = {"name": "s", "spider": "homepage", "cron": "0 * * * *", **values}
        async with self.sessions.begin() as session:
            row = await service.create(session, ScheduleRequest(**wanted), self.now)
        return UUID(str(row["id"]))

    async def change(self, schedule_id: UUID, **values: Any) -> dict[str, Any]:
        """The changed schedule, as the API shows it."""
        async with self.sessions.begin() as session:
            change = ScheduleChange(**values)
            row = await service.change(session, schedule_id, change, self.now)
            return service.shown(row, self.now)

    async def change_service(self, name: Service, **values: Any) -> None:
        """Changes one of the services."""
        async with self.sessions.begin() as session:
            await service.change_service(session, name, ServiceChange(**values), self.now)

    async def run_at(self, text: str) -> None:
        """One round at that time."""
        self.now = datetime.fromisoformat(text)
        await self.scheduler.tick()

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What the database says."""
        with psycopg.connect(self.url, row_factory=dict_row, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def domains(self, *names: str) -> None:
        """Rows that wait."""
        for name in names:
            self.rows("INSERT INTO domains (id, domain) VALUES (gen_random_uuid(), %s)", name)

    def firings(self) -> list[tuple[str, str]]:
        """When, and what became of it."""
        found = self.rows("SELECT due_at, state FROM schedule_firings ORDER BY due_at")
        return [(f"{row['due_at'].astimezone(UTC):%d %H:%M}", row["state"]) for row in found]

    def end_jobs(self) -> None:
        """All that there are."""
        self.rows("UPDATE jobs SET state = 'completed', ended_at = now()")


@pytest.fixture
async def plan(database: str) -> AsyncIterator[Plan]:
    """Over a fresh database."""
    engine = make_engine(parse_url(database))
    yield Plan(database, async_sessionmaker(engine, expire_on_commit=False))
    await engine.dispose()
