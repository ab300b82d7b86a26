"""The tables. Migrations make them; a test proves that the two agree.

Times are `timestamptz`, ids are UUIDs made in Python (version 7, so that they sort by age).
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INET, JSONB, REAL
from uuid_utils.compat import uuid7

from scrapersky.states import (
    AnalysisStatus,
    CatchUp,
    ContactKind,
    CurationStatus,
    DomainStatus,
    FiringState,
    FoundVia,
    FrontierKind,
    ImportStatus,
    JobState,
    Overlap,
    ScanStatus,
    Service,
    TargetState,
)

LOOKED_FOR = ("contact", "about", "legal", "careers", "location")
"""Types of pages that are few, and that people look for."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

ROOM = {"fillfactor": 75}
"""Of tables whose rows change: room on each page for the next version of its rows, so that most
updates touch no index (HOT)."""


LISTED_BY = (
    "status",
    "error_code",
    "curation_status",
    "sitemap_curation_status",
    "sitemap_analysis_status",
    "language_tag",
    "country",
    "cms",
    "has_email",
    "has_phone",
    "has_social",
    "last_crawled_at",
)
"""Short columns of `domains` by which people filter."""
# Expressions must stand in queries as they stand in the indexes.
TECHNOLOGY_NAMES = "jsonb_path_query_array(technologies, '$[*].\"name\"'::jsonpath)"
WORDS = (
    "to_tsvector('simple'::regconfig, (((COALESCE(title, ''::text) || ' '::text)"
    " || COALESCE(organization, ''::text)) || ' '::text)"
    " || \"left\"(COALESCE(description, ''::text), 500))"
)
"""Of the title, the owner's name and the beginning of the description."""
CONTACT_FACETS = (
    "(ARRAY[kind, 'source='::text || source, 'network='::text || network,"
    " 'type='::text || type, 'region='::text || region])"
)
"""What contacts are filtered by, several at a time."""


def new_id() -> UUID:
    """A UUIDv7, made here because PostgreSQL makes them from version 18 on only."""
    return uuid7()


def _time(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **options)


