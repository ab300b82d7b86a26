"""What is read from a contact, imprint or about page."""

from dataclasses import dataclass

from scrapersky.extract.addresses import Address, addresses
from scrapersky.extract.contact import Contact
from scrapersky.extract.contact_form import has_contact_form
from scrapersky.extract.contacts import contacts
from scrapersky.extract.opening_hours import OpeningHours, opening_hours
from scrapersky.extract.page import Page


@dataclass(slots=True, frozen=True, kw_only=True)
class ContactPage:
    """What such a page adds to the homepage."""

    url: str
    contacts: list[Contact]
    addresses: list[Address]
    opening_hours: list[OpeningHours]
    has_contact_form: bool


def extract_contact_page(page: Page) -> ContactPage:
    """Never raises, and says the same of the same page every time."""
    return ContactPage(
        url=page.url,
        contacts=contacts(page),
        addresses=addresses(page),
        opening_hours=opening_hours(page),
        has_contact_form=has_contact_form(page),
    )
