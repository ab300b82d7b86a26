"""Batches: what they change, and what they leave alone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import endings, jobs
from scrapersky.db.session import make_engine, parse_url
from scrapersky.db.tables import contacts, domains, job_targets
from scrapersky.db.tables import jobs as jobs_table
from scrapersky.items import ContactItem, DomainItem, Ending, RetryItem
from scrapersky.outcomes import ErrorCode
from scrapersky.states import ContactKind, DomainStatus, TargetState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def session(database: str) -> AsyncIterator[AsyncSession]:
    engine = make_engine(parse_url(database))
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()


@pytest.fixture
async def target(session: AsyncSession) -> dict[str, Any]:
    """A job with one target."""
    job = await jobs.create(session, spider="homepage", source="domains", arguments={})
    await jobs.add_targets(session, job, ["a.test"])
    domain_id = await session.scalar(select(domains.c.id))
    return {"job": str(job), "domain": "a.test", "domain_id": str(domain_id)}


def completed(target: dict[str, Any], **values: Any) -> DomainItem:
    base = {"attempt": 1, "crawled_at": NOW, "status": DomainStatus.COMPLETED, "title": "A"}
    return DomainItem(**{**target, **base, **values})


def failed(target: dict[str, Any], **values: Any) -> DomainItem:
    wrong = {"status": DomainStatus.ERROR, "error_code": ErrorCode.DNS, "title": None}
    return completed(target, **{**wrong, "error_message": "gone", **values})


def contact(value: str, confidence: float = 0.9) -> ContactItem:
    return ContactItem(
        kind=ContactKind.EMAIL,
        value=value,
        raw=value,
        source="mailto",
        confidence=confidence,
        page_url="https://a.test/",
    )


async def write(session: AsyncSession, *items: Ending) -> endings.Written:
    return await endings.write(session, [endings.prepare(item) for item in items])


async def row(session: AsyncSession, table: Any = domains) -> Any:
    return (await session.execute(select(table))).mappings().one()


async def test_doing_it_twice_changes_nothing(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    item = completed(target, json_ld=[{"@type": "Thing"}], contacts=[contact("x@a.test")])
    first = await write(session, item)
    assert (first.domains, first.contacts, first.unchanged) == (1, 1, 0)
    second = await write(session, item)
    assert (second.domains, second.contacts, second.unchanged) == (0, 0, 2)
    job = await row(session, jobs_table)
    assert (job["targets_completed"], job["targets_error"]) == (1, 0)


async def test_an_older_crawl_does_not_overwrite_a_newer(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    await write(session, completed(target, title="New"))
    await write(session, completed(target, title="Old", crawled_at=NOW - timedelta(hours=1)))
    assert (await row(session))["title"] == "New"


async def test_a_domain_says_which_contacts_it_has(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    async def has() -> tuple[bool, bool, bool]:
        found = await row(session)
        return found["has_email"], found["has_phone"], found["has_social"]

    assert await has() == (False, False, False)
    await write(session, completed(target, contacts=[contact("x@a.test")]))
    assert await has() == (True, False, False)
    later = {"crawled_at": NOW + timedelta(days=9)}
    await write(session, failed(target, **later))  # what is no longer found stays
    assert await has() == (True, False, False)
    phone = contact("+4930123456")
    phone.kind = ContactKind.PHONE
    await write(session, completed(target, contacts=[phone], attempt=2))  # an older crawl
    assert await has() == (True, True, False)


async def test_an_error_keeps_the_page_of_last_time(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    await write(session, completed(target))
    await write(session, failed(target, crawled_at=NOW + timedelta(days=1)))
    found = await row(session)
    assert (found["status"], found["error_code"], found["title"]) == ("error", "dns", "A")
    assert (found["last_completed_at"], found["last_crawled_at"]) == (NOW, NOW + timedelta(days=1))


async def test_a_later_pass_leaves_the_domain_alone(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    retry = RetryItem(
        **target, attempt=1, crawled_at=NOW, error_code=ErrorCode.TIMEOUT, retry_after=60
    )
    await write(session, retry)
    await write(session, retry)  # a lost acknowledgement of the commit
    found = await row(session, job_targets)
    assert (found["state"], found["attempts"]) == (TargetState.PENDING, 1)
    assert found["ended_at"] is None
    assert found["retry_at"] > await session.scalar(select(func.now()))
    assert (await row(session))["status"] == DomainStatus.PENDING
    await write(session, failed(target, attempt=2))
    found = await row(session, job_targets)
    assert (found["state"], found["attempts"], found["retry_at"]) == ("error", 2, None)


async def test_contacts_are_seen_again_by_the_day(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    for hours, expected in ((0, 0), (2, 0), (30, 30)):
        moment = NOW + timedelta(hours=hours)
        await write(session, completed(target, crawled_at=moment, contacts=[contact("x@a.test")]))
        found = await row(session, contacts)
        assert found["last_seen_at"] == NOW + timedelta(hours=expected)
        assert found["first_seen_at"] == NOW
    better = contact("x@a.test", confidence=1.0)
    await write(session, completed(target, crawled_at=NOW + timedelta(hours=31), contacts=[better]))
    assert (await row(session, contacts))["confidence"] == 1.0


async def test_a_domain_deleted_meanwhile_comes_not_back(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    await session.execute(domains.delete())
    written = await write(session, completed(target))
    assert (written.domains, written.contacts) == (0, 0)
    assert await session.scalar(select(func.count()).select_from(domains)) == 0
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await write(session, completed(target, contacts=[contact("x@a.test")]))


async def test_what_json_cannot_hold_is_refused_before_the_database(
    target: dict[str, Any],
) -> None:
    with pytest.raises(TypeError):
        endings.prepare(completed(target, json_ld=[{"n": 2**70}]))


async def test_nul_is_taken_out(session: AsyncSession, target: dict[str, Any]) -> None:
    await write(session, completed(target, json_ld=[{"a\x00": "b\x00", "c": "\\u0000"}]))
    assert (await row(session))["json_ld"] == [{"a": "b", "c": "\\u0000"}]


async def test_targets_and_duplicates_are_counted(session: AsyncSession) -> None:
    job = await jobs.create(session, spider="homepage", source="domains", arguments={})
    assert await jobs.add_targets(session, job, ["a.test", "b.test", "a.test"]) == 2
    assert await jobs.add_targets(session, job, ["b.test", "c.test"]) == 1
    found = await jobs.get(session, job)
    assert (found["targets_total"], found["duplicates"]) == (3, 2)
    assert isinstance(found["id"], UUID)


async def test_two_claims_never_get_the_same_domain(database: str) -> None:
    engine = make_engine(parse_url(database))
    async with AsyncSession(engine) as session, session.begin():
        seed = await jobs.create(session, spider="homepage", source="domains", arguments={})
        await jobs.add_targets(session, seed, [f"d{n}.test" for n in range(10)])
    async with AsyncSession(engine) as one, AsyncSession(engine) as two:
        first = await jobs.create(one, spider="homepage", source="pending", arguments={})
        second = await jobs.create(two, spider="homepage", source="pending", arguments={})
        assert await jobs.claim(one, first, 6) == 6
        assert await jobs.claim(two, second, 6) == 4  # without waiting for the other
        await one.commit()
        await two.commit()
    await engine.dispose()


async def test_unclaiming_leaves_what_has_ended(
    session: AsyncSession, target: dict[str, Any]
) -> None:
    await write(session, completed(target))
    await session.execute(update(domains).values(status=DomainStatus.PROCESSING))
    await jobs.unclaim(session, UUID(target["job"]))
    assert (await row(session))["status"] == DomainStatus.PROCESSING