def _one_of(name: str, values: type[Any]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{name} IN ({listed})", name=name)


def _curation_status(name: str = "curation_status") -> Column[Any]:
    return Column(name, Text, nullable=False, server_default=CurationStatus.NEW)


def _domain_id() -> Column[Any]:
    return Column("domain_id", Uuid, ForeignKey("domains.id", ondelete="CASCADE"), nullable=False)


domains = Table(
    "domains",
    metadata,
    Column("id", Uuid, primary_key=True),
    # In the C collation, in which an index answers what a name begins with, too.
    Column("domain", Text(collation="C"), nullable=False, unique=True),
    Column("status", Text, nullable=False, server_default=DomainStatus.PENDING),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("http_status", SmallInteger),
    # HTTP facts of the latest crawl that ended well
    Column("final_url", Text),
    Column("redirected_to", Text),
    Column("ip", INET),
    Column("response_ms", Integer),
    Column("body_bytes", Integer),
    Column("charset", Text),
    Column("content_hash", LargeBinary),
    # What the homepage says of itself
    Column("title", Text),
    Column("description", Text),
    Column("language", Text),
    Column("canonical_url", Text),
    Column("favicon_url", Text),
    Column("generator", Text),
    Column("open_graph", JSONB),
    Column("json_ld", JSONB),
    Column("provenance", JSONB),
    Column("detected_language", Text),
    Column("organization", Text),
    Column("logo_url", Text),
    Column("cms", Text),
    Column("cms_version", Text),
    Column("technologies", JSONB),
    Column("addresses", JSONB),
    Column("opening_hours", JSONB),
    Column("contact_links", JSONB),
    Column("has_contact_form", Boolean),
    Column("word_count", Integer),
    Column("twitter_card", JSONB),
    # What lists are filtered by: short forms of what stands above, and of what its contacts are
    Column(
        "language_tag",
        Text(collation="C"),
        Computed('"left"(lower(language), 35)', persisted=True),
    ),
    Column(
        "country",
        Text,
        Computed("\"left\"(((addresses -> 0) ->> 'country'::text), 2)", persisted=True),
    ),
    *(
        Column(name, Boolean, nullable=False, server_default="false")
        for name in ("has_email", "has_phone", "has_social")
    ),
    # Curation
    _curation_status(),
    Column("notes", Text),
    # Times
    _time("last_crawled_at"),
    _time("last_completed_at"),
    # What the sitemaps say
    Column("sitemap_count", Integer),
    Column("page_count", Integer),
    _time("sitemaps_crawled_at"),
    # What the services do with its sitemaps. Each status with the job that it waits for.
    _curation_status("sitemap_curation_status"),
    Column("sitemap_analysis_status", Text),
    Column("sitemap_analysis_error", Text),
    Column("sitemap_analysis_job_id", Uuid),
    Column("sitemap_scan_status", Text),
    Column("sitemap_scan_error", Text),
    Column("sitemap_scan_job_id", Uuid),
    _time("created_at", nullable=False, server_default=func.now()),
    _time("updated_at", nullable=False, server_default=func.now()),
    _one_of("status", DomainStatus),
    _one_of("curation_status", CurationStatus),
    _one_of("sitemap_curation_status", CurationStatus),
    _one_of("sitemap_analysis_status", AnalysisStatus),
    _one_of("sitemap_scan_status", ScanStatus),
    CheckConstraint("(status = 'error') = (error_code IS NOT NULL)", name="error_has_code"),
    CheckConstraint("domain = lower(domain) AND length(domain) BETWEEN 1 AND 253", name="domain"),
    # Claims read the oldest pending ones, lists page by id within a filter.
    Index("ix_domains_status_id", "status", "id"),
    Index("ix_domains_curation_status_id", "curation_status", "id"),
    Index(
        "ix_domains_error_code_id",
        "error_code",
        "id",
        postgresql_where=text("error_code IS NOT NULL"),
    ),
    # Claims of the sitemap spider.
    Index(
        "ix_domains_without_sitemaps",
        "id",
        postgresql_where=text("sitemaps_crawled_at IS NULL"),
    ),
    # A list with several filters is a walk of this one, which is small: no row of the table is
    # read but those shown. See scrapersky.db.keyset.
    Index("ix_domains_lists", "id", postgresql_include=LISTED_BY),
    # Lists whose one filter few rows pass.
    Index(
        "ix_domains_language_tag_id",
        "language_tag",
        "id",
        postgresql_where=text("language_tag IS NOT NULL"),
    ),
    Index("ix_domains_country_id", "country", "id", postgresql_where=text("country IS NOT NULL")),
    Index("ix_domains_cms_id", "cms", "id", postgresql_where=text("cms IS NOT NULL")),
    Index(
        "ix_domains_last_crawled_at_id",
        "last_crawled_at",
        "id",
        postgresql_where=text("last_crawled_at IS NOT NULL"),
    ),
    Index(
        "ix_domains_sitemap_curation_status_id",
        "sitemap_curation_status",
        "id",
        postgresql_where=text("sitemap_curation_status <> 'New'"),
    ),
    Index(
        "ix_domains_sitemap_analysis_status_id",
        "sitemap_analysis_status",
        "id",
        postgresql_where=text("sitemap_analysis_status IS NOT NULL"),
    ),
    Index("ix_domains_technologies", text(TECHNOLOGY_NAMES), postgresql_using="gin"),
    Index("ix_domains_words", text(WORDS), postgresql_using="gin"),
    # What the services claim, and what they wait for.
    Index(
        "ix_domains_sitemap_analysis_queued",
        "id",
        postgresql_where=text("sitemap_analysis_status = 'queued'"),
    ),
    Index(
        "ix_domains_sitemap_analysis_processing",
        "sitemap_analysis_job_id",
        postgresql_where=text("sitemap_analysis_status = 'processing'"),
    ),
    Index(
        "ix_domains_sitemap_scan_queued",
        "id",
        postgresql_where=text("sitemap_scan_status = 'queued'"),
    ),
    Index(
        "ix_domains_sitemap_scan_processing",
        "sitemap_scan_job_id",
        postgresql_where=text("sitemap_scan_status = 'processing'"),
    ),
    postgresql_with=ROOM,
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    _domain_id(),
    Column("kind", Text, nullable=False),
    Column("value", Text(collation="C"), nullable=False),
    Column("raw", Text),
    Column("network", Text),
    Column("source", Text, nullable=False),
    Column("page_url", Text, nullable=False),
    Column("confidence", REAL, nullable=False),
    Column("type", Text),
    Column("region", Text),
    Column("details", JSONB),
    Column("also_on", JSONB),
    _time("first_seen_at", nullable=False),
    _time("last_seen_at", nullable=False),
    _one_of("kind", ContactKind),
    CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    CheckConstraint("value <> ''", name="value"),
    UniqueConstraint("domain_id", "kind", "value"),
    Index("ix_contacts_value_kind", "value", "kind"),
    Index("ix_contacts_confidence", "confidence"),
    Index("ix_contacts_facets", text(CONTACT_FACETS), postgresql_using="gin"),
    postgresql_with=ROOM,
)

sitemap_files = Table(
    "sitemap_files",
    metadata,
    Column("id", Uuid, primary_key=True),
    _domain_id(),
    Column("parent_id", Uuid, ForeignKey("sitemap_files.id", ondelete="SET NULL")),
    Column("url", Text, nullable=False),
    # Half of a URL's index entry in bytes; collisions could only be a site's own doing, to itself.
    Column("url_hash", Uuid, Computed("md5(url)::uuid", persisted=True), nullable=False),
    Column("kind", Text),
    Column("found_via", Text, nullable=False),
    _time("listed_lastmod"),
    Column("http_status", SmallInteger),
    Column("body_bytes", BigInteger),
    Column("gzip", Boolean),
    Column("entry_count", Integer),
    _time("lastmod_min"),
    _time("lastmod_max"),
    Column("generator", Text),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("problems", JSONB),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("content_hash", LargeBinary),
    # How often content changed together with what the index says of it, and without.
    Column("lastmod_hits", Integer, nullable=False, server_default="0"),
    Column("lastmod_misses", Integer, nullable=False, server_default="0"),
    _time("fetched_at"),
    _time("first_seen_at", nullable=False),
    _time("last_seen_at", nullable=False),
    _curation_status(),
    Column("import_status", Text),
    Column("import_error", Text),
    Column("import_job_id", Uuid),
    _one_of("found_via", FoundVia),
    _one_of("curation_status", CurationStatus),
    _one_of("import_status", ImportStatus),
    UniqueConstraint("domain_id", "url_hash"),
    Index("ix_sitemap_files_parent_id", "parent_id"),
    # Lists go along these: see scrapersky.db.sitemap_listings.
    Index(
        "ix_sitemap_files_curation_status_id",
        "curation_status",
        "id",
        postgresql_where=text("curation_status <> 'New'"),
    ),
    Index(
        "ix_sitemap_files_import_status_id",
        "import_status",
        "id",
        postgresql_where=text("import_status IS NOT NULL"),
    ),
    Index(
        "ix_sitemap_files_error_code_id",
        "error_code",
        "id",
        postgresql_where=text("error_code IS NOT NULL"),
    ),
    # What the import claims, and what it waits for.
    Index(
        "ix_sitemap_files_import_queued",
        "id",
        postgresql_where=text("import_status = 'Queued'"),
    ),
    Index(
        "ix_sitemap_files_import_processing",
        "import_job_id",
        postgresql_where=text("import_status = 'Processing'"),
    ),
    postgresql_with=ROOM,
)

pages = Table(
    "pages",
    metadata,
    Column("id", Uuid, primary_key=True),
    _domain_id(),
    Column("sitemap_id", Uuid, ForeignKey("sitemap_files.id", ondelete="SET NULL")),
    # Other files of the site that list it: rarely any.
    Column("also_in", ARRAY(Uuid)),
    Column("url", Text, nullable=False),
    Column("url_hash", Uuid, Computed("md5(url)::uuid", persisted=True), nullable=False),
    _time("lastmod"),
    Column("changefreq", Text),
    Column("priority", REAL),
    Column("alternates", JSONB),
    Column("page_type", Text),
    _curation_status(),
    _time("first_seen_at", nullable=False),
    _time("last_seen_at", nullable=False),
    _time("gone_at"),
    _one_of("curation_status", CurationStatus),
    UniqueConstraint("domain_id", "url_hash"),
    Index("ix_pages_sitemap_id_id", "sitemap_id", "id"),
    Index("ix_pages_also_in", "domain_id", postgresql_where=text("also_in IS NOT NULL")),
    Index(
        "ix_pages_unlisted",
        "domain_id",
        postgresql_where=text("sitemap_id IS NULL AND gone_at IS NULL"),
    ),
    # The few that people look for; articles and products are most of the table.
    Index(
        "ix_pages_page_type_id",
        "page_type",
        "id",
        postgresql_where=text("page_type IN ('contact', 'about', 'legal', 'careers', 'location')"),
    ),
    # Lists go along these, too: see scrapersky.db.page_listings.
    Index(
        "ix_pages_curation_status_id",
        "curation_status",
        "id",
        postgresql_where=text("curation_status <> 'New'"),
    ),
    Index("ix_pages_gone_id", "id", postgresql_where=text("gone_at IS NOT NULL")),
    Index("ix_pages_lastmod_id", "lastmod", "id", postgresql_where=text("lastmod IS NOT NULL")),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("spider", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=JobState.PENDING),
    Column("reason", Text),
    Column("source", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("rate", REAL),
    # What the API adds. 0 workers wanted: a crawl by hand, which nobody starts again.
    Column("workers_wanted", SmallInteger, nullable=False, server_default="0"),
    Column("webhook_url", Text),
    Column("idempotency_key", Text, unique=True),
    Column("request_hash", Text),
    Column("losses", SmallInteger, nullable=False, server_default="0"),
    Column("losses_mark", BigInteger, nullable=False, server_default="0"),
    _time("next_start_at"),
    _time("queued_at"),
    _time("loading_until"),
    # Kept by the transactions that end targets, so that nobody counts ten million rows to ask.
    Column("targets_total", BigInteger, nullable=False, server_default="0"),
    Column("targets_completed", BigInteger, nullable=False, server_default="0"),
    Column("targets_error", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    Column("duplicates", BigInteger, nullable=False, server_default="0"),
    _time("created_at", nullable=False, server_default=func.now()),
    _time("started_at"),
    _time("ended_at"),
    _one_of("state", JobState),
    CheckConstraint("targets_completed + targets_error <= targets_total", name="counts"),
    CheckConstraint("rate > 0", name="rate"),
    Index("ix_jobs_state_id", "state", "id"),
)

job_targets = Table(
    "job_targets",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    _domain_id(),
    Column("state", Text, nullable=False, server_default=TargetState.PENDING),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("expiries", SmallInteger, nullable=False, server_default="0"),
    Column("error_code", Text),
    Column("error_message", Text),
    _time("retry_at"),
    _time("ended_at"),
    PrimaryKeyConstraint("job_id", "domain_id"),
    _one_of("state", TargetState),
    CheckConstraint("state <> 'error' OR error_code IS NOT NULL", name="error_has_code"),
    CheckConstraint("(state = 'pending') = (ended_at IS NULL)", name="ended"),
    # Small while a job runs dry: what is left of it, and what waits for a later pass.
    Index(
        "ix_job_targets_pending",
        "job_id",
        "domain_id",
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_job_targets_retry_at",
        "job_id",
        "retry_at",
        postgresql_where=text("state = 'pending' AND retry_at IS NOT NULL"),
    ),
    # The last errors of a job, and its errors by code.
    Index("ix_job_targets_errors", "job_id", "ended_at", postgresql_where=text("state = 'error'")),
    Index("ix_job_targets_domain_id", "domain_id"),
    postgresql_with=ROOM,
)

job_workers = Table(
    "job_workers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("node", Text, nullable=False),
    Column("scrapyd", Text),
    Column("pid", Integer),
    Column("frontier", Text, nullable=False, server_default=FrontierKind.DATABASE),
    _time("process_started_at"),
    _time("started_at", nullable=False, server_default=func.now()),
    _time("heartbeat_at", nullable=False, server_default=func.now()),
    _time("stop_sent_at"),
    _time("closed_at"),
    Column("reason", Text),
    Column("exit_status", SmallInteger),
    Column("counters", JSONB),
    Column("stats", JSONB),
    _one_of("frontier", FrontierKind),
    Index("ix_job_workers_job_id", "job_id"),
    # Few: those at work now.
    Index(
        "ix_job_workers_open",
        "scrapyd",
        postgresql_where=text("closed_at IS NULL AND scrapyd IS NOT NULL"),
    ),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    _time("job_ended_at", nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("http_status", SmallInteger),
    Column("error", Text),
    _time("next_at"),
    _time("delivered_at"),
    _time("created_at", nullable=False, server_default=func.now()),
    UniqueConstraint("job_id", "job_ended_at"),
    Index("ix_webhook_deliveries_due", "next_at", postgresql_where=text("next_at IS NOT NULL")),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    _time("created_at", nullable=False, server_default=func.now()),
    _time("expires_at", nullable=False),
    _time("revoked_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Uuid, nullable=False),
    _time("expires_at", nullable=False),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("service", Text, unique=True),
    # What to start: of a service its own module knows.
    Column("spider", Text, nullable=False),
    Column("filter", JSONB(none_as_null=True)),
    Column("arguments", JSONB, nullable=False, server_default="{}"),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("rate", REAL),
    Column("workers", SmallInteger),
    Column("webhook_url", Text),
    Column("batch_size", Integer),
    # When: at the times of a cron expression, or every so many seconds.
    Column("cron", Text),
    Column("interval_seconds", Integer),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    Column("overlap", Text, nullable=False, server_default=Overlap.SKIP),
    Column("catch_up", Text, nullable=False, server_default=CatchUp.ONE),
    _time("next_due_at"),
    _time("last_due_at"),
    _time("created_at", nullable=False, server_default=func.now()),
    _time("updated_at", nullable=False, server_default=func.now()),
    _one_of("service", Service),
    _one_of("overlap", Overlap),
    _one_of("catch_up", CatchUp),
    CheckConstraint("(cron IS NULL) <> (interval_seconds IS NULL)", name="either_cron"),
    CheckConstraint("(filter IS NULL) = (service IS NOT NULL)", name="either_filter"),
    CheckConstraint("(batch_size IS NULL) = (service IS NULL)", name="batch_of_service"),
    CheckConstraint("interval_seconds > 0", name="interval_seconds"),
    CheckConstraint("batch_size > 0", name="batch_size"),
    Index("ix_schedules_due", "next_due_at", postgresql_where=text("enabled")),
)

schedule_firings = Table(
    "schedule_firings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("schedule_id", Uuid, ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False),
    _time("due_at", nullable=False),
    Column("is_manual", Boolean, nullable=False, server_default="false"),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="SET NULL")),
    Column("claimed", Integer),
    _time("created_at", nullable=False, server_default=func.now()),
    _one_of("state", FiringState),
    # What makes a firing happen once, whatever else goes wrong.
    UniqueConstraint("schedule_id", "due_at"),
    Index("ix_schedule_firings_job_id", "job_id"),
    Index(
        "ix_schedule_firings_queued",
        "schedule_id",
        "due_at",
        postgresql_where=text("state = 'queued'"),
    ),
)

cron_execution_log = Table(
    "cron_execution_log",
    metadata,
    # The database's own functions write here, too, so it makes the id.
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("workflow", Text, nullable=False),
    Column("function", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("request", JSONB(none_as_null=True)),
    Column("response", JSONB(none_as_null=True)),
    Column("error", Text),
    _time("executed_at", nullable=False, server_default=func.now()),
    Column("duration_ms", Integer),
    # Of calls that pg_net makes.
    Column("request_id", BigInteger),
    Column("attempt", SmallInteger),
    _time("retry_at"),
    Index("ix_cron_execution_log_workflow_executed_at", "workflow", "executed_at"),
    Index(
        "ix_cron_execution_log_open",
        "executed_at",
        postgresql_where=text("status IN ('sent', 'waiting')"),
    ),
)
