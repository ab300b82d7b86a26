"""How to reach the owner."""

from scrapersky.extract.contact import Contact
from scrapersky.extract.emails import emails
from scrapersky.extract.page import Page
from scrapersky.extract.phones import phones
from scrapersky.extract.profiles import profiles

MAX_CONTACTS = 200
"""Of a page, of each kind. A directory's page has more, and they are not its owner's."""


def contacts(page: Page) -> list[Contact]:
    """E-mail addresses, phone numbers and social profiles: each once, the best of a kind first."""
    return [
        *emails(page)[:MAX_CONTACTS],
        *phones(page)[:MAX_CONTACTS],
        *profiles(page)[:MAX_CONTACTS],
    ]
