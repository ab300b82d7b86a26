"""`scrapersky contacts`: ways to reach the owners of domains."""

import typer

from scrapersky.cli import options
from scrapersky.cli.database import query
from scrapersky.cli.export_file import export_rows
from scrapersky.cli.output import print_json, print_page
from scrapersky.db.contact_listings import ContactFilter, contact_page
from scrapersky.db.export_fields import CONTACTS
from scrapersky.domains import clean_domain
from scrapersky.exports import plain

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
    """Write contacts to a file: CSV, JSON lines or Parquet, one row a contact."""
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
    export_rows(
        file,
        format_,
        bom=bom,
        fields=CONTACTS,
        read=lambda session, after, limit: contact_page(session, wanted, after=after, limit=limit),
        noun="contacts",
    )
