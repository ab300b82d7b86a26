"""Lists: which rows each filter gives, and that pages miss none and repeat none."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import companies, jobs, keyset
from scrapersky.db import contacts as contacts_
from scrapersky.db import domains as domains_
from scrapersky.db.listings import (
    CONTACT_FIELDS,
    DOMAIN_FIELDS,
    ContactFilter,
    DomainFilter,
    contact_page,
    domain_page,
    newest_jobs,
    target_page,
)
from scrapersky.db.session import make_engine, parse_url
from scrapersky.db.tables import contacts, domains, job_targets, new_id, pages
from scrapersky.errors import JobError
from scrapersky.extract.contact import EmailType, PhoneType
from scrapersky.outcomes import ErrorCode
from scrapersky.states import (
    AnalysisStatus,
    ContactKind,
    CurationStatus,
    DomainStatus,
    JobState,
    TargetState,
)

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
EMAIL, PHONE, SOCIAL = ContactKind.EMAIL, ContactKind.PHONE, ContactKind.SOCIAL

DOMAINS: list[dict[str, Any]] = [
    {
        "domain": "a.test",
        "status": "completed",
        "language": "de",
        "curation_status": "Selected",
        "title": "Müller & Söhne",
        "organization": "Acme Ltd",
        "technologies": [{"name": "jQuery", "version": "3.7"}, {"name": "Nginx"}],
        "cms": "WordPress",
        "addresses": [{"city": "Berlin", "country": "DE"}],
        "has_email": True,
        "has_phone": True,
    },
    {
        "domain": "ab.test",
        "status": "completed",
        "language": "de-AT",
        "last_crawled_at": NOVEMBER,
        "description": "We paint houses, and fences.",
        "technologies": [{"name": "Nginx"}],
        "has_email": True,
        "has_social": True,
        "sitemap_curation_status": "Selected",
        "sitemap_analysis_status": "queued",
    },
    {"domain": "a_c.test", "status": "error", "error_code": "dns", "language": "den"},
    {"domain": "b.test", "status": "error", "error_code": "parked"},
    {"domain": "c.test"},
]
CONTACTS = [
    ("a.test", EMAIL, "second@a.test", None, "link", 0.5, "role", None),
    ("a.test", EMAIL, "first@a.test", None, "mailto", 0.9, "personal", None),
    ("a.test", PHONE, "+4930123456", None, "tel", 0.8, "fixed", "DE"),
    ("ab.test", EMAIL, "x@ab.test", None, "mailto", 0.9, "role", None),
    ("ab.test", SOCIAL, "https://www.linkedin.com/company/ab", "linkedin", "link", 0.7, None, None),
]

DOMAIN_CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "a.test ab.test a_c.test b.test c.test"),
    ({"status": DomainStatus.PENDING}, "c.test"),
    ({"error": ErrorCode.PARKED}, "b.test"),
    ({"status": DomainStatus.COMPLETED, "error": ErrorCode.DNS}, ""),
    ({"language": "DE"}, "a.test ab.test"),
    ({"language": "de-at"}, "ab.test"),
    ({"language": "%"}, ""),
    ({"country": "de"}, "a.test"),
    ({"technology": "Nginx"}, "a.test ab.test"),
    ({"technology": "jQuery"}, "a.test"),
    ({"technology": '3.7"]'}, ""),
    ({"technology": "Nginx", "language": "de-AT"}, "ab.test"),
    ({"cms": "WordPress"}, "a.test"),
    ({"curation": CurationStatus.SELECTED}, "a.test"),
    ({"sitemap_curation": CurationStatus.SELECTED}, "ab.test"),
    ({"sitemap_curation": CurationStatus.NEW, "has": [EMAIL]}, "a.test"),
    ({"sitemap_analysis": AnalysisStatus.QUEUED}, "ab.test"),
    ({"text": "A"}, "a.test ab.test a_c.test"),
    ({"text": "a_"}, "a_c.test"),
    ({"text": ".test"}, ""),
    ({"words": "MÜLLER"}, "a.test"),
    ({"words": "acme"}, "a.test"),
    ({"words": "paint fences"}, "ab.test"),
    ({"words": "paint cars"}, ""),
    ({"words": "acme or paint"}, "a.test ab.test"),
    ({"words": '-acme "paint houses" & ! ('}, "ab.test"),
    ({"words": "acme", "text": "a", "technology": "jQuery"}, "a.test"),
    ({"has": [EMAIL]}, "a.test ab.test"),
    ({"has": [EMAIL, SOCIAL]}, "ab.test"),
    ({"crawled_after": NOVEMBER}, "ab.test"),
    ({"crawled_before": NOVEMBER}, ""),
]

CONTACT_CASES: list[tuple[dict[str, Any], str]] = [
    (
        {},
        "second@a.test first@a.test +4930123456 x@ab.test https://www.linkedin.com/company/ab",
    ),
    ({"kind": PHONE}, "+4930123456"),
    ({"domain": "ab.test", "kind": EMAIL}, "x@ab.test"),
    ({"domain": "nobody.test"}, ""),
    ({"network": "linkedin"}, "https://www.linkedin.com/company/ab"),
    ({"network": "linkedin", "region": "DE"}, ""),
    ({"source": "mailto"}, "first@a.test x@ab.test"),
    ({"source": "mailto", "type": EmailType.ROLE}, "x@ab.test"),
    ({"type": EmailType.ROLE}, "second@a.test x@ab.test"),
    ({"type": PhoneType.FIXED, "region": "de"}, "+4930123456"),
    ({"min_confidence": 0.75}, "first@a.test +4930123456 x@ab.test"),
    ({"text": "x@"}, "x@ab.test"),
    ({"text": "%"}, ""),
    ({"text": "https://", "kind": SOCIAL}, "https://www.linkedin.com/company/ab"),
    ({"text": "https://", "kind": EMAIL}, ""),
]


@pytest.fixture
async def session(database: str) -> AsyncIterator[AsyncSession]:
    engine = make_engine(parse_url(database))
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()


@pytest.fixture
async def ids(session: AsyncSession) -> dict[str, UUID]:
    """The rows above. Returns the ids of the domains."""
    ids = {row["domain"]: new_id() for row in DOMAINS}
    for row in DOMAINS:
        await session.execute(insert(domains).values(id=ids[row["domain"]], **row))
    for domain, kind, value, network, source, confidence, type_, region in CONTACTS:
        await session.execute(
            insert(contacts).values(
                id=new_id(),
                domain_id=ids[domain],
                kind=kind,
                value=value,
                network=network,
                source=source,
                confidence=confidence,
                type=type_,
                region=region,
                page_url=f"https://{domain}/",
                first_seen_at=NOVEMBER,
                last_seen_at=NOVEMBER,
            )
        )
    return ids


@pytest.fixture(params=[1, keyset.WALK], ids=["looked up", "walked"])
def walk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether rows are found on the walk, or looked up behind its end."""
    monkeypatch.setattr(keyset, "PAGE", 1)
    monkeypatch.setattr(keyset.Split, "__init__", _walking(request.param))


