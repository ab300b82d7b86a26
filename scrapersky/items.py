"""What spiders yield.

Every domain that a worker begins ends in exactly one `Ending`: a `DomainItem` when the job is done
with it, a `RetryItem` when a later pass is due. Feeds (`-O`) get the former only.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scrapersky.outcomes import ErrorCode
from scrapersky.states import ContactKind, DomainStatus


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
