"""`scrapersky domains`: which there are, and what is known about them."""

import sys
from collections.abc import Iterable
from itertools import starmap
from typing import Annotated, Any

import typer

from scrapersky.cli import options
from scrapersky.cli.company import print_company
from scrapersky.cli.database import Database, query
from scrapersky.cli.export_file import export_rows
from scrapersky.cli.output import console, print_json, print_page
from scrapersky.db import domains
from scrapersky.db.adding import Added, chunks
from scrapersky.db.domain_listings import DomainFilter, domain_page
from scrapersky.db.export_fields import DOMAINS
from scrapersky.domain_lists import BadLine, DomainLine, judged, read_domains, split_domains
from scrapersky.domains import clean_domain
from scrapersky.errors import InputError
from scrapersky.exports import plain

COLUMNS = ("domain", "status", "error_code", "language", "title", "email", "phone")

app = typer.Typer(
    help="Domains, and what was found on them.", no_args_is_help=True, add_completion=False
)


@app.command(epilog="Example: scrapersky domains add example.com https://www.example.org/about")
def add(
    domain: Annotated[list[str], typer.Argument(help="Domains, or URLs on them.")],
    as_json: options.AsJson = False,
) -> None:
    """Add domains that wait for a crawl. What is there already stays as it is."""
    typed = enumerate(split_domains(" ".join(domain)), start=1)
    _add(starmap(judged, typed), "Argument", as_json)


@app.command("import", epilog="Example: scrapersky domains import companies.csv")
def import_list(
    file: Annotated[str, typer.Argument(help="A path, or - for standard input.")],
    as_json: options.AsJson = False,
) -> None:
    """Add the domains of a list, of any length, that wait for a crawl.

    One domain a line, or CSV with a column domain, website or url; it may be gzipped. What is no
    domain is named on standard error and left out. Doing it again adds nothing.
    """
    _add(read_domains(file), "Line", as_json)


@app.command("list", epilog="Example: scrapersky domains list --status completed --has email")
def list_domains(
    *,
    status: options.Status = None,
    error: options.Error = None,
    language: options.Language = None,
    country: options.Country = None,
    technology: options.Technology = None,
    cms: options.Cms = None,
    curation: options.Curation = None,
    sitemap_curation: options.SitemapCuration = None,
    sitemap_analysis: options.SitemapAnalysis = None,
    text: options.Text = None,
    words: options.Words = None,
    has: options.Has = None,
    crawled_after: options.CrawledAfter = None,
    crawled_before: options.CrawledBefore = None,
    limit: options.Limit = 50,
    after: options.After = None,
    as_json: options.AsJson = False,
) -> None:
    """List domains, those added first at the top."""
    wanted = DomainFilter(
        status=status,
        error=error,
        language=language,
        country=country,
        technology=technology,
        cms=cms,
        curation=curation,
        sitemap_curation=sitemap_curation,
        sitemap_analysis=sitemap_analysis,
        text=text,
        words=words,
        has=has or (),
        crawled_after=crawled_after,
        crawled_before=crawled_before,
    )
    rows = query(lambda session: domain_page(session, wanted, after=after, limit=limit + 1))
    if as_json:
        print_json([plain(row) for row in rows[:limit]])
    else:
        print_page(rows, limit, COLUMNS, nothing="No such domain.")


@app.command(epilog="Example: scrapersky domains show example.com")
def show(
    domain: Annotated[str, typer.Argument(help="A domain, or a URL on it.")],
    as_json: options.AsJson = False,
) -> None:
    """Show what is known about one company."""
    name = clean_domain(domain)
    found = query(lambda session: domains.find(session, name))
    if found is None:
        raise InputError(f"{name} is not in the database. Crawl it: scrapersky crawl {name}")
    if as_json:
        print_json(_plain(found))
    else:
        print_company(found)


@app.command(epilog="Example: scrapersky domains export companies.csv --has email --language de")
def export(
    file: options.Target,
    *,
    status: options.Status = None,
    error: options.Error = None,
    language: options.Language = None,
    country: options.Country = None,
    technology: options.Technology = None,
    cms: options.Cms = None,
    curation: options.Curation = None,
    sitemap_curation: options.SitemapCuration = None,
    sitemap_analysis: options.SitemapAnalysis = None,
    text: options.Text = None,
    words: options.Words = None,
    has: options.Has = None,
    crawled_after: options.CrawledAfter = None,
    crawled_before: options.CrawledBefore = None,
    format_: options.As = None,
    bom: options.Bom = False,
) -> None:
    """Write domains with their contacts to a file: CSV, JSON lines or Parquet, one row a domain."""
    wanted = DomainFilter(
        status=status,
        error=error,
        language=language,
        country=country,
        technology=technology,
        cms=cms,
        curation=curation,
        sitemap_curation=sitemap_curation,
        sitemap_analysis=sitemap_analysis,
        text=text,
        words=words,
        has=has or (),
        crawled_after=crawled_after,
        crawled_before=crawled_before,
    )
    export_rows(
        file,
        format_,
        bom=bom,
        fields=DOMAINS,
        read=lambda session, after, limit: domain_page(session, wanted, after=after, limit=limit),
        noun="domains",
    )


def _add(lines: Iterable[DomainLine | BadLine], noun: str, as_json: bool) -> None:
    counts = Added()
    with Database() as database:
        try:
            for chunk in chunks(lines):
                _name_bad(chunk, noun)
                database.query(lambda session, chunk=chunk: counts.add(session, chunk))  # type: ignore[misc]
        except InputError as error:
            raise counts.told(error) from error
    if not counts.added + counts.known:
        raise InputError("There is no usable domain in what was given.")
    if as_json:
        print_json(counts.numbers)
        return
    console.print(
        f"{counts.added:,} domains added, {counts.known:,} were there already,"
        f" {counts.rejected:,} left out."
    )


def _name_bad(chunk: list[DomainLine | BadLine], noun: str) -> None:
    for line in chunk:
        if isinstance(line, BadLine):
            sys.stderr.write(
                f"{noun} {line.line_number} is left out: {line.text!r}: {line.reason}.\n"
            )


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return plain(found) | {
        name: [plain(row) for row in found[name]] for name in ("contacts", "crawls")
    }
