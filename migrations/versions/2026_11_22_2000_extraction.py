"""What extraction finds beyond the head of a page: organisation, addresses, technology, more."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.verify import Expected, verify

revision = "2026_11_22_2000"
down_revision = "2026_11_22_1700"

DOMAINS: list[sa.Column[Any]] = [
    sa.Column("detected_language", sa.Text()),
    sa.Column("organization", sa.Text()),
    sa.Column("logo_url", sa.Text()),
    sa.Column("cms", sa.Text()),
    sa.Column("cms_version", sa.Text()),
    sa.Column("technologies", postgresql.JSONB()),
    sa.Column("addresses", postgresql.JSONB()),
    sa.Column("opening_hours", postgresql.JSONB()),
    sa.Column("contact_links", postgresql.JSONB()),
    sa.Column("has_contact_form", sa.Boolean()),
    sa.Column("word_count", sa.Integer()),
    sa.Column("twitter_card", postgresql.JSONB()),
]
CONTACTS: list[sa.Column[Any]] = [
    sa.Column("type", sa.Text()),
    sa.Column("region", sa.Text()),
    sa.Column("details", postgresql.JSONB()),
    sa.Column("also_on", postgresql.JSONB()),
]


def upgrade() -> None:
    for column in DOMAINS:
        op.add_column("domains", column)
    for column in CONTACTS:
        op.add_column("contacts", column)
    verify(
        op.get_bind(),
        {
            "domains": Expected(columns=[column.name for column in DOMAINS]),
            "contacts": Expected(columns=[column.name for column in CONTACTS]),
        },
    )


def downgrade() -> None:
    for column in DOMAINS:
        op.drop_column("domains", column.name)
    for column in CONTACTS:
        op.drop_column("contacts", column.name)
