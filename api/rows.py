"""Rows of the tables, as answers show them: with all that the tables have, and their types."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, IPvAnyAddress

from scrapersky.outcomes import ErrorCode
from scrapersky.sitemaps.entries import Kind
from scrapersky.sitemaps.page_types import PageType
from scrapersky.states import (
    AnalysisStatus,
    CatchUp,
    ContactKind,
    CurationStatus,
    DomainStatus,
    FiringState,
    FoundVia,
    ImportStatus,
    JobState,
    Overlap,
    Service,
    TargetState,
)

Objects = list[dict[str, Any]] | None
"""A list that docs/data.md describes."""


class DomainRow(BaseModel):
    """A domain with its contacts, as lists show it."""

    id: UUID
    domain: str
    status: DomainStatus
    error_code: ErrorCode | None
    error_message: str | None
    http_status: int | None
    final_url: str | None
    redirected_to: str | None
    title: str | None
    description: str | None
    language: str | None
    detected_language: str | None
    organization: str | None
    country: str | None
    cms: str | None
    cms_version: str | None
    technologies: Objects
    addresses: Objects
    has_contact_form: bool | None
    generator: str | None
    canonical_url: str | None
    favicon_url: str | None
    logo_url: str | None
    curation_status: CurationStatus
    notes: str | None
    sitemap_curation_status: CurationStatus
    sitemap_analysis_status: AnalysisStatus | None
    sitemap_count: int | None
    page_count: int | None
    last_crawled_at: datetime | None
    last_completed_at: datetime | None
    created_at: datetime
    email: str | None
    phone: str | None
    emails: list[str]
    phones: list[str]
    profiles: list[str]


class DomainContact(BaseModel):
    """A contact of a domain."""

    id: UUID
    domain_id: UUID
    kind: ContactKind
    value: str
    raw: str | None
    network: str | None
    source: str
    page_url: str
    confidence: float
    type: str | None
    region: str | None
    details: dict[str, Any] | None
    also_on: list[str] | None
    first_seen_at: datetime
    last_seen_at: datetime


class Crawl(BaseModel):
    """What a job made of a domain."""

    job_id: UUID
    domain_id: UUID
    state: TargetState
    attempts: int
    expiries: int
    error_code: ErrorCode | None
    error_message: str | None
    retry_at: datetime | None
    ended_at: datetime | None
    spider: str


class Domain(BaseModel):
    """All that is known about a domain."""

    id: UUID
    domain: str
    status: DomainStatus
    error_code: ErrorCode | None
    error_message: str | None
    http_status: int | None
    final_url: str | None
    redirected_to: str | None
    ip: IPvAnyAddress | None
    response_ms: int | None
    body_bytes: int | None
    charset: str | None
    content_hash: str | None
    title: str | None
    description: str | None
    language: str | None
    canonical_url: str | None
    favicon_url: str | None
    generator: str | None
    open_graph: dict[str, Any] | None
    json_ld: Objects
    provenance: dict[str, dict[str, Any]] | None
    detected_language: str | None
    organization: str | None
    logo_url: str | None
    cms: str | None
    cms_version: str | None
    technologies: Objects
    addresses: Objects
    opening_hours: Objects
    contact_links: Objects
    has_contact_form: bool | None
    word_count: int | None
    twitter_card: dict[str, Any] | None
    language_tag: str | None
    country: str | None
    has_email: bool
    has_phone: bool
    has_social: bool
    curation_status: CurationStatus
    notes: str | None
    last_crawled_at: datetime | None
    last_completed_at: datetime | None
    sitemap_count: int | None
    page_count: int | None
    sitemaps_crawled_at: datetime | None
    sitemap_curation_status: CurationStatus
    sitemap_analysis_status: AnalysisStatus | None
    sitemap_analysis_error: str | None
    sitemap_analysis_job_id: UUID | None
    sitemap_scan_status: str | None
    sitemap_scan_error: str | None
    sitemap_scan_job_id: UUID | None
    created_at: datetime
    updated_at: datetime
    contacts: list[DomainContact]
    sitemaps: int
    crawls: list[Crawl]


class ContactRow(BaseModel):
    """A contact, as lists show it."""

    id: UUID
    domain: str
    kind: ContactKind
    value: str
    network: str | None
    type: str | None
    region: str | None
    source: str
    confidence: float
    page_url: str
    raw: str | None
    first_seen_at: datetime
    last_seen_at: datetime


class Contact(BaseModel):
    """All about a contact."""

    id: UUID
    domain_id: UUID
    kind: ContactKind
    value: str
    raw: str | None
    network: str | None
    source: str
    page_url: str
    confidence: float
    type: str | None
    region: str | None
    details: dict[str, Any] | None
    also_on: list[str] | None
    first_seen_at: datetime
    last_seen_at: datetime
    domain: str


class SitemapRow(BaseModel):
    """A sitemap, as lists show it."""

    id: UUID
    domain: str
    url: str
    kind: Kind | None
    found_via: FoundVia
    parent_id: UUID | None
    http_status: int | None
    body_bytes: int | None
    entry_count: int | None
    lastmod_min: datetime | None
    lastmod_max: datetime | None
    generator: str | None
    error_code: str | None
    error_message: str | None
    problems: dict[str, int] | None
    curation_status: CurationStatus
    import_status: ImportStatus | None
    import_error: str | None
    import_job_id: UUID | None
    fetched_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime


class Sitemap(BaseModel):
    """All about a sitemap."""

    id: UUID
    domain_id: UUID
    parent_id: UUID | None
    url: str
    kind: Kind | None
    found_via: FoundVia
    listed_lastmod: datetime | None
    http_status: int | None
    body_bytes: int | None
    gzip: bool | None
    entry_count: int | None
    lastmod_min: datetime | None
    lastmod_max: datetime | None
    generator: str | None
    error_code: str | None
    error_message: str | None
    problems: dict[str, int] | None
    etag: str | None
    last_modified: str | None
    content_hash: str | None
    lastmod_hits: int
    lastmod_misses: int
    fetched_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    curation_status: CurationStatus
    import_status: ImportStatus | None
    import_error: str | None
    import_job_id: UUID | None
    domain: str
    parent: str | None
    children: int
    pages: int


class PageRow(BaseModel):
    """A page, as lists show it."""

    id: UUID
    domain: str
    url: str
    page_type: PageType | None
    lastmod: datetime | None
    changefreq: str | None
    priority: float | None
    sitemap: str | None
    curation_status: CurationStatus
    first_seen_at: datetime
    last_seen_at: datetime | None
    gone_at: datetime | None
    alternates: list[dict[str, str]] | None


class SitemapOfPage(BaseModel):
    """A sitemap that lists a page."""

    id: UUID
    url: str


class FullPage(BaseModel):
    """All about a page."""

    id: UUID
    domain_id: UUID
    url: str
    lastmod: datetime | None
    changefreq: str | None
    priority: float | None
    alternates: list[dict[str, str]] | None
    page_type: PageType | None
    curation_status: CurationStatus
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None
    domain: str
    sitemaps: list[SitemapOfPage]


class Schedule(BaseModel):
    """A schedule, and its next runs."""

    id: UUID
    name: str
    spider: str
    filter: dict[str, Any]
    arguments: dict[str, Any]
    priority: int
    rate: float | None
    workers: int | None
    webhook_url: str | None
    cron: str | None
    time_zone: str
    enabled: bool
    overlap: Overlap
    catch_up: CatchUp
    next_due_at: datetime | None
    last_due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    next_runs: list[datetime]


class Firing(BaseModel):
    """A firing, and its job."""

    id: UUID
    due_at: datetime
    is_manual: bool
    state: FiringState
    reason: str | None
    job_id: UUID | None
    job_state: JobState | None
    targets_completed: int | None
    targets_error: int | None
    claimed: int | None
    created_at: datetime


class ServiceState(BaseModel):
    """A service, and what waits for it."""

    name: Service
    id: UUID
    spider: str
    arguments: dict[str, Any]
    enabled: bool
    interval_seconds: int | None
    batch_size: int | None
    priority: int
    next_due_at: datetime | None
    last_due_at: datetime | None
    waiting: int
    waiting_is_more: bool = Field(description="`waiting` is where counting ended.")
    open_jobs: int
