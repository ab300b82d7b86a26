"""`scrapersky pages`: what sites publish in their sitemaps."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from scrapersky.cli import options
from scrapersky.cli.database import query
from scrapersky.cli.export_file import export_rows
from scrapersky.cli.output import print_json, print_page
from scrapersky.db.export_fields import PAGES
from scrapersky.db.page_listings import PageFilter, page_page
from scrapersky.domains import clean_domain
from scrapersky.exports import plain
from scrapersky.sitemaps.page_types import PageType

COLUMNS = ("domain", "page_type", "url", "lastmod", "gone_at")

OfDomain = Annotated[
    str | None, typer.Option("--domain", metavar="DOMAIN", help="In this domain's sitemaps.")
]
Type = Annotated[PageType | None, typer.Option("--type", help="What the page is for.")]
Gone = Annotated[
    bool | None,
    typer.Option("--gone/--listed", help="No longer in the sitemaps, or still; without it: both."),
]
LastmodAfter = Annotated[
    datetime | None,
    typer.Option(
        "--lastmod-after",
        metavar="TIME",
        parser=options.parse_time,
        help="Changed from this date or time on, as the sitemap says.",
    ),
]
LastmodBefore = Annotated[
    datetime | None,
    typer.Option(
        "--lastmod-before", metavar="TIME", parser=options.parse_time, help="Changed before it."
    ),
]
Sitemap = Annotated[
    UUID | None, typer.Option("--sitemap", metavar="ID", help="Listed in this sitemap.")
]
Text = Annotated[
    str | None, typer.Option("--text", metavar="TEXT", help="What stands somewhere in the URL.")
]

app = typer.Typer(
    help="Pages that sites list in their sitemaps.", no_args_is_help=True, add_completion=False
)


@app.command("list", epilog="Example: scrapersky pages list --type contact --listed")
def list_pages(
    *,
    domain: OfDomain = None,
    sitemap: Sitemap = None,
    page_type: Type = None,
    curation: options.Curation = None,
    gone: Gone = None,
    lastmod_after: LastmodAfter = None,
    lastmod_before: LastmodBefore = None,
    text: Text = None,
    limit: options.Limit = 50,
    after: options.After = None,
    as_json: options.AsJson = False,
) -> None:
    """List pages, those found first at the top; those of one domain in no order of meaning."""
    times = (lastmod_after, lastmod_before)
    wanted = _filter(domain, sitemap, page_type, curation, gone, times, text)
    rows = query(lambda session: page_page(session, wanted, after=after, limit=limit + 1))
    if as_json:
        print_json([plain(row) for row in rows[:limit]])
    else:
        print_page(rows, limit, COLUMNS, nothing="No such page.")


@app.command(epilog="Example: scrapersky pages export pages.csv --domain example.com")
def export(
    file: options.Target,
    *,
    domain: OfDomain = None,
    sitemap: Sitemap = None,
    page_type: Type = None,
    curation: options.Curation = None,
    gone: Gone = None,
    lastmod_after: LastmodAfter = None,
    lastmod_before: LastmodBefore = None,
    text: Text = None,
    format_: options.As = None,
    bom: options.Bom = False,
) -> None:
    """Write pages to a file: CSV, JSON lines or Parquet, one row a page."""
    times = (lastmod_after, lastmod_before)
    wanted = _filter(domain, sitemap, page_type, curation, gone, times, text)
    export_rows(
        file,
        format_,
        bom=bom,
        fields=PAGES,
        read=lambda session, after, limit: page_page(session, wanted, after=after, limit=limit),
        noun="pages",
    )


def _filter(  # noqa: PLR0917 - one each
    domain: OfDomain,
    sitemap: Sitemap,
    page_type: Type,
    curation: options.Curation,
    gone: Gone,
    times: tuple[LastmodAfter, LastmodBefore],
    text: Text,
) -> PageFilter:
    return PageFilter(
        domain=clean_domain(domain) if domain is not None else None,
        sitemap=sitemap,
        page_type=page_type,
        curation=curation,
        is_gone=gone,
        lastmod_after=times[0],
        lastmod_before=times[1],
        text=text,
    )
