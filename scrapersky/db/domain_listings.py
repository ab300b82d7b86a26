"""Lists of domains: see `scrapersky.db.keyset`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, cast, func, literal, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import keyset
from scrapersky.db.keyset import Conditions, Split
from scrapersky.db.like import begins_with
from scrapersky.db.tables import TECHNOLOGY_NAMES, WORDS, contacts, domains
from scrapersky.outcomes import ErrorCode
from scrapersky.states import AnalysisStatus, ContactKind, CurationStatus, DomainStatus

_COLUMNS = (
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
    domains.c.country,
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
    domains.c.sitemap_curation_status,
    domains.c.sitemap_analysis_status,
    domains.c.sitemap_count,
    domains.c.page_count,
    domains.c.last_crawled_at,
    domains.c.last_completed_at,
    domains.c.created_at,
)
DOMAIN_FIELDS = (
    *(column.name for column in _COLUMNS),
    *("email", "phone", "emails", "phones", "profiles"),
)
_HAS = {
    ContactKind.EMAIL: domains.c.has_email,
    ContactKind.PHONE: domains.c.has_phone,
    ContactKind.SOCIAL: domains.c.has_social,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFilter:
    """Which domains. What is None or empty does not count."""

    status: DomainStatus | None = None
    error: ErrorCode | None = None
    language: str | None = None
    """As declared, in any case; `de` is `de-AT` too."""
    country: str | None = None
    """Of the first postal address, ISO 3166-1 alpha-2, in any case."""
    technology: str | None = None
    """By its name, as `technologies` has it."""
    cms: str | None = None
    """By its name, as `cms` has it."""
    curation: CurationStatus | None = None
    sitemap_curation: CurationStatus | None = None
    sitemap_analysis: AnalysisStatus | None = None
    text: str | None = None
    """Beginning of the name."""
    words: str | None = None
    """All in title, organization or description; `or`, `-` and quotes mean what they mean in search
    engines."""
    has: Sequence[ContactKind] = ()
    """Kinds of contacts of which there is at least one each."""
    crawled_after: datetime | None = None
    """From this time on."""
    crawled_before: datetime | None = None

    def conditions(self) -> Conditions:
        """As SQL."""
        return self.split().all

    def split(self) -> Split:
        """As SQL, by what an index in the order of ids can answer."""
        walk = keyset.WALK if self.words is None else keyset.WALK // 4
        return Split(self._equal() + self._crawled(), self._wide(), walk)

    def _equal(self) -> Conditions:
        given = {
            domains.c.status: self.status,
            domains.c.error_code: self.error,
            domains.c.curation_status: self.curation,
            domains.c.sitemap_curation_status: self.sitemap_curation,
            domains.c.sitemap_analysis_status: self.sitemap_analysis,
            domains.c.cms: self.cms,
            domains.c.country: self.country and self.country.upper(),
        }
        wanted = [column == value for column, value in given.items() if value is not None]
        if self.sitemap_curation not in {None, CurationStatus.NEW}:
            # Said twice: only so the partial index is known to have them all.
            wanted.append(domains.c.sitemap_curation_status != text("'New'"))
        if self.language is not None:
            tag = self.language.lower()
            column = domains.c.language_tag
            wanted.append((column == tag) | begins_with(column, f"{tag}-"))
        return wanted + [_HAS[kind] for kind in dict.fromkeys(self.has)]

    def _crawled(self) -> Conditions:
        wanted: Conditions = []
        if self.crawled_after is not None:
            wanted.append(domains.c.last_crawled_at >= self.crawled_after)
        if self.crawled_before is not None:
            wanted.append(domains.c.last_crawled_at < self.crawled_before)
        return wanted

    def _wide(self) -> Conditions:
        wanted: Conditions = []
        if self.technology is not None:
            names = literal([self.technology], JSONB)
            wanted.append(_named(TECHNOLOGY_NAMES, "@>", names))
        if self.words is not None:
            query = func.websearch_to_tsquery(text("'simple'"), self.words)
            wanted.append(_named(WORDS, "@@", query))
        if self.text is not None:
            wanted.append(begins_with(domains.c.domain, self.text.lower()))
        return wanted


def _named(expression: str, operator: str, value: Any) -> Any:
    return literal_column(f"({expression})").op(operator, is_comparison=True)(value)


async def domain_ids(
    session: AsyncSession, wanted: DomainFilter, *, after: UUID | None, limit: int
) -> list[UUID]:
    """The next domains that pass."""
    return await keyset.page(session, domains, wanted.split(), after=after, limit=limit)


async def domain_page(
    session: AsyncSession, wanted: DomainFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Domains with their contacts: rows with the keys `DOMAIN_FIELDS`."""
    ids = await domain_ids(session, wanted, after=after, limit=limit)
    statement = select(*_COLUMNS).where(_among(domains.c.id, ids)).order_by(domains.c.id)
    rows = (await session.execute(statement)).mappings().all()
    found = await _contacts(session, ids)
    return [{**row, **_joined(found[row["id"]])} for row in rows]


def _among(column: Any, ids: Sequence[UUID]) -> Any:
    return column == any_(cast(ids, ARRAY(Uuid)))


async def _contacts(
    session: AsyncSession, ids: Sequence[UUID]
) -> dict[UUID, dict[ContactKind, list[str]]]:
    """Contacts by domain and kind, the most trusted first."""
    rows = await session.execute(
        select(contacts.c.domain_id, contacts.c.kind, contacts.c.value)
        .where(_among(contacts.c.domain_id, ids))
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
