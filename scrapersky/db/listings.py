"""Lists of any length, page by page: each page begins after the id with which the last one ended.

A page is one short transaction, so an export of a million rows holds none open, and a
transaction-mode pooler may sit in between. Ids sort by age: the oldest rows come first.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, RowMapping, Select, Uuid, any_, cast, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import jobs as jobs_
from scrapersky.db.tables import contacts, domains, job_targets, jobs
from scrapersky.outcomes import ErrorCode
from scrapersky.states import ContactKind, CurationStatus, DomainStatus, JobState, TargetState

_DOMAIN_COLUMNS = (
    domains.c.id,
    domains.c.domain,
    domains.c.status,
    domains.c.error_code,
    domains.c.error_message,
    domains.c.http_status,
    domains.c.final_url,
    domains.c.redirected_to,
    domains.c.title,
    domains.c.description,
    domains.c.language,
    domains.c.detected_language,
    domains.c.organization,
    domains.c.cms,
    domains.c.cms_version,
    domains.c.technologies,
    domains.c.addresses,
    domains.c.has_contact_form,
    domains.c.generator,
    domains.c.canonical_url,
    domains.c.favicon_url,
    domains.c.logo_url,
    domains.c.curation_status,
    domains.c.notes,
    domains.c.last_crawled_at,
    domains.c.last_completed_at,
    domains.c.created_at,
)
_CONTACT_COLUMNS = (
    contacts.c.id,
    domains.c.domain,
    contacts.c.kind,
    contacts.c.value,
    contacts.c.network,
    contacts.c.type,
    contacts.c.region,
    contacts.c.source,
    contacts.c.confidence,
    contacts.c.page_url,
    contacts.c.raw,
    contacts.c.first_seen_at,
    contacts.c.last_seen_at,
)

DOMAIN_FIELDS = (
    *(column.name for column in _DOMAIN_COLUMNS),
    *("email", "phone", "emails", "phones", "profiles"),
)
CONTACT_FIELDS = tuple(column.name for column in _CONTACT_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFilter:
    """Which domains. What is None or empty does not count."""

    status: DomainStatus | None = None
    error: ErrorCode | None = None
    language: str | None = None
    """As declared, in any case; `de` is `de-AT` too."""
    curation: CurationStatus | None = None
    text: str | None = None
    """Beginning of the name."""
    has: Sequence[ContactKind] = ()
    """Kinds of contacts of which there is at least one each."""
    crawled_after: datetime | None = None
    """From this time on."""
    crawled_before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        wanted: list[ColumnElement[bool]] = [
            exists().where(contacts.c.domain_id == domains.c.id, contacts.c.kind == kind)
            for kind in self.has
        ]
        if self.status is not None:
            wanted.append(domains.c.status == self.status)
        if self.error is not None:
            wanted.append(domains.c.error_code == self.error)
        if self.language is not None:
            tag = _literal(self.language)
            wanted.append(domains.c.language.ilike(tag) | domains.c.language.ilike(f"{tag}-%"))
        if self.curation is not None:
            wanted.append(domains.c.curation_status == self.curation)
        if self.text is not None:
            wanted.append(domains.c.domain.like(f"{_literal(self.text.lower())}%"))
        if self.crawled_after is not None:
            wanted.append(domains.c.last_crawled_at >= self.crawled_after)
        if self.crawled_before is not None:
            wanted.append(domains.c.last_crawled_at < self.crawled_before)
        return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter:
    """Which contacts. What is None does not count."""

    kind: ContactKind | None = None
    domain: str | None = None
    network: str | None = None
    source: str | None = None
    min_confidence: float | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        wanted: list[ColumnElement[bool]] = []
        if self.kind is not None:
            wanted.append(contacts.c.kind == self.kind)
        if self.domain is not None:
            of_name = select(domains.c.id).where(domains.c.domain == self.domain)
            wanted.append(contacts.c.domain_id == of_name.scalar_subquery())
        if self.network is not None:
            wanted.append(contacts.c.network == self.network)
        if self.source is not None:
            wanted.append(contacts.c.source == self.source)
        if self.min_confidence is not None:
            wanted.append(contacts.c.confidence >= self.min_confidence)
        return wanted


async def domain_page(
    session: AsyncSession, wanted: DomainFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Domains with their contacts: rows with the keys `DOMAIN_FIELDS`."""
    statement = select(*_DOMAIN_COLUMNS).where(*wanted.conditions()).order_by(domains.c.id)
    if after is not None:
        statement = statement.where(domains.c.id > after)
    rows = (await session.execute(statement.limit(limit))).mappings().all()
    found = await _contacts(session, [row["id"] for row in rows])
    return [{**row, **_joined(found[row["id"]])} for row in rows]


