"""Everything that is read from a homepage."""

from dataclasses import dataclass

from scrapersky.extract.addresses import Address, addresses
from scrapersky.extract.contact import Contact
from scrapersky.extract.contact_form import has_contact_form
from scrapersky.extract.contact_links import ContactLink, contact_links
from scrapersky.extract.contacts import contacts
from scrapersky.extract.found import Found
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.language_detection import detected_language
from scrapersky.extract.logo import logo_url
from scrapersky.extract.metadata import metadata
from scrapersky.extract.open_graph import OpenGraph, open_graph
from scrapersky.extract.opening_hours import OpeningHours, opening_hours
from scrapersky.extract.organization import organization
from scrapersky.extract.page import Page
from scrapersky.extract.parked import parked
from scrapersky.extract.technology import Technology, cms, technologies
from scrapersky.extract.twitter_card import TwitterCard, twitter_card
from scrapersky.extract.visible import is_empty
from scrapersky.extract.word_count import word_count


@dataclass(slots=True, frozen=True, kw_only=True)
class Homepage:
    """What a homepage says about its site."""

    title: Found | None
    description: Found | None
    language: Found | None
    "As declared; a BCP 47 tag."
    detected_language: Found | None
    "Of the visible text; ISO 639-1."
    organization: Found | None
    canonical_url: Found | None
    favicon_url: Found | None
    logo_url: Found | None
    generator: Found | None
    charset: str
    open_graph: OpenGraph
    twitter_card: TwitterCard
    json_ld: list[JsonObject]
    contacts: list[Contact]
    addresses: list[Address]
    opening_hours: list[OpeningHours]
    contact_links: list[ContactLink]
    has_contact_form: bool
    technologies: list[Technology]
    cms: Technology | None
    word_count: int
    is_empty: bool
    "Nothing in it to see or to run. A page that scripts fill is not empty."
    parked: Found | None
    "The parking provider, or the phrase that says that the domain is for sale."


def extract_homepage(page: Page) -> Homepage:
    """Read it all; never raises, and says the same of the same page every time."""
    head = metadata(page)
    found = technologies(page)
    return Homepage(
        title=head.title,
        description=head.description,
        language=head.language,
        detected_language=detected_language(page),
        organization=organization(page),
        canonical_url=head.canonical_url,
        favicon_url=head.favicon_url,
        logo_url=logo_url(page),
        generator=head.generator,
        charset=page.charset,
        open_graph=open_graph(page),
        twitter_card=twitter_card(page),
        json_ld=page.json_ld,
        contacts=contacts(page),
        addresses=addresses(page),
        opening_hours=opening_hours(page),
        contact_links=contact_links(page),
        has_contact_form=has_contact_form(page),
        technologies=found,
        cms=cms(found),
        word_count=word_count(page),
        is_empty=is_empty(page),
        parked=parked(page, head.title.value if head.title else None),
    )
