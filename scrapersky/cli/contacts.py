"""`scrapersky contacts`: ways to reach the owners of domains."""

import typer

from scrapersky.cli import options
from scrapersky.cli.database import Database, query
from scrapersky.cli.export_file import open_export
from scrapersky.cli.output import console, plain, print_json, print_page
from scrapersky.db.contact_listings import CONTACT_FIELDS, ContactFilter, contact_page
from scrapersky.domains import clean_domain

COLUMNS = ("domain", "kind", "network", "value", "source", "confidence", "last_seen_at")

app = typer.Typer(
    help="Contacts: e-mail addresses, phone numbers, profiles.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("list", epilog="Example: scrapersky contacts list --kind email --min-confidence 0.8")
def list_contacts(
    *,
    kind: options.Kind = None,
    domain: options.OfDomain = None,
    network: options.Network = None,
    source: options.Source = None,
    type_: options.Type = None,
    region: options.Region = None,
    min_confidence: options.MinConfidence = None,
    text: options.ContactText = None,
    limit: options.Limit = 50,
    after: options.After = None,
    as_json: options.AsJson = False,
) -> None:
    """List contacts, those found first at the top."""
    wanted = ContactFilter(
        kind=kind,
        domain=clean_domain(domain) if domain is not None else None,
        network=network,
        source=source,
        type=type_,
        region=region,
        min_confidence=min_confidence,
        text=text,
    )
    rows = query(lambda session: contact_page(session, wanted, after=after, limit=limit + 1))
    if as_json:
        print_json([plain(row) for row in rows[:limit]])
    else:
        print_page(rows, limit, COLUMNS, nothing="No such contact.")


@app.command(epilog="Example: scrapersky contacts export phones.csv --kind phone")
def export(
    file: options.Target,
    *,
    kind: options.Kind = None,
    domain: options.OfDomain = None,
    network: options.Network = None,
    source: options.Source = None,
    type_: options.Type = None,
    region: options.Region = None,
    min_confidence: options.MinConfidence = None,
    text: options.ContactText = None,
    format_: options.As = None,
    bom: options.Bom = False,
) -> None:
    """Write contacts to a file: CSV or JSON lines, one row a contact."""
    wanted = ContactFilter(
        kind=kind,
        domain=clean_domain(domain) if domain is not None else None,
        network=network,
        source=source,
        type=type_,
        region=region,
        min_confidence=min_confidence,
        text=text,
    )
    count = 0
    with (
        Database() as database,
        open_export(file, format_, bom=bom, fields=CONTACT_FIELDS) as out,
    ):
        for rows in database.pages(
            lambda session, after, limit: contact_page(session, wanted, after=after, limit=limit)
        ):
            out.write(rows)
            count += len(rows)
    if file != "-":
        console.print(f"{count:,} contacts are in {file}.", soft_wrap=True, markup=False)
