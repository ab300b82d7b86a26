"""The whole record of one page, as plain values: what `scrapersky extract` prints."""

from dataclasses import fields
from typing import Any

from scrapersky.extract.contact import Contact, Email, Phone, PhoneType, Profile
from scrapersky.extract.found import Found
from scrapersky.extract.homepage import extract_homepage
from scrapersky.extract.language_detection import page_language
from scrapersky.extract.page import Page


def record(page: Page) -> dict[str, Any]:
    """Everything that is found on a page.

    `emails`, `phones` and `social` are the values alone, the best first; faxes are not among the
    phones. `contacts` are the same and the faxes, with source and confidence. `language` is what a
    reader would say; what the page declares is `declared_language`.
    """
    home = extract_homepage(page)
    phones = [contact for contact in home.contacts if isinstance(contact, Phone)]
    return {
        "emails": _values(home.contacts, Email),
        "phones": [phone.value for phone in phones if phone.type != PhoneType.FAX],
        "social": _values(home.contacts, Profile),
        "title": _value(home.title),
        "description": _value(home.description),
        "language": _value(page_language(page)),
        "favicon": _value(home.favicon_url),
        "logo": _value(home.logo_url),
        "cms": home.cms.name if home.cms else None,
        "cms_version": home.cms.version if home.cms else None,
        "tech": [technology.name for technology in home.technologies],
        "organization": _value(home.organization),
        "addresses": [_plain(address) for address in home.addresses],
        "contact_links": [link.url for link in home.contact_links],
        "contact_form": home.has_contact_form,
        "declared_language": _value(home.language),
        "canonical_url": _value(home.canonical_url),
        "charset": home.charset,
        "opening_hours": [_plain(span) for span in home.opening_hours],
        "open_graph": home.open_graph,
        "twitter_card": home.twitter_card,
        "word_count": home.word_count,
        "parked": _value(home.parked),
        "technologies": [_plain(technology) for technology in home.technologies],
        "contacts": [_plain(contact) for contact in home.contacts],
    }


def _plain(value: Any) -> dict[str, Any]:
    """Of a dataclass that holds no other: a sixth of the cost of `asdict`."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _values(contacts: list[Contact], kind: type[Contact]) -> list[str]:
    return [contact.value for contact in contacts if isinstance(contact, kind)]


def _value(found: Found | None) -> str | None:
    return None if found is None else found.value
