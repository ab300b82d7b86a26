"""The whole record of one page, as plain values: what `scrapersky extract` prints."""

from dataclasses import asdict
from typing import Any

from scrapersky.extract.contact import Contact, Email, Phone, PhoneType, Profile
from scrapersky.extract.found import Found
from scrapersky.extract.homepage import extract_homepage
from scrapersky.extract.page import Page


def record(page: Page) -> dict[str, Any]:
    """Everything that is found on a page.

    `emails`, `phones` and `social` are the values alone, the best first; faxes are not among the
    phones. `contacts` are the same and the faxes, with source and confidence.
    """
    home = extract_homepage(page)
    phones = [contact for contact in home.contacts if isinstance(contact, Phone)]
    return {
        "emails": _values(home.contacts, Email),
        "phones": [phone.value for phone in phones if phone.type != PhoneType.FAX],
        "social": _values(home.contacts, Profile),
        "title": _value(home.title),
        "description": _value(home.description),
        "language": _value(home.language),
        "favicon": _value(home.favicon_url),
        "contacts": [asdict(contact) for contact in home.contacts],
    }


def _values(contacts: list[Contact], kind: type[Contact]) -> list[str]:
    return [contact.value for contact in contacts if isinstance(contact, kind)]


def _value(found: Found | None) -> str | None:
    return None if found is None else found.value
