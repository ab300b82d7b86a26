"""The pipeline's write against plain `COPY`."""

import asyncio
import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

import psutil
import psycopg
import uvloop
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from benchmarks.copying import Copying
from benchmarks.process import own_cpu
from benchmarks.row import Row, Target
from benchmarks.spiders import made_up
from benchmarks.stage import Stage
from pipelines.writer import BatchWriter
from scrapersky.db import jobs
from scrapersky.db.session import make_engine, parse_url
from scrapersky.items import DomainItem
from scrapersky.settings import BATCH_BYTES, BATCH_COUNT, BATCH_SECONDS, DOMAINS_IN_FLIGHT

Sessions = async_sessionmaker[AsyncSession]

BATCH = min(BATCH_COUNT, DOMAINS_IN_FLIGHT // 2)
"""Domains, of the writer and of COPY alike."""
CONTACTS = 3
"""A domain."""
CRAWLED_AT = datetime(2026, 1, 1, tzinfo=UTC)
CASES = {
    "fresh": ("pending domains, and contacts that were not there", Target(0.6, is_floor=True)),
    "changed": ("every domain and every contact has other values", Target(0.6, is_floor=True)),
    "recrawled": ("a later crawl found the same: only the date of the domain changes", None),
    "unchanged": ("the same batch again", Target(0.75, is_floor=True)),
    "shared": ("the same batch again, where all domains have one contact in common", None),
}
WAL_TARGETS = {"unchanged": Target(10), "shared": Target(10)}


@dataclass(frozen=True, slots=True)
class Sample:
    """One write of all rows."""

    seconds: float
    cpu: float
    """Of the client and of the backends that served it, in seconds."""
    wal: int
    """Bytes."""


def upsert(stage: Stage) -> Iterator[Row]:
    """Rows a second and bytes of write-ahead log a row: of domains, contacts and job targets.

    Elapsed time of one server and
    one client, in turn: a COPY stands right before each upsert. Before each of them VACUUM and
    CHECKPOINT, so the log holds an image of each page that is touched first.
    """
    ours: defaultdict[str, list[Sample]] = defaultdict(list)
    copies: defaultdict[str, list[Sample]] = defaultdict(list)
    for _ in range(stage.sizes.rounds):
        with stage.database() as url, psycopg.connect(url, autocommit=True) as connection:
            for case, write, copying in _cases(url, connection, stage.sizes.upsert):
                copying.prepare(connection)
                copies[case].append(_sample(connection, partial(copying.run, connection)))
                ours[case].append(_sample(connection, write))
                stage.say(f"upsert: {case}, {ours[case][-1].seconds:.2f} s")
    rows = stage.sizes.upsert * (1 + CONTACTS + 1)
    for case in CASES:
        yield from _rows(case, ours[case], copies[case], rows)


def _rows(case: str, ours: list[Sample], copies: list[Sample], count: int) -> Iterator[Row]:
    meaning, target = CASES[case]
    yield Row(
        name=f"upsert_{case}",
        value=count / median(sample.seconds for sample in ours),
        unit="rows/s",
        meaning=f"the pipeline's write, batches of {BATCH}: {meaning}",
        baseline=count / median(sample.seconds for sample in copies),
        baseline_name="plain COPY of the same batches into such tables, elapsed",
        paired=median(c.seconds / o.seconds for o, c in zip(ours, copies, strict=True)),
        target=target,
    )
    yield Row(
        name=f"upsert_{case}_wal",
        value=median(sample.wal for sample in ours) / count,
        unit="bytes",
        meaning=f"write-ahead log a row, page images and targets included: {meaning}"
        f" (COPY: {median(sample.wal for sample in copies) / count:.0f})",
        target=WAL_TARGETS.get(case),
    )
    yield Row(
        name=f"upsert_{case}_cpu",
        value=median(sample.cpu for sample in ours) * 1e6 / count,
        unit="µs",
        meaning=f"CPU a row, of the client and of the server's backend: {meaning}",
        baseline=median(sample.cpu for sample in copies) * 1e6 / count,
        baseline_name="psycopg's COPY, row by row",
    )


def _sample(connection: "psycopg.Connection[Any]", run: Callable[[], None]) -> Sample:
    connection.execute("VACUUM (ANALYZE) domains, contacts, job_targets")
    connection.execute("CHECKPOINT")
    before = _wal(connection)
    cpu, began = _cpu(connection), time.perf_counter()
    run()
    seconds, cpu = time.perf_counter() - began, _cpu(connection) - cpu
    return Sample(seconds, cpu, _wal(connection) - before)


def _cpu(connection: "psycopg.Connection[Any]") -> float:
    found = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend'"
    )
    return own_cpu() + sum(sum(psutil.Process(pid).cpu_times()[:2]) for (pid,) in found)


