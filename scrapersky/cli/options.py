"""Options that several commands have."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from scrapersky.exports import Format
from scrapersky.extract.contact import EmailType, PhoneType
from scrapersky.outcomes import ErrorCode
from scrapersky.states import AnalysisStatus, ContactKind, CurationStatus, DomainStatus


class ContactType(StrEnum):
    """Whose address it is, or what answers: typer knows no unions."""

    ROLE = EmailType.ROLE
    PERSONAL = EmailType.PERSONAL
    FREE = EmailType.FREE
    FIXED = PhoneType.FIXED
    MOBILE = PhoneType.MOBILE
    TOLL_FREE = PhoneType.TOLL_FREE
    FAX = PhoneType.FAX
    OTHER = PhoneType.OTHER


def parse_time(text: str) -> datetime:
    """A date, or a date and a time. What names no zone is UTC."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is neither a date (2026-11-22) nor a time (2026-11-22T09:30+01:00)"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many, at most.")]
After = Annotated[
    UUID | None,
    typer.Option("--after", metavar="ID", help="Begin after this id: the next page of a list."),
]
Error = Annotated[
    ErrorCode | None,
    typer.Option("--error", metavar="CODE", help="Error code, such as dns: see docs/errors.md."),
]

# Of domains.
Status = Annotated[
    DomainStatus | None, typer.Option("--status", help="What the latest crawl came to.")
]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="TAG", help="As the page declares it; de is de-AT too."),
]
Curation = Annotated[
    CurationStatus | None,
    typer.Option("--curation", case_sensitive=False, help="What a person decided."),
]
SitemapCuration = Annotated[
    CurationStatus | None,
    typer.Option(
        "--sitemap-curation", case_sensitive=False, help="What a person decided of its sitemaps."
    ),
]
SitemapAnalysis = Annotated[
    AnalysisStatus | None,
    typer.Option("--sitemap-analysis", help="How far the search for its sitemaps is."),
]
Country = Annotated[
    str | None,
    typer.Option("--country", metavar="CODE", help="Of its postal address: DE, US, …"),
]
Technology = Annotated[
    str | None,
    typer.Option("--technology", metavar="NAME", help="Built with it: jQuery, WooCommerce, …"),
]
Cms = Annotated[
    str | None, typer.Option("--cms", metavar="NAME", help="Built with this system: WordPress, …")
]
Text = Annotated[
    str | None, typer.Option("--text", metavar="PREFIX", help="What the domain begins with.")
]
Words = Annotated[
    str | None,
    typer.Option("--words", metavar="WORDS", help="All in its title, name or description."),
]
Has = Annotated[
    list[ContactKind] | None,
    typer.Option("--has", help="With a contact of this kind; can be repeated."),
]
CrawledAfter = Annotated[
    datetime | None,
    typer.Option(
        "--crawled-after", metavar="TIME", parser=parse_time, help="From this date or time on, UTC."
    ),
]
CrawledBefore = Annotated[
    datetime | None,
    typer.Option(
        "--crawled-before", metavar="TIME", parser=parse_time, help="Before this date or time."
    ),
]

# Of contacts.
Kind = Annotated[ContactKind | None, typer.Option("--kind", help="What the contact is.")]
OfDomain = Annotated[
    str | None, typer.Option("--domain", metavar="DOMAIN", help="Found on this domain.")
]
Network = Annotated[
    str | None, typer.Option("--network", metavar="NAME", help="Of a profile: linkedin, …")
]
Source = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="Where in the page it stood: mailto, json-ld, …"),
]
Type = Annotated[
    ContactType | None,
    typer.Option("--type", help="Of an address or a number: role, mobile, fax, …"),
]
Region = Annotated[
    str | None, typer.Option("--region", metavar="CODE", help="Of a number: its country.")
]
ContactText = Annotated[
    str | None, typer.Option("--text", metavar="PREFIX", help="What the contact begins with.")
]
MinConfidence = Annotated[
    float | None, typer.Option("--min-confidence", min=0, max=1, help="From this confidence on.")
]

# Of exports.
Target = Annotated[str, typer.Argument(metavar="FILE", help="A path, or - for standard output.")]
As = Annotated[
    Format | None,
    typer.Option("--format", help="Without it: by the file's ending, and csv for -."),
]
Bom = Annotated[
    bool, typer.Option("--bom", help="Begin a CSV file with a byte order mark, for Excel.")
]
