"""Everything that is read from a homepage."""

from dataclasses import dataclass

from scrapersky.extract.contact import Contact
from scrapersky.extract.contacts import contacts
from scrapersky.extract.found import Found
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.metadata import metadata
from scrapersky.extract.open_graph import OpenGraph, open_graph
from scrapersky.extract.page import Page
from scrapersky.extract.parked import parked
from scrapersky.extract.visible import is_empty


@dataclass(slots=True, frozen=True, kw_only=True)
class Homepage:
    """What a homepage says about its site."""

    title: Found | None
    description: Found | None
    language: Found | None
    "As declared; a BCP 47 tag."
    canonical_url: Found | None
    favicon_url: Found | None
    generator: Found | None
    charset: str
    open_graph: OpenGraph
    json_ld: list[JsonObject]
    contacts: list[Contact]
    is_empty: bool
    "Nothing in it to see or to run. A page that scripts fill is not empty."
    parked: Found | None
    "The parking provider, or the phrase that says that the domain is for sale."


def extract_homepage(page: Page) -> Homepage:
    """Read it all; never raises, and says the same of the same page every time."""
    head = metadata(page)
    return Homepage(
        title=head.title,
        description=head.description,
        language=head.language,
        canonical_url=head.canonical_url,
        favicon_url=head.favicon_url,
        generator=head.generator,
        charset=page.charset,
        open_graph=open_graph(page),
        json_ld=page.json_ld,
        contacts=contacts(page),
        is_empty=is_empty(page),
        parked=parked(page, head.title.value if head.title else None),
    )