def _walking(rows: int) -> Any:
    made = keyset.Split.__init__

    def init(self: keyset.Split, narrow: Any, wide: Any = (), _: int = 0) -> None:
        made(self, narrow, list(wide), rows)

    return init


@pytest.mark.usefixtures("walk")
async def test_domain_filters(session: AsyncSession, ids: dict[str, UUID]) -> None:
    for wanted, expected in DOMAIN_CASES:
        rows = await domain_page(session, DomainFilter(**wanted), after=None, limit=9)
        assert [row["domain"] for row in rows] == expected.split(), wanted


@pytest.mark.usefixtures("walk")
async def test_pages_of_filters(session: AsyncSession, ids: dict[str, UUID]) -> None:
    for wanted, expected in DOMAIN_CASES:
        seen: list[str] = []
        after = None
        while rows := await domain_page(session, DomainFilter(**wanted), after=after, limit=1):
            [row] = rows
            seen.append(row["domain"])
            after = row["id"]
        assert seen == expected.split(), wanted


async def test_a_domain_comes_with_its_contacts(
    session: AsyncSession, ids: dict[str, UUID]
) -> None:
    first, second, third = await domain_page(session, DomainFilter(), after=None, limit=3)
    assert set(first) == set(DOMAIN_FIELDS)
    assert (first["email"], first["phone"]) == ("first@a.test", "+4930123456")
    assert first["emails"] == ["first@a.test", "second@a.test"]
    assert second["profiles"] == ["https://www.linkedin.com/company/ab"]
    assert (third["email"], third["emails"]) == (None, [])


@pytest.mark.usefixtures("walk")
async def test_contact_filters(session: AsyncSession, ids: dict[str, UUID]) -> None:
    for wanted, expected in CONTACT_CASES:
        rows = await contact_page(session, ContactFilter(**wanted), after=None, limit=9)
        assert [row["value"] for row in rows] == expected.split(), wanted
        assert all(tuple(row) == CONTACT_FIELDS for row in rows)


async def test_pages_follow_one_another(session: AsyncSession, ids: dict[str, UUID]) -> None:
    job = await jobs.create(session, spider="homepage", source="domains", arguments={})
    await jobs.add_targets(session, job, list(ids))

    async def read(list_: str, after: UUID | None) -> list[dict[str, Any]]:
        if list_ == "domains":
            return await domain_page(session, DomainFilter(), after=after, limit=2)
        if list_ == "contacts":
            return await contact_page(session, ContactFilter(), after=after, limit=2)
        return await target_page(session, job, state=None, error=None, after=after, limit=2)

    for list_ in ("domains", "contacts", "targets"):
        seen: list[UUID] = []
        while rows := await read(list_, seen[-1] if seen else None):
            assert len(rows) <= 2
            seen += [row["id"] for row in rows]
        assert len(seen) == 5
        assert seen == sorted(set(seen))


