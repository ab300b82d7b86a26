"""What spiders yield.

Every domain that a worker begins ends in exactly one `Ending`: a `DomainItem` or a `SitemapsItem`
when the job is done with it, a `RetryItem` when a later pass is due. Feeds (`-O`) get the former.
Before its ending a domain may have any number of `Part`s.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scrapersky.outcomes import ErrorCode
from scrapersky.sitemaps.entries import PageEntry
from scrapersky.states import ContactKind, DomainStatus, FileOutcome, FoundVia, Stage


@dataclass(slots=True, kw_only=True)
class Ending:
    """The end of one attempt at one domain of a job."""

    domain: str
    domain_id: str
    job: str
    """The job's id."""
    attempt: int
    """1 for the first."""
    crawled_at: datetime
    error_code: ErrorCode | None = None
    error_message: str | None = None


@dataclass(slots=True, kw_only=True)
class RetryItem(Ending):
    """An attempt that failed for the moment."""

    retry_after: float
    """Seconds until the later pass, at least."""


@dataclass(slots=True, kw_only=True)
class ContactItem:
    """A way to reach the owner of a domain."""

    kind: ContactKind
    value: str
    """Normalised: one contact has one value, however it was written."""
    raw: str
    """As it stood on the page."""
    source: str
    """Where in the page: mailto, tel, link, json-ld, …"""
    confidence: float
    """0 to 1."""
    page_url: str
    network: str | None = None
    """For social profiles: facebook, linkedin, …"""
    type: str | None = None
    """Of an e-mail address: role, personal, free; of a phone number: fixed, mobile, fax, …"""
    region: str | None = None
    """Of a phone number: ISO 3166-1 alpha-2."""
    details: dict[str, Any] | None = None
    """What else is known of this kind: own_domain; national, extension; handle."""
    also_on: list[str] | None = None
    """The other pages on which it was seen."""


@dataclass(slots=True, kw_only=True)
class DomainItem(Ending):
    """What a domain's homepage says, or why there is none. The terminal item of `homepage`."""

    status: DomainStatus
    """completed or error."""
    http_status: int | None = None
    final_url: str | None = None
    """After redirects."""
    redirected_to: str | None = None
    """The registrable domain of `final_url`, where it is another than the domain's own."""
    ip: str | None = None
    response_ms: int | None = None
    """From request to the first byte of the answer's body, in milliseconds."""
    body_bytes: int | None = None
    """Size of the page, decompressed."""
    charset: str | None = None
    content_hash: str | None = None
    """SHA-256 of the page, in hexadecimal digits."""
    title: str | None = None
    description: str | None = None
    language: str | None = None
    """As declared, BCP 47."""
    detected_language: str | None = None
    """Of the visible text, ISO 639-1."""
    organization: str | None = None
    canonical_url: str | None = None
    favicon_url: str | None = None
    logo_url: str | None = None
    generator: str | None = None
    open_graph: dict[str, Any] | None = None
    twitter_card: dict[str, Any] | None = None
    json_ld: list[dict[str, Any]] | None = None
    cms: str | None = None
    """The system that the site is built with."""
    cms_version: str | None = None
    technologies: list[dict[str, Any]] | None = None
    addresses: list[dict[str, Any]] | None = None
    opening_hours: list[dict[str, Any]] | None = None
    contact_links: list[dict[str, Any]] | None = None
    has_contact_form: bool | None = None
    word_count: int | None = None
    provenance: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Field name to `{"source", "confidence"}`, for each of the page's own fields."""
    contacts: list[ContactItem] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Part:
    """Something of a domain that is written before its ending."""

    domain: str
    domain_id: str
    crawled_at: datetime
    """Beginning of the visit."""


@dataclass(slots=True, kw_only=True)
class SitemapFileItem(Part):
    """What happened to one sitemap. One that is read comes twice: begun, then read."""

    url: str
    outcome: FileOutcome
    found_via: FoundVia
    parent: str | None = None
    """URL of the index that lists it."""
    listed_lastmod: datetime | None = None
    """As that index says."""
    fetched_at: datetime | None = None
    """None: it was not asked for."""
    http_status: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    kind: str | None = None
    body_bytes: int | None = None
    """As sent: compressed, where it was."""
    gzip: bool | None = None
    entry_count: int | None = None
    lastmod_min: datetime | None = None
    lastmod_max: datetime | None = None
    generator: str | None = None
    problems: dict[str, int] | None = None
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    """SHA-256 of the body as sent, in hexadecimal digits. None: it was not read to its end."""
    lastmod_hit: bool = False
    """Its content changed, and so did `listed_lastmod`."""
    lastmod_miss: bool = False
    """Its content changed, and `listed_lastmod` did not."""
    listed: bytes | None = None
    """MD5 of each URL in it, one behind the other: pages of it that are not among these have left
    it. None: nothing left, or nothing is known of that."""


@dataclass(slots=True, kw_only=True)
class PagesItem(Part):
    """Some of the pages that a sitemap lists."""

    sitemap: str
    """URL of the file."""
    number: int
    """Of the file among those that the visit reads: of two that list a page the first counts."""
    pages: list[PageEntry]


@dataclass(slots=True, kw_only=True)
class SitemapsItem(Ending):
    """What a domain's sitemaps came to. The terminal item of `sitemap`."""

    sitemaps: int = 0
    """Files that are sitemaps, read now or unchanged."""
    unchanged: int = 0
    """Those of them that were not read because nothing is new in them."""
    failed: int = 0
    """Files that could not be had, or not be read to their end."""
    pages: int = 0
    """Pages listed in the files that were read now."""
    is_complete: bool = False
    """Everything that the site lists is known: a page that is not listed is gone."""
    stage: Stage | None = None
    """None: all of them."""
