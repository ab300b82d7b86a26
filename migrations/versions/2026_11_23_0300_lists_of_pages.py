"""Sitemaps that people submit, and indexes along which lists of sitemaps and pages go."""

import sqlalchemy as sa
from alembic import op

from migrations.verify import Expected, verify

revision = "2026_11_23_0300"
down_revision = "2026_11_23_0200"

FOUND_VIA = ("robots", "homepage", "guess", "index")
INDEXES = {
    "ix_sitemap_files_curation_status_id": (
        "sitemap_files",
        ["curation_status", "id"],
        "curation_status <> 'New'",
    ),
    "ix_sitemap_files_import_status_id": (
        "sitemap_files",
        ["import_status", "id"],
        "import_status IS NOT NULL",
    ),
    "ix_sitemap_files_error_code_id": (
        "sitemap_files",
        ["error_code", "id"],
        "error_code IS NOT NULL",
    ),
    "ix_pages_sitemap_id_id": ("pages", ["sitemap_id", "id"], None),
    "ix_pages_curation_status_id": (
        "pages",
        ["curation_status", "id"],
        "curation_status <> 'New'",
    ),
    "ix_pages_gone_id": ("pages", ["id"], "gone_at IS NOT NULL"),
    "ix_pages_lastmod_id": ("pages", ["lastmod", "id"], "lastmod IS NOT NULL"),
}


def upgrade() -> None:
    _allow(*FOUND_VIA, "submitted")
    for name, (table, columns, where) in INDEXES.items():
        condition = None if where is None else sa.text(where)
        op.create_index(name, table, columns, postgresql_where=condition)
    op.drop_index("ix_pages_sitemap_id", "pages")
    verify(
        op.get_bind(),
        {
            table: Expected([], [name for name, (of, _, _) in INDEXES.items() if of == table])
            for table in ("sitemap_files", "pages")
        },
    )


def downgrade() -> None:
    op.create_index("ix_pages_sitemap_id", "pages", ["sitemap_id"])
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table)
    op.execute("UPDATE sitemap_files SET found_via = 'guess' WHERE found_via = 'submitted'")
    _allow(*FOUND_VIA)


def _allow(*values: str) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.drop_constraint(op.f("ck_sitemap_files_found_via"), "sitemap_files")
    op.create_check_constraint(
        op.f("ck_sitemap_files_found_via"), "sitemap_files", f"found_via IN ({listed})"
    )
