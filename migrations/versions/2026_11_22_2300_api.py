"""What the API needs: jobs on nodes, webhooks, tokens that can be revoked, a lease."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.verify import Expected, verify

revision = "2026_11_22_2300"
down_revision = "2026_11_22_2200"


def _time(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


JOBS: list[sa.Column[Any]] = [
    sa.Column("workers_wanted", sa.SmallInteger(), nullable=False, server_default="0"),
    sa.Column("webhook_url", sa.Text()),
    sa.Column("idempotency_key", sa.Text()),
    sa.Column("request_hash", sa.Text()),
    sa.Column("losses", sa.SmallInteger(), nullable=False, server_default="0"),
    sa.Column("losses_mark", sa.BigInteger(), nullable=False, server_default="0"),
    _time("next_start_at"),
    _time("queued_at"),
    _time("loading_until"),
]
WORKERS: list[sa.Column[Any]] = [
    sa.Column("scrapyd", sa.Text()),
    _time("stop_sent_at"),
    sa.Column("exit_status", sa.SmallInteger()),
]
STATES = ("pending", "running", "paused", "completed", "completed_with_errors", "failed")


def upgrade() -> None:
    for column in JOBS:
        op.add_column("jobs", column)
    op.create_unique_constraint("uq_jobs_idempotency_key", "jobs", ["idempotency_key"])
    _states("pending", "queued", *STATES[1:], "cancelled")
    for column in WORKERS:
        op.add_column("job_workers", column)
    for name in ("pid", "process_started_at"):
        op.alter_column("job_workers", name, nullable=True)
    op.create_index(
        "ix_job_workers_open",
        "job_workers",
        ["scrapyd"],
        postgresql_where=sa.text("closed_at IS NULL AND scrapyd IS NOT NULL"),
    )
    op.create_index(
        "ix_job_targets_errors",
        "job_targets",
        ["job_id", "ended_at"],
        postgresql_where=sa.text("state = 'error'"),
    )
    _webhook_deliveries()
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _time("created_at", nullable=False, server_default=sa.func.now()),
        _time("expires_at", nullable=False),
        _time("revoked_at"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        _time("expires_at", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    verify(
        op.get_bind(),
        {
            "jobs": Expected([column.name for column in JOBS], ["uq_jobs_idempotency_key"]),
            "job_workers": Expected([column.name for column in WORKERS], ["ix_job_workers_open"]),
            "job_targets": Expected([], ["ix_job_targets_errors"]),
            "webhook_deliveries": Expected(
                ["job_id", "next_at"],
                ["uq_webhook_deliveries_job_id_job_ended_at", "ix_webhook_deliveries_due"],
            ),
            "tokens": Expected(["id", "revoked_at"]),
            "leases": Expected(["name", "holder", "expires_at"]),
        },
    )


def downgrade() -> None:
    for table in ("leases", "tokens", "webhook_deliveries"):
        op.drop_table(table)
    op.drop_index("ix_job_targets_errors", "job_targets")
    op.drop_index("ix_job_workers_open", "job_workers")
    op.execute("DELETE FROM job_workers WHERE pid IS NULL")
    for name in ("pid", "process_started_at"):
        op.alter_column("job_workers", name, nullable=False)
    for column in WORKERS:
        op.drop_column("job_workers", column.name)
    op.execute("UPDATE jobs SET state = 'paused' WHERE state = 'queued'")
    _states(*STATES, "cancelled")
    op.drop_constraint("uq_jobs_idempotency_key", "jobs")
    for column in JOBS:
        op.drop_column("jobs", column.name)


def _states(*states: str) -> None:
    op.drop_constraint("ck_jobs_state", "jobs")
    listed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_jobs_state"), "jobs", f"state IN ({listed})")


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        _time("job_ended_at", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("http_status", sa.SmallInteger()),
        sa.Column("error", sa.Text()),
        _time("next_at"),
        _time("delivered_at"),
        _time("created_at", nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_webhook_deliveries_job_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "job_id", "job_ended_at", name="uq_webhook_deliveries_job_id_job_ended_at"
        ),
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
