"""The fields of exports, and what each of them holds."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Float, Integer, Table
from sqlalchemy.dialects.postgresql import JSONB

from scrapersky.db.contact_listings import CONTACT_FIELDS
from scrapersky.db.domain_listings import DOMAIN_FIELDS
from scrapersky.db.job_listings import JOB_FIELDS
from scrapersky.db.page_listings import PAGE_FIELDS
from scrapersky.db.tables import contacts, domains, jobs, pages
from scrapersky.exports import Fields, Kind

_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (Integer, Kind.INTEGER),
    (Float, Kind.REAL),
    (Boolean, Kind.BOOLEAN),
    (DateTime, Kind.TIME),
    (ARRAY, Kind.TEXTS),
    (JSONB, Kind.JSON),
)
_LISTS = frozenset({"emails", "phones", "profiles"})


def _fields(names: Iterable[str], table: Table) -> Fields:
    return {name: _kind(name, table.c.get(name)) for name in names}


def _kind(name: str, column: Column[Any] | None) -> Kind:
    if column is None:
        return Kind.TEXTS if name in _LISTS else Kind.TEXT
    return next((kind for type_, kind in _KINDS if isinstance(column.type, type_)), Kind.TEXT)


DOMAINS = _fields(DOMAIN_FIELDS, domains)
CONTACTS = _fields(CONTACT_FIELDS, contacts)
PAGES = _fields(PAGE_FIELDS, pages)
JOBS = _fields(JOB_FIELDS, jobs)