async def contact_page(
    session: AsyncSession, wanted: ContactFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Contacts: rows with the keys `CONTACT_FIELDS`."""
    statement = (
        select(*_CONTACT_COLUMNS)
        .join(domains, domains.c.id == contacts.c.domain_id)
        .where(*wanted.conditions())
        .order_by(contacts.c.id)
    )
    if after is not None:
        statement = statement.where(contacts.c.id > after)
    return [dict(row) for row in (await session.execute(statement.limit(limit))).mappings()]


async def target_page(
    session: AsyncSession,
    job_id: UUID,
    *,
    state: TargetState | None,
    error: ErrorCode | None,
    after: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """A job's targets; `id` is the domain's.

    Raises:
        JobError: there is no such job.
    """
    await jobs_.get(session, job_id)
    statement = (
        select(
            job_targets.c.domain_id.label("id"),
            domains.c.domain,
            job_targets.c.state,
            job_targets.c.attempts,
            job_targets.c.error_code,
            job_targets.c.error_message,
            job_targets.c.retry_at,
            job_targets.c.ended_at,
        )
        .join(domains, domains.c.id == job_targets.c.domain_id)
        .where(job_targets.c.job_id == job_id)
        .order_by(job_targets.c.domain_id)
    )
    if state is not None:
        statement = statement.where(job_targets.c.state == state)
    if error is not None:
        statement = statement.where(job_targets.c.error_code == error)
    if after is not None:
        # Said twice: PostgreSQL infers equalities through a join, but not that.
        statement = statement.where(job_targets.c.domain_id > after, domains.c.id > after)
    return [dict(row) for row in (await session.execute(statement.limit(limit))).mappings()]


async def newest_jobs(
    session: AsyncSession, *, state: JobState | None, spider: str | None, limit: int
) -> Sequence[RowMapping]:
    """The last jobs, newest first."""
    statement: Select[Any] = jobs_.newest(limit)
    if state is not None:
        statement = statement.where(jobs.c.state == state)
    if spider is not None:
        statement = statement.where(jobs.c.spider == spider)
    rows: Sequence[RowMapping] = (await session.execute(statement)).mappings().all()
    return rows


async def _contacts(
    session: AsyncSession, ids: Sequence[UUID]
) -> dict[UUID, dict[ContactKind, list[str]]]:
    """Contacts by domain and kind, the most trusted first."""
    rows = await session.execute(
        select(contacts.c.domain_id, contacts.c.kind, contacts.c.value)
        .where(contacts.c.domain_id == any_(cast(ids, ARRAY(Uuid))))
        .order_by(contacts.c.confidence.desc(), contacts.c.value)
    )
    found: dict[UUID, dict[ContactKind, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.domain_id][row.kind].append(row.value)
    return found


def _joined(found: dict[ContactKind, list[str]]) -> dict[str, Any]:
    emails, phones = found[ContactKind.EMAIL], found[ContactKind.PHONE]
    return {
        "email": emails[0] if emails else None,
        "phone": phones[0] if phones else None,
        "emails": emails,
        "phones": phones,
        "profiles": found[ContactKind.SOCIAL],
    }


def _literal(text: str) -> str:
    """A text of which LIKE takes no character for a wildcard."""
    return re.sub(r"([%_\\])", r"\\\1", text)
