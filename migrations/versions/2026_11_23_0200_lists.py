"""What lists need: columns that are short enough to filter by, and an index for each filter."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.verify import Expected, verify

revision = "2026_11_23_0200"
down_revision = "2026_11_23_0100"

KINDS = ("email", "phone", "social")
DOMAINS: list[sa.Column[Any]] = [
    sa.Column(
        "language_tag",
        sa.Text(collation="C"),
        sa.Computed("left(lower(language), 35)", persisted=True),
    ),
    sa.Column(
        "country", sa.Text(), sa.Computed("left(addresses -> 0 ->> 'country', 2)", persisted=True)
    ),
    *(
        sa.Column(f"has_{kind}", sa.Boolean(), nullable=False, server_default="false")
        for kind in KINDS
    ),
]
LISTED_BY = (
    *("status", "error_code", "curation_status", "sitemap_curation_status"),
    *("sitemap_analysis_status", "language_tag", "country", "cms"),
    *("has_email", "has_phone", "has_social", "last_crawled_at"),
)
# Of these most rows have the one value that nobody looks for.
PARTIAL = {
    "language_tag": "language_tag IS NOT NULL",
    "country": "country IS NOT NULL",
    "cms": "cms IS NOT NULL",
    "last_crawled_at": "last_crawled_at IS NOT NULL",
    "sitemap_curation_status": "sitemap_curation_status <> 'New'",
    "sitemap_analysis_status": "sitemap_analysis_status IS NOT NULL",
}
WORDS = (
    "to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(organization, '') || ' '"
    " || left(coalesce(description, ''), 500))"
)
FACETS = (
    "(ARRAY[kind, 'source=' || source, 'network=' || network, 'type=' || type,"
    " 'region=' || region])"
)
GIN = {
    "ix_domains_technologies": ("domains", "jsonb_path_query_array(technologies, '$[*].name')"),
    "ix_domains_words": ("domains", WORDS),
    "ix_contacts_facets": ("contacts", FACETS),
}


def upgrade() -> None:
    for column in DOMAINS:
        op.add_column("domains", column)
    for kind in KINDS:
        op.execute(
            f"UPDATE domains SET has_{kind} = true WHERE id IN"  # noqa: S608 - the kinds above
            f" (SELECT domain_id FROM contacts WHERE kind = '{kind}')"
        )
    op.drop_index("ix_contacts_kind_value", "contacts")
    # In the C collation an index answers what a text begins with, and compares faster.
    op.execute('ALTER TABLE domains ALTER COLUMN domain TYPE text COLLATE "C"')
    op.execute('ALTER TABLE contacts ALTER COLUMN value TYPE text COLLATE "C"')
    op.create_index("ix_domains_lists", "domains", ["id"], postgresql_include=LISTED_BY)
    for name, where in PARTIAL.items():
        op.create_index(
            f"ix_domains_{name}_id", "domains", [name, "id"], postgresql_where=sa.text(where)
        )
    op.create_index("ix_contacts_value_kind", "contacts", ["value", "kind"])
    op.create_index("ix_contacts_confidence", "contacts", ["confidence"])
    for name, (table, expression) in GIN.items():
        op.create_index(name, table, [sa.text(expression)], postgresql_using="gin")
    verify(
        op.get_bind(),
        {
            "domains": Expected(
                [column.name for column in DOMAINS],
                [
                    "ix_domains_lists",
                    *(f"ix_domains_{name}_id" for name in PARTIAL),
                    *(name for name, (table, _) in GIN.items() if table == "domains"),
                ],
            ),
            "contacts": Expected(
                [], ["ix_contacts_value_kind", "ix_contacts_confidence", "ix_contacts_facets"]
            ),
        },
    )


def downgrade() -> None:
    for name, (table, _) in GIN.items():
        op.drop_index(name, table)
    for name in ("ix_contacts_confidence", "ix_contacts_value_kind"):
        op.drop_index(name, "contacts")
    for name in PARTIAL:
        op.drop_index(f"ix_domains_{name}_id", "domains")
    op.drop_index("ix_domains_lists", "domains")
    op.execute('ALTER TABLE contacts ALTER COLUMN value TYPE text COLLATE "default"')
    op.execute('ALTER TABLE domains ALTER COLUMN domain TYPE text COLLATE "default"')
    op.create_index("ix_contacts_kind_value", "contacts", ["kind", "value"])
    for column in DOMAINS:
        op.drop_column("domains", column.name)