async def test_targets_of_a_job(session: AsyncSession, ids: dict[str, UUID]) -> None:
    job = await jobs.create(session, spider="homepage", source="domains", arguments={})
    other = await jobs.create(session, spider="homepage", source="domains", arguments={})
    await jobs.add_targets(session, job, ["a.test", "b.test"])
    await jobs.add_targets(session, other, ["c.test"])
    ended = {"state": TargetState.ERROR, "error_code": "dns", "ended_at": NOVEMBER}
    await session.execute(
        job_targets.update().where(job_targets.c.domain_id == ids["b.test"]).values(ended)
    )

    async def names(state: TargetState | None = None, error: ErrorCode | None = None) -> list[str]:
        rows = await target_page(session, job, state=state, error=error, after=None, limit=9)
        return [row["domain"] for row in rows]

    assert await names() == ["a.test", "b.test"]
    assert await names(state=TargetState.PENDING) == ["a.test"]
    assert await names(error=ErrorCode.DNS) == ["b.test"]
    assert await names(TargetState.PENDING, ErrorCode.DNS) == []
    with pytest.raises(JobError, match="There is no job"):
        await target_page(session, new_id(), state=None, error=None, after=None, limit=9)


async def test_newest_jobs(session: AsyncSession) -> None:
    old, new = [
        await jobs.create(session, spider=spider, source="file", arguments={})
        for spider in ("homepage", "other")
    ]
    row = await jobs.get(session, old)
    await jobs.set_state(session, row, JobState.RUNNING, None)

    async def found(**filters: Any) -> list[UUID]:
        wanted = {"state": None, "spider": None, "limit": 9} | filters
        return [row["id"] for row in await newest_jobs(session, **wanted)]

    assert await found() == [new, old]
    assert await found(limit=1) == [new]
    assert await found(state=JobState.RUNNING) == [old]
    assert await found(spider="other") == [new]


async def test_adding_domains_twice(session: AsyncSession, ids: dict[str, UUID]) -> None:
    assert await companies.add(session, ["a.test", "z.test", "z.test", "y.test"]) == 2
    assert await companies.add(session, ["z.test", "y.test"]) == 0
    found = await domains_.find(session, "z.test")
    assert found
    assert found["status"] == DomainStatus.PENDING
    known = await domains_.find(session, "a.test")
    assert known
    assert (known["id"], known["status"]) == (ids["a.test"], DomainStatus.COMPLETED)


async def test_selecting_sitemaps_queues_the_search(
    session: AsyncSession, ids: dict[str, UUID]
) -> None:
    async def after(before: str | None, decision: CurationStatus) -> str | None:
        await session.execute(domains.update().values(sitemap_analysis_status=before))
        change = {"sitemap_curation_status": decision}
        assert await domains_.curate(session, [ids["c.test"], new_id()], change) == [ids["c.test"]]
        found = await domains_.get(session, ids["c.test"])
        assert found
        assert found["sitemap_curation_status"] == decision
        return str(found["sitemap_analysis_status"])

    for before in (None, "queued", "submitted", "failed"):
        assert await after(before, CurationStatus.SELECTED) == "queued"
    assert await after("processing", CurationStatus.SELECTED) == "processing"
    assert await after("queued", CurationStatus.ARCHIVED) == "None"
    assert await after("submitted", CurationStatus.ARCHIVED) == "submitted"


async def test_a_deleted_contact_is_none_of_its_domain(
    session: AsyncSession, ids: dict[str, UUID]
) -> None:
    [phone] = await contact_page(session, ContactFilter(kind=PHONE), after=None, limit=9)
    assert await contacts_.remove(session, phone["id"])
    assert not await contacts_.remove(session, phone["id"])
    found = await domains_.find(session, "a.test")
    assert found
    assert (found["has_email"], found["has_phone"], found["has_social"]) == (True, False, False)


async def test_a_domain_goes_with_its_pages_in_pieces(
    session: AsyncSession, ids: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domains_, "MOST_PAGES", 2)
    for number in range(3):
        page = {"domain_id": ids["a.test"], "url": f"https://a.test/{number}"}
        times = {"first_seen_at": NOVEMBER, "last_seen_at": NOVEMBER}
        await session.execute(insert(pages).values(id=new_id(), **page, **times))
    assert await domains_.remove(session, [ids["a.test"]]) is None
    assert await domains_.find(session, "a.test")
    assert await domains_.remove(session, [ids["a.test"]]) == 1
    assert await domains_.remove(session, [ids["a.test"]]) == 0
    left = await contact_page(session, ContactFilter(), after=None, limit=9)
    assert {row["domain"] for row in left} == {"ab.test"}
