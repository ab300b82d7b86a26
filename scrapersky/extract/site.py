"""What the pages of one site say together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scrapersky.extract.contact import Contact, Phone, PhoneType
from scrapersky.states import ContactKind


@dataclass(slots=True, frozen=True, kw_only=True)
class SeenContact:
    """A contact, and where it was seen."""

    contact: Contact
    "As it stood where it is most to be believed."
    page_url: str
    "That page."
    also_on: tuple[str, ...] = ()
    "The other pages."


def merge_contacts(pages: Iterable[tuple[str, Sequence[Contact]]]) -> list[SeenContact]:
    """Each contact once, those of a kind together, the best first.

    Args:
        pages: URL and contacts of each page, the homepage first: of two equal finds the earlier
            one counts.
    """
    found: dict[tuple[ContactKind, str], list[tuple[str, Contact]]] = {}
    for url, contacts in pages:
        for contact in contacts:
            found.setdefault((contact.kind, contact.value.lower()), []).append((url, contact))
    merged = [_merged(places) for places in found.values()]
    kinds = list(ContactKind)
    return sorted(
        merged, key=lambda seen: (kinds.index(seen.contact.kind), -seen.contact.confidence)
    )


def _merged(places: list[tuple[str, Contact]]) -> SeenContact:
    page_url, best = max(places, key=lambda place: place[1].confidence)
    others = dict.fromkeys(url for url, _ in places if url != page_url)
    return SeenContact(contact=best, page_url=page_url, also_on=tuple(others))


def is_reachable(contacts: Iterable[Contact]) -> bool:
    """Whether there is both an e-mail address and a number to call."""
    kinds = {
        contact.kind
        for contact in contacts
        if not (isinstance(contact, Phone) and contact.type == PhoneType.FAX)
    }
    return {ContactKind.EMAIL, ContactKind.PHONE} <= kinds
