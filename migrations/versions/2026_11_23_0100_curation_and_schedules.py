"""Curation of sitemaps, the services' statuses, schedules and their firings, calls by pg_cron."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from uuid_utils.compat import uuid7

from migrations.verify import Expected, verify

revision = "2026_11_23_0100"
down_revision = "2026_11_22_2300"

CURATION = ("New", "Selected", "Maybe", "Not a Fit", "Archived", "Completed")


def _time(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _curation(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="New")


def _one_of(name: str, *values: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{name} IN ({listed})"


DOMAINS: list[sa.Column[Any]] = [
    _curation("sitemap_curation_status"),
    sa.Column("sitemap_analysis_status", sa.Text()),
    sa.Column("sitemap_analysis_error", sa.Text()),
    sa.Column("sitemap_analysis_job_id", sa.Uuid()),
    sa.Column("sitemap_scan_status", sa.Text()),
    sa.Column("sitemap_scan_error", sa.Text()),
    sa.Column("sitemap_scan_job_id", sa.Uuid()),
]
FILES: list[sa.Column[Any]] = [
    _curation("curation_status"),
    sa.Column("import_status", sa.Text()),
    sa.Column("import_error", sa.Text()),
    sa.Column("import_job_id", sa.Uuid()),
]
CHECKS = {
    ("domains", "sitemap_curation_status"): CURATION,
    ("domains", "sitemap_analysis_status"): ("queued", "processing", "submitted", "failed"),
    ("domains", "sitemap_scan_status"): ("queued", "processing", "completed", "failed"),
    ("sitemap_files", "curation_status"): CURATION,
    ("sitemap_files", "import_status"): ("Queued", "Processing", "Complete", "Error"),
}
INDEXES = {
    "ix_domains_sitemap_analysis_queued": ("domains", "id", "sitemap_analysis_status = 'queued'"),
    "ix_domains_sitemap_analysis_processing": (
        "domains",
        "sitemap_analysis_job_id",
        "sitemap_analysis_status = 'processing'",
    ),
    "ix_domains_sitemap_scan_queued": ("domains", "id", "sitemap_scan_status = 'queued'"),
    "ix_domains_sitemap_scan_processing": (
        "domains",
        "sitemap_scan_job_id",
        "sitemap_scan_status = 'processing'",
    ),
    "ix_sitemap_files_import_queued": ("sitemap_files", "id", "import_status = 'Queued'"),
    "ix_sitemap_files_import_processing": (
        "sitemap_files",
        "import_job_id",
        "import_status = 'Processing'",
    ),
}
SERVICES = {
    "homepage": "homepage",
    "sitemap-submission": "sitemap",
    "sitemap-scan": "sitemap",
    "sitemap-import": "sitemap",
}
"""Name to spider. All are off: nothing is crawled that nobody asked for."""


def upgrade() -> None:
    for column in DOMAINS:
        op.add_column("domains", column)
    for column in FILES:
        op.add_column("sitemap_files", column)
    for (table, name), values in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, _one_of(name, *values))
    for name, (table, indexed, where) in INDEXES.items():
        op.create_index(name, table, [indexed], postgresql_where=sa.text(where))
    _schedules()
    _schedule_firings()
    _cron_execution_log()
    _services()
    verify(
        op.get_bind(),
        {
            "domains": Expected(
                [column.name for column in DOMAINS],
                [name for name, (table, *_) in INDEXES.items() if table == "domains"],
            ),
            "sitemap_files": Expected(
                [column.name for column in FILES],
                [name for name, (table, *_) in INDEXES.items() if table == "sitemap_files"],
            ),
            "schedules": Expected(
                ["name", "service", "cron", "interval_seconds", "next_due_at"],
                ["uq_schedules_name", "uq_schedules_service", "ix_schedules_due"],
            ),
            "schedule_firings": Expected(
                ["schedule_id", "due_at", "state", "job_id"],
                [
                    "uq_schedule_firings_schedule_id_due_at",
                    "ix_schedule_firings_job_id",
                    "ix_schedule_firings_queued",
                ],
            ),
            "cron_execution_log": Expected(
                ["workflow", "function", "status", "response", "error", "duration_ms"],
                ["ix_cron_execution_log_workflow_executed_at", "ix_cron_execution_log_open"],
            ),
        },
    )


def downgrade() -> None:
    for table in ("cron_execution_log", "schedule_firings", "schedules"):
        op.drop_table(table)
    for name, (table, *_) in INDEXES.items():
        op.drop_index(name, table)
    for table, name in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    for column in FILES:
        op.drop_column("sitemap_files", column.name)
    for column in DOMAINS:
        op.drop_column("domains", column.name)


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service", sa.Text()),
        sa.Column("spider", sa.Text(), nullable=False),
        sa.Column("filter", postgresql.JSONB()),
        sa.Column("arguments", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("rate", postgresql.REAL()),
        sa.Column("workers", sa.SmallInteger()),
        sa.Column("webhook_url", sa.Text()),
        sa.Column("batch_size", sa.Integer()),
        sa.Column("cron", sa.Text()),
        sa.Column("interval_seconds", sa.Integer()),
        sa.Column("time_zone", sa.Text(), nullable=False, server_default="UTC"),
        sa.Column("enabled", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column("overlap", sa.Text(), nullable=False, server_default="skip"),
        sa.Column("catch_up", sa.Text(), nullable=False, server_default="one"),
        _time("next_due_at"),
        _time("last_due_at"),
        _time("created_at", nullable=False, server_default=sa.func.now()),
        _time("updated_at", nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.UniqueConstraint("name", name="uq_schedules_name"),
        sa.UniqueConstraint("service", name="uq_schedules_service"),
        sa.CheckConstraint(_one_of("service", *SERVICES), name=op.f("ck_schedules_service")),
        sa.CheckConstraint(
            _one_of("overlap", "skip", "queue", "allow"), name=op.f("ck_schedules_overlap")
        ),
        sa.CheckConstraint(
            _one_of("catch_up", "none", "one", "all"), name=op.f("ck_schedules_catch_up")
        ),
        sa.CheckConstraint(
            "(cron IS NULL) <> (interval_seconds IS NULL)", name=op.f("ck_schedules_either_cron")
        ),
        sa.CheckConstraint(
            "(filter IS NULL) = (service IS NOT NULL)", name=op.f("ck_schedules_either_filter")
        ),
        sa.CheckConstraint(
            "(batch_size IS NULL) = (service IS NULL)", name=op.f("ck_schedules_batch_of_service")
        ),
        sa.CheckConstraint("interval_seconds > 0", name=op.f("ck_schedules_interval_seconds")),
        sa.CheckConstraint("batch_size > 0", name=op.f("ck_schedules_batch_size")),
    )
    op.create_index(
        "ix_schedules_due", "schedules", ["next_due_at"], postgresql_where=sa.text("enabled")
    )


def _schedule_firings() -> None:
    op.create_table(
        "schedule_firings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        _time("due_at", nullable=False),
        sa.Column("is_manual", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("job_id", sa.Uuid()),
        sa.Column("claimed", sa.Integer()),
        _time("created_at", nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_firings"),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name="fk_schedule_firings_schedule_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_schedule_firings_job_id", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("schedule_id", "due_at", name="uq_schedule_firings_schedule_id_due_at"),
        sa.CheckConstraint(
            _one_of("state", "queued", "fired", "skipped", "failed"),
            name=op.f("ck_schedule_firings_state"),
        ),
    )
    op.create_index("ix_schedule_firings_job_id", "schedule_firings", ["job_id"])
    op.create_index(
        "ix_schedule_firings_queued",
        "schedule_firings",
        ["schedule_id", "due_at"],
        postgresql_where=sa.text("state = 'queued'"),
    )


def _cron_execution_log() -> None:
    op.create_table(
        "cron_execution_log",
        sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("request", postgresql.JSONB()),
        sa.Column("response", postgresql.JSONB()),
        sa.Column("error", sa.Text()),
        _time("executed_at", nullable=False, server_default=sa.func.now()),
        sa.Column("duration_ms", sa.Integer()),
        sa.Column("request_id", sa.BigInteger()),
        sa.Column("attempt", sa.SmallInteger()),
        _time("retry_at"),
        sa.PrimaryKeyConstraint("id", name="pk_cron_execution_log"),
    )
    op.create_index(
        "ix_cron_execution_log_workflow_executed_at",
        "cron_execution_log",
        ["workflow", "executed_at"],
    )
    op.create_index(
        "ix_cron_execution_log_open",
        "cron_execution_log",
        ["executed_at"],
        postgresql_where=sa.text("status IN ('sent', 'waiting')"),
    )


def _services() -> None:
    for name, spider in SERVICES.items():
        op.execute(
            sa.text(
                "INSERT INTO schedules (id, name, service, spider, batch_size, interval_seconds,"
                " enabled, overlap, catch_up)"
                " VALUES (:id, :name, :name, :spider, 100, 60, false, 'allow', 'one')"
            ).bindparams(sa.bindparam("id", uuid7(), sa.Uuid()), name=name, spider=spider)
        )
