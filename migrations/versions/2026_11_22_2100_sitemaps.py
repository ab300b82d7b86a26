"""What the sitemap spider needs: incremental reading, pages in several files, counts of domains."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.verify import Expected, verify

revision = "2026_11_22_2100"
down_revision = "2026_11_22_2000"

MADE = {
    "domains": Expected(
        columns=["sitemap_count", "page_count", "sitemaps_crawled_at"],
        indexes=["ix_domains_without_sitemaps"],
    ),
    "sitemap_files": Expected(
        columns=["listed_lastmod", "problems", "lastmod_hits", "lastmod_misses"],
    ),
    "pages": Expected(
        columns=["also_in"],
        indexes=["ix_pages_also_in", "ix_pages_unlisted", "ix_pages_page_type_id"],
    ),
}


def upgrade() -> None:
    op.add_column("domains", sa.Column("sitemap_count", sa.Integer(), nullable=True))
    op.add_column("domains", sa.Column("page_count", sa.Integer(), nullable=True))
    op.add_column(
        "domains", sa.Column("sitemaps_crawled_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_domains_without_sitemaps",
        "domains",
        ["id"],
        unique=False,
        postgresql_where=sa.text("sitemaps_crawled_at IS NULL"),
    )
    op.add_column(
        "sitemap_files", sa.Column("listed_lastmod", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "sitemap_files",
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    for name in ("lastmod_hits", "lastmod_misses"):
        op.add_column(
            "sitemap_files", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )
    op.create_check_constraint(
        op.f("ck_sitemap_files_found_via"),
        "sitemap_files",
        "found_via IN ('robots', 'homepage', 'guess', 'index')",
    )
    op.execute("ALTER TABLE sitemap_files SET (fillfactor = 75)")
    op.add_column("pages", sa.Column("also_in", postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.create_index(
        "ix_pages_also_in",
        "pages",
        ["domain_id"],
        unique=False,
        postgresql_where=sa.text("also_in IS NOT NULL"),
    )
    op.create_index(
        "ix_pages_unlisted",
        "pages",
        ["domain_id"],
        unique=False,
        postgresql_where=sa.text("sitemap_id IS NULL AND gone_at IS NULL"),
    )
    op.create_index(
        "ix_pages_page_type_id",
        "pages",
        ["page_type", "id"],
        unique=False,
        postgresql_where=sa.text(
            "page_type IN ('contact', 'about', 'legal', 'careers', 'location')"
        ),
    )
    verify(op.get_bind(), MADE)


def downgrade() -> None:
    for name in ("ix_pages_page_type_id", "ix_pages_unlisted", "ix_pages_also_in"):
        op.drop_index(name, table_name="pages")
    op.drop_column("pages", "also_in")
    op.execute("ALTER TABLE sitemap_files RESET (fillfactor)")
    op.drop_constraint(op.f("ck_sitemap_files_found_via"), "sitemap_files", type_="check")
    for name in ("lastmod_misses", "lastmod_hits", "problems", "listed_lastmod"):
        op.drop_column("sitemap_files", name)
    op.drop_index("ix_domains_without_sitemaps", table_name="domains")
    for name in ("sitemaps_crawled_at", "page_count", "sitemap_count"):
        op.drop_column("domains", name)
