"""What one contact is."""

from dataclasses import dataclass
from enum import StrEnum

from scrapersky.states import ContactKind

MAX_RAW = 512
"""Characters of `raw`."""


class EmailType(StrEnum):
    """Whose mailbox it is."""

    ROLE = "role"
    "info@, sales@, kontakt@, …"
    PERSONAL = "personal"
    FREE = "free"
    "At a free provider (gmail.com, mail.ru, gmx.de, …), whatever stands before the @."


class PhoneType(StrEnum):
    """What answers."""

    FIXED = "fixed"
    MOBILE = "mobile"
    TOLL_FREE = "toll_free"
    FAX = "fax"
    OTHER = "other"
    "Shared cost, premium rate, pager, …, or not to be told (fixed or mobile in North America)."


@dataclass(slots=True, frozen=True, kw_only=True)
class Contact:
    """One way to reach somebody, with its provenance."""

    kind: ContactKind
    value: str
    """An e-mail address in lower case, its domain in ASCII; a phone number in E.164; a profile's
    canonical https URL."""
    raw: str
    "As it stood, cut at 512 characters."
    source: str
    "`mailto`, `tel`, `json-ld`, `microdata`, `text`, `deobfuscated`, …: see docs/extraction.md."
    confidence: float
    "0 to 1: how often such a find is right, by the kind of its source and what speaks for it."


@dataclass(slots=True, frozen=True, kw_only=True)
class Email(Contact):
    """An e-mail address."""

    kind: ContactKind = ContactKind.EMAIL
    type: EmailType
    own_domain: bool
    "Whether it is at the registrable domain of the site."


@dataclass(slots=True, frozen=True, kw_only=True)
class Phone(Contact):
    """A phone number."""

    kind: ContactKind = ContactKind.PHONE
    type: PhoneType
    national: str
    "As people of its region write it."
    region: str | None
    "ISO 3166-1 alpha-2; None for international numbers such as +800."
    extension: str | None = None


@dataclass(slots=True, frozen=True, kw_only=True)
class Profile(Contact):
    """A profile at a social network."""

    kind: ContactKind = ContactKind.SOCIAL
    network: str
    "facebook, linkedin, …"
    handle: str | None = None
    "The name in it, without @."
