"""Lists at 200,000 domains and 1,000,000 pages: each documented filter, and two at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
import uvloop
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from benchmarks.lists_data import fill
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.db.contact_listings import ContactFilter, contact_page
from scrapersky.db.domain_listings import DomainFilter, domain_page
from scrapersky.db.keyset import BY_INDEX
from scrapersky.db.session import make_engine, parse_url
from scrapersky.extract.contact import EmailType, PhoneType
from scrapersky.outcomes import ErrorCode
from scrapersky.states import AnalysisStatus, ContactKind, CurationStatus, DomainStatus

LIMIT_MS = 50.0
ROWS = 51
"""A page of 50, and one more to know whether there is a next."""
ROUNDS = 3
MORE_ROUNDS = 12
"""Where it took long: something else may have had the processor."""

Read = Callable[[AsyncSession, UUID | None], Awaitable[list[dict[str, Any]]]]

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
DOMAINS: dict[str, list[dict[str, Any]]] = {
    "status": [{"status": DomainStatus.COMPLETED}, {"status": DomainStatus.PENDING}],
    "error": [{"error": ErrorCode.DNS}, {"error": ErrorCode.PARKED}],
    "language": [{"language": "en"}, {"language": "de-AT"}, {"language": "is"}],
    "country": [{"country": "DE"}, {"country": "IS"}],
    "technology": [{"technology": "jQuery"}, {"technology": "Rare"}, {"technology": "None"}],
    "cms": [{"cms": "WordPress"}, {"cms": "Plone"}],
    "curation": [{"curation": CurationStatus.NEW}, {"curation": CurationStatus.SELECTED}],
    "sitemap_curation": [
        {"sitemap_curation": CurationStatus.NEW},
        {"sitemap_curation": CurationStatus.SELECTED},
    ],
    "sitemap_analysis": [{"sitemap_analysis": AnalysisStatus.SUBMITTED}],
    "text": [{"text": "d"}, {"text": "d1999"}, {"text": "nobody"}],
    "words": [{"words": "company"}, {"words": "unicorn"}, {"words": "builder number1234"}],
    "has": [
        {"has": (ContactKind.EMAIL,)},
        {"has": (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.SOCIAL)},
    ],
    "crawled_after": [
        {"crawled_after": EPOCH + timedelta(hours=100)},
        {"crawled_after": EPOCH + timedelta(hours=199)},
    ],
    "crawled_before": [
        {"crawled_before": EPOCH + timedelta(hours=100)},
        {"crawled_before": EPOCH + timedelta(minutes=10)},
    ],
}
CONTACTS: dict[str, list[dict[str, Any]]] = {
    "kind": [{"kind": ContactKind.EMAIL}, {"kind": ContactKind.SOCIAL}],
    "domain": [{"domain": "d150000.load.test"}, {"domain": "nobody.test"}],
    "network": [{"network": "facebook"}, {"network": "xing"}],
    "source": [{"source": "link"}, {"source": "hcard"}],
    "type": [{"type": EmailType.ROLE}, {"type": PhoneType.FAX}],
    "region": [{"region": "US"}, {"region": "IS"}],
    "min_confidence": [{"min_confidence": 0.5}, {"min_confidence": 0.99}],
    "text": [{"text": "info@"}, {"text": "info@d1999"}, {"text": "+999"}],
}


@dataclass(slots=True)
class Seen:
    """Statements of a list, as they were sent, with their parameters."""

    statements: dict[str, Any] = field(default_factory=dict)

    def note(self, _: Connection, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        """Takes one down."""
        if statement.startswith(("SELECT", "WITH")) and "set_config" not in statement:
            self.statements[statement] = parameters


@dataclass(frozen=True, slots=True)
class Timed:
    """One page of one list."""

    name: str
    milliseconds: float
    """The best of a few: what the list takes when nothing else happens."""
    is_sequential: bool
    """Whether a plan of it reads a whole table."""


def lists(stage: Stage) -> Iterator[Row]:
    """First and deep pages of each filter and each pair of filters."""
    count, page_count = stage.sizes.lists
    with stage.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            stage.say(f"lists: filling {count:,} domains, {page_count:,} pages")
            fill(connection, count, page_count)
            deep = {table: _at(connection, table, 0.75) for table in ("domains", "contacts")}
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            engine = make_engine(parse_url(url))
            for noun, cases in _cases().items():
                timed = runner.run(_timed(engine, cases, deep[noun]))
                for one in timed:
                    stage.say(f"{noun} {one.name}: {one.milliseconds:.1f} ms")
                yield from _rows(noun, timed)
            runner.run(engine.dispose())


def _cases() -> dict[str, list[tuple[str, Read]]]:
    def domains(wanted: DomainFilter) -> Read:
        return lambda session, after: domain_page(session, wanted, after=after, limit=ROWS)

    def contacts(wanted: ContactFilter) -> Read:
        return lambda session, after: contact_page(session, wanted, after=after, limit=ROWS)

    return {
        "domains": [(name, domains(DomainFilter(**given))) for name, given in _given(DOMAINS)],
        "contacts": [(name, contacts(ContactFilter(**given))) for name, given in _given(CONTACTS)],
    }


def _given(filters: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "without a filter", {}
    for values in filters.values():
        for one in values:
            yield _named(one), one
    for first, second in combinations(filters.values(), 2):
        for one in first:
            for other in second:
                yield f"{_named(one)} {_named(other)}", {**one, **other}


def _named(given: dict[str, Any]) -> str:
    return " ".join(
        f"{name}={'+'.join(value) if isinstance(value, tuple) else value}"
        for name, value in given.items()
    )


def _at(connection: "psycopg.Connection[Any]", table: str, share: float) -> UUID:
    """The id of the row so far down a table."""
    query = f"SELECT id FROM {table} ORDER BY id OFFSET (SELECT count(*) * {share} FROM {table})"  # noqa: S608
    found = connection.execute(f"{query} LIMIT 1".encode()).fetchone()
    assert found is not None  # noqa: S101 - the table was just filled
    return UUID(str(found[0]))


async def _timed(engine: AsyncEngine, cases: list[tuple[str, Read]], deep: UUID) -> list[Timed]:
    found = []
    async with AsyncSession(engine) as session:
        for name, read in cases:
            for depth, after in (("first", None), ("deep", deep)):
                with _watched(engine) as seen:
                    best = await _best(session, read, after)
                is_sequential = await _reads_all(session, seen.statements)
                found.append(Timed(f"{name} ({depth})", best, is_sequential))
    return found


@contextmanager
def _watched(engine: AsyncEngine) -> Iterator[Seen]:
    seen = Seen()
    event.listen(engine.sync_engine, "before_cursor_execute", seen.note)
    yield seen
    event.remove(engine.sync_engine, "before_cursor_execute", seen.note)


async def _best(session: AsyncSession, read: Read, after: UUID | None) -> float:
    """In milliseconds."""
    took: list[float] = []
    while len(took) < ROUNDS or (len(took) < MORE_ROUNDS and min(took) > LIMIT_MS / 3):
        began = time.perf_counter()
        async with session.begin():
            await read(session, after)
        took.append((time.perf_counter() - began) * 1000)
    return min(took)


async def _reads_all(session: AsyncSession, statements: dict[str, Any]) -> bool:
    async with session.begin():
        await session.execute(BY_INDEX)
        connection = await session.connection()
        for statement, parameters in statements.items():
            rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            if any("Seq Scan" in line for (line,) in rows):
                return True
    return False


def _rows(noun: str, timed: list[Timed]) -> Iterator[Row]:
    worst = max(timed, key=lambda one: one.milliseconds)
    yield Row(
        name=f"lists_{noun}",
        value=worst.milliseconds,
        unit="ms",
        meaning=f"the slowest of {len(timed)} pages of 50 {noun}: {worst.name}",
        target=Target(LIMIT_MS),
    )
    yield Row(
        name=f"lists_{noun}_median",
        value=median(one.milliseconds for one in timed),
        unit="ms",
        meaning=f"the median of {len(timed)} pages of 50 {noun}",
    )
    yield Row(
        name=f"lists_{noun}_scans",
        value=sum(one.is_sequential for one in timed),
        unit="plans",
        meaning=f"pages of {noun} for which a whole table is read",
        target=Target(0),
    )
