"""Lists of contacts: see `scrapersky.db.keyset`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, cast, false, literal_column, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import keyset
from scrapersky.db.keyset import Conditions, Split
from scrapersky.db.like import begins_with
from scrapersky.db.tables import CONTACT_FACETS, contacts, domains
from scrapersky.extract.contact import EmailType
from scrapersky.states import ContactKind

_COLUMNS = (
    contacts.c.id,
    domains.c.domain,
    contacts.c.kind,
    contacts.c.value,
    contacts.c.network,
    contacts.c.type,
    contacts.c.region,
    contacts.c.source,
    contacts.c.confidence,
    contacts.c.page_url,
    contacts.c.raw,
    contacts.c.first_seen_at,
    contacts.c.last_seen_at,
)
CONTACT_FIELDS = tuple(column.name for column in _COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter:
    """Which contacts. What is None does not count."""

    kind: ContactKind | None = None
    domain: str | None = None
    network: str | None = None
    source: str | None = None
    type: str | None = None
    region: str | None = None
    """ISO 3166-1 alpha-2, in any case."""
    min_confidence: float | None = None
    text: str | None = None
    """Beginning of the value."""

    def conditions(self) -> Conditions:
        """As SQL."""
        return self.split().all

    def split(self) -> Split:
        """As SQL, by what an index in the order of ids can answer."""
        kinds = self._kinds()
        if len(kinds) > 1:  # as of a profile with a telephone number's country
            return Split([false()])
        narrow: Conditions = []
        wide = [contacts.c.kind == kind for kind in kinds] + self._facets(kinds)
        if self.domain is not None:
            of_name = select(domains.c.id).where(domains.c.domain == self.domain)
            narrow.append(contacts.c.domain_id == of_name.scalar_subquery())
        if self.min_confidence is not None:
            wide.append(contacts.c.confidence >= self.min_confidence)
        if self.text is not None:
            wide.append(begins_with(contacts.c.value, self.text))
        return Split(narrow, wide)

    def _kinds(self) -> set[str]:
        """Of what is wanted, by what only one kind has."""
        kinds = {str(self.kind)} if self.kind is not None else set()
        if self.network is not None:
            kinds.add(ContactKind.SOCIAL)
        if self.region is not None:
            kinds.add(ContactKind.PHONE)
        if self.type is not None:
            is_email = self.type in set(EmailType)
            kinds.add(ContactKind.EMAIL if is_email else ContactKind.PHONE)
        return kinds

    def _facets(self, kinds: set[str]) -> Conditions:
        prefixed = {
            "source": self.source,
            "network": self.network,
            "type": self.type,
            "region": self.region and self.region.upper(),
        }
        named = [f"{name}={value}" for name, value in prefixed.items() if value is not None]
        # The index of values has the kind, too.
        facets = named or (list(kinds) if self.text is None else [])
        if not facets:
            return []
        expression: ColumnElement[Any] = literal_column(CONTACT_FACETS)
        return [expression.op("@>", is_comparison=True)(cast(facets, ARRAY(Text)))]


async def contact_page(
    session: AsyncSession, wanted: ContactFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Contacts: rows with the keys `CONTACT_FIELDS`."""
    ids = await keyset.page(session, contacts, wanted.split(), after=after, limit=limit)
    statement = (
        select(*_COLUMNS)
        .join(domains, domains.c.id == contacts.c.domain_id)
        .where(contacts.c.id == any_(cast(ids, ARRAY(UuidType))))
        .order_by(contacts.c.id)
    )
    return [dict(row) for row in (await session.execute(statement)).mappings()]