def _wal(connection: "psycopg.Connection[Any]") -> int:
    found = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
    assert found is not None  # noqa: S101 - a SELECT without FROM has one row
    return int(found[0])


def _cases(
    url: str, connection: "psycopg.Connection[Any]", count: int
) -> Iterator[tuple[str, Callable[[], None], Copying]]:
    """Each case with its write and its `COPY`, in the order in which they build on each other."""
    names = [f"d{number}.load.test" for number in range(count)]
    engine = make_engine(parse_url(url))
    sessions = async_sessionmaker(engine)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for case in CASES:
            if case != "unchanged":
                job = runner.run(_job(sessions, names))
                found = connection.execute("SELECT domain, id FROM domains ORDER BY id")
                items = [_item(job, name, str(key), case) for name, key in found]
            write = partial(_run, runner, sessions, items)
            if case == "shared":
                write()
            yield case, write, Copying(items, BATCH)
        runner.run(engine.dispose())


async def _job(sessions: Sessions, names: Sequence[str]) -> UUID:
    async with sessions.begin() as session:
        job = await jobs.create(session, spider="recording", source="domains", arguments={})
        await jobs.add_targets(session, job, names)
    return job


def _run(runner: asyncio.Runner, sessions: Sessions, items: Sequence[DomainItem]) -> None:
    runner.run(_write(sessions, items))


async def _write(sessions: Sessions, items: Sequence[DomainItem]) -> None:
    """As in a crawl: so many domains in flight, each of which waits for its commit."""
    crawler = Crawler(
        Spider,
        {
            "BATCH_COUNT": BATCH_COUNT,
            "DOMAINS_IN_FLIGHT": DOMAINS_IN_FLIGHT,
            "BATCH_BYTES": BATCH_BYTES,
            "BATCH_SECONDS": BATCH_SECONDS,
        },
    )
    crawler.stats = StatsCollector(crawler)
    writer = BatchWriter(crawler, sessions)
    left = iter(items)

    async def visit() -> None:
        for item in left:
            await writer.write(item)

    await asyncio.gather(*(visit() for _ in range(DOMAINS_IN_FLIGHT)))
    writer.close()


def _item(job: UUID, domain: str, domain_id: str, case: str) -> DomainItem:
    version = 1 if case == "fresh" else 2
    # Hours, not days: a contact that is seen again on the same day is not written.
    age = timedelta(hours=list(CASES).index(case))
    facts = {
        "job": str(job),
        "domain": domain,
        "domain_id": domain_id,
        "attempt": 1,
        "crawled_at": CRAWLED_AT + age,
    }
    item = made_up(
        facts,
        http_status=200,
        final_url=f"https://{domain}/?{version}",
        ip=f"203.0.113.{version}",
        response_ms=100 * version,
        body_bytes=60_000 + version,
        content_hash=hashlib.sha256(f"{domain} {version}".encode()).hexdigest(),
    )
    if case == "shared":
        item.contacts[-1].value = "https://www.facebook.com/everybodys-builder"
    return item if version == 1 else _changed(item)


def _changed(item: DomainItem) -> DomainItem:
    contacts = [
        replace(contact, raw=f"Now {contact.raw}", source="json-ld", confidence=0.8)
        for contact in item.contacts
    ]
    return replace(
        item,
        title=f"New {item.title}",
        description=f"New: {item.description}",
        language="de",
        generator="TYPO3 CMS",
        contacts=contacts,
    )
