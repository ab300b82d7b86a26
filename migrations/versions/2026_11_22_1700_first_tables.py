"""Domains, contacts, sitemaps, pages and jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.verify import Expected, verify

revision = "2026_11_22_1700"
down_revision = None

MADE = {
    "domains": Expected(
        columns=[
            "id",
            "domain",
            "status",
            "error_code",
            "error_message",
            "http_status",
            "final_url",
            "redirected_to",
            "ip",
            "response_ms",
            "body_bytes",
            "charset",
            "content_hash",
            "title",
            "description",
            "language",
            "canonical_url",
            "favicon_url",
            "generator",
            "open_graph",
            "json_ld",
            "provenance",
            "curation_status",
            "notes",
            "last_crawled_at",
            "last_completed_at",
            "created_at",
            "updated_at",
        ],
        indexes=[
            "ix_domains_curation_status_id",
            "ix_domains_error_code_id",
            "ix_domains_status_id",
            "uq_domains_domain",
        ],
    ),
    "contacts": Expected(
        columns=[
            "id",
            "domain_id",
            "kind",
            "value",
            "raw",
            "network",
            "source",
            "page_url",
            "confidence",
            "first_seen_at",
            "last_seen_at",
        ],
        indexes=["ix_contacts_kind_value", "uq_contacts_domain_id_kind_value"],
    ),
    "sitemap_files": Expected(
        columns=[
            "id",
            "domain_id",
            "parent_id",
            "url",
            "url_hash",
            "kind",
            "found_via",
            "http_status",
            "body_bytes",
            "gzip",
            "entry_count",
            "lastmod_min",
            "lastmod_max",
            "generator",
            "error_code",
            "error_message",
            "etag",
            "last_modified",
            "content_hash",
            "fetched_at",
            "first_seen_at",
            "last_seen_at",
        ],
        indexes=["ix_sitemap_files_parent_id", "uq_sitemap_files_domain_id_url_hash"],
    ),
    "pages": Expected(
        columns=[
            "id",
            "domain_id",
            "sitemap_id",
            "url",
            "url_hash",
            "lastmod",
            "changefreq",
            "priority",
            "alternates",
            "page_type",
            "curation_status",
            "first_seen_at",
            "last_seen_at",
            "gone_at",
        ],
        indexes=["ix_pages_sitemap_id", "uq_pages_domain_id_url_hash"],
    ),
    "jobs": Expected(
        columns=[
            "id",
            "spider",
            "state",
            "reason",
            "source",
            "arguments",
            "targets_total",
            "targets_completed",
            "targets_error",
            "rejected",
            "duplicates",
            "created_at",
            "started_at",
            "ended_at",
        ],
        indexes=["ix_jobs_state_id"],
    ),
    "job_targets": Expected(
        columns=[
            "job_id",
            "domain_id",
            "state",
            "attempts",
            "error_code",
            "error_message",
            "retry_at",
            "ended_at",
        ],
        indexes=["ix_job_targets_domain_id", "ix_job_targets_pending", "ix_job_targets_retry_at"],
    ),
    "job_workers": Expected(
        columns=[
            "id",
            "job_id",
            "node",
            "pid",
            "process_started_at",
            "started_at",
            "heartbeat_at",
            "closed_at",
            "reason",
            "counters",
            "stats",
        ],
        indexes=["ix_job_workers_job_id"],
    ),
}


def upgrade() -> None:
    op.create_table(
        "domains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("redirected_to", sa.Text(), nullable=True),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.Column("response_ms", sa.Integer(), nullable=True),
        sa.Column("body_bytes", sa.Integer(), nullable=True),
        sa.Column("charset", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("favicon_url", sa.Text(), nullable=True),
        sa.Column("generator", sa.Text(), nullable=True),
        sa.Column("open_graph", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("json_ld", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("provenance", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("curation_status", sa.Text(), server_default="New", nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("last_crawled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'error') = (error_code IS NOT NULL)", name=op.f("ck_domains_error_has_code")
        ),
        sa.CheckConstraint(
            "curation_status IN ('New', 'Selected', 'Maybe', 'Not a Fit', 'Archived', 'Completed')",
            name=op.f("ck_domains_curation_status"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'completed', 'error')",
            name=op.f("ck_domains_status"),
        ),
        sa.CheckConstraint(
            "domain = lower(domain) AND length(domain) BETWEEN 1 AND 253",
            name=op.f("ck_domains_domain"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domains")),
        sa.UniqueConstraint("domain", name=op.f("uq_domains_domain")),
    )
    op.create_index(
        "ix_domains_curation_status_id", "domains", ["curation_status", "id"], unique=False
    )
    op.create_index(
        "ix_domains_error_code_id",
        "domains",
        ["error_code", "id"],
        unique=False,
        postgresql_where=sa.text("error_code IS NOT NULL"),
    )
    op.create_index("ix_domains_status_id", "domains", ["status", "id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("spider", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("targets_total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("targets_completed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("targets_error", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("duplicates", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'running', 'paused', 'completed', 'completed_with_errors',"
            " 'failed', 'cancelled')",
            name=op.f("ck_jobs_state"),
        ),
        sa.CheckConstraint(
            "targets_completed + targets_error <= targets_total", name=op.f("ck_jobs_counts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_state_id", "jobs", ["state", "id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("confidence", sa.REAL(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone', 'social')", name=op.f("ck_contacts_kind")),
        sa.CheckConstraint("value <> ''", name=op.f("ck_contacts_value")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_contacts_confidence")),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_contacts_domain_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint(
            "domain_id", "kind", "value", name=op.f("uq_contacts_domain_id_kind_value")
        ),
    )
    op.create_index("ix_contacts_kind_value", "contacts", ["kind", "value"], unique=False)
    op.create_table(
        "job_targets",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'pending') = (ended_at IS NULL)", name=op.f("ck_job_targets_ended")
        ),
        sa.CheckConstraint(
            "state <> 'error' OR error_code IS NOT NULL", name=op.f("ck_job_targets_error_has_code")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'completed', 'error', 'cancelled')",
            name=op.f("ck_job_targets_state"),
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_job_targets_domain_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_targets_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "domain_id", name=op.f("pk_job_targets")),
    )
    op.create_index("ix_job_targets_domain_id", "job_targets", ["domain_id"], unique=False)
    op.create_index(
        "ix_job_targets_pending",
        "job_targets",
        ["job_id", "domain_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_job_targets_retry_at",
        "job_targets",
        ["job_id", "retry_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND retry_at IS NOT NULL"),
    )
    op.create_table(
        "job_workers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("process_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "heartbeat_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("counters", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("stats", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_workers_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_workers")),
    )
    op.create_index("ix_job_workers_job_id", "job_workers", ["job_id"], unique=False)
    op.create_table(
        "sitemap_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column(
            "url_hash", sa.Uuid(), sa.Computed("md5(url)::uuid", persisted=True), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("found_via", sa.Text(), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("body_bytes", sa.BigInteger(), nullable=True),
        sa.Column("gzip", sa.Boolean(), nullable=True),
        sa.Column("entry_count", sa.Integer(), nullable=True),
        sa.Column("lastmod_min", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lastmod_max", sa.DateTime(timezone=True), nullable=True),
        sa.Column("generator", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"],
            ["domains.id"],
            name=op.f("fk_sitemap_files_domain_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["sitemap_files.id"],
            name=op.f("fk_sitemap_files_parent_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitemap_files")),
        sa.UniqueConstraint(
            "domain_id", "url_hash", name=op.f("uq_sitemap_files_domain_id_url_hash")
        ),
    )
    op.create_index("ix_sitemap_files_parent_id", "sitemap_files", ["parent_id"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("sitemap_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column(
            "url_hash", sa.Uuid(), sa.Computed("md5(url)::uuid", persisted=True), nullable=False
        ),
        sa.Column("lastmod", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changefreq", sa.Text(), nullable=True),
        sa.Column("priority", sa.REAL(), nullable=True),
        sa.Column("alternates", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("page_type", sa.Text(), nullable=True),
        sa.Column("curation_status", sa.Text(), server_default="New", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "curation_status IN ('New', 'Selected', 'Maybe', 'Not a Fit', 'Archived', 'Completed')",
            name=op.f("ck_pages_curation_status"),
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_pages_domain_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sitemap_id"],
            ["sitemap_files.id"],
            name=op.f("fk_pages_sitemap_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("domain_id", "url_hash", name=op.f("uq_pages_domain_id_url_hash")),
    )
    op.create_index("ix_pages_sitemap_id", "pages", ["sitemap_id"], unique=False)
    # Room on each page for the next version of its rows: most updates then touch no index (HOT).
    for table in ("domains", "contacts", "job_targets"):
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 75)")
    verify(op.get_bind(), MADE)


def downgrade() -> None:
    op.drop_table("pages")
    op.drop_table("sitemap_files")
    op.drop_table("job_workers")
    op.drop_table("job_targets")
    op.drop_table("contacts")
    op.drop_table("jobs")
    op.drop_table("domains")
