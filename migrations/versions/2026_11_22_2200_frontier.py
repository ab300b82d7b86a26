"""What several workers on one job need: expired leases, priority, rate, the kind of frontier."""

import sqlalchemy as sa
from alembic import op

from migrations.verify import Expected, verify

revision = "2026_11_22_2200"
down_revision = "2026_11_22_2100"

MADE = {
    "jobs": Expected(columns=["priority", "rate"]),
    "job_targets": Expected(columns=["expiries"]),
    "job_workers": Expected(columns=["frontier"]),
}


def upgrade() -> None:
    # Constants as defaults rewrite no table.
    op.add_column("jobs", _small("priority"))
    op.add_column("jobs", sa.Column("rate", sa.REAL))
    op.create_check_constraint(op.f("ck_jobs_rate"), "jobs", "rate > 0")
    op.add_column("job_targets", _small("expiries"))
    op.add_column(
        "job_workers", sa.Column("frontier", sa.Text, nullable=False, server_default="database")
    )
    op.create_check_constraint(
        op.f("ck_job_workers_frontier"), "job_workers", "frontier IN ('database', 'redis')"
    )
    verify(op.get_bind(), MADE)


def downgrade() -> None:
    op.drop_column("job_workers", "frontier")
    op.drop_column("job_targets", "expiries")
    op.drop_column("jobs", "rate")
    op.drop_column("jobs", "priority")


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default="0")
