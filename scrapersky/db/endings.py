"""Writing what crawls found: one statement a table, one transaction a batch.

A batch goes in as one JSON document a statement, through `jsonb_to_recordset`. Reading it is a
third of the server's work, so names in it have one letter, and NULLs are left out. Rows that would
not change are left out by the join, so they cost no write-ahead log. Doing a batch twice
changes nothing: a target ends once, and an older crawl does not overwrite a newer one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import tables
from scrapersky.db.tables import new_id
from scrapersky.items import DomainItem, Ending, RetryItem
from scrapersky.states import ContactKind, DomainStatus, TargetState
from scrapersky.text import storable_json

HTTP_FACTS = (
    "http_status",
    "final_url",
    "redirected_to",
    "ip",
    "response_ms",
    "body_bytes",
    "charset",
    "content_hash",
)
HOMEPAGE_FIELDS = (
    "title",
    "description",
    "language",
    "canonical_url",
    "favicon_url",
    "generator",
    "open_graph",
    "json_ld",
    "provenance",
    "detected_language",
    "organization",
    "logo_url",
    "cms",
    "cms_version",
    "technologies",
    "addresses",
    "opening_hours",
    "contact_links",
    "has_contact_form",
    "word_count",
    "twitter_card",
)
OUTCOME = ("status", "error_code", "error_message", "last_crawled_at")
HAS = {f"has_{kind}": kind for kind in ContactKind}
"""Columns of `domains` that say whether there is a contact of a kind. One that is no longer on the
page stays, and so do these."""
CONTACT_FIELDS = (
    "raw",
    "network",
    "source",
    "page_url",
    "confidence",
    "type",
    "region",
    "details",
    "also_on",
)


_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


class Rows:
    """The JSON form of a table's rows: names of one letter, no NULLs."""

    def __init__(self, types: Mapping[str, str]) -> None:
        """By column, its type in SQL."""
        self._types = types
        self._letters = dict(zip(types, ascii_letters, strict=False))

    @classmethod
    def of(cls, table: Table, *columns: str) -> "Rows":
        """Of some columns of a table."""
        return cls({name: table.c[name].type.compile(_DIALECT) for name in columns})

    @property
    def sql(self) -> str:
        """The rows as a relation with the columns' own names; one parameter."""
        names = ", ".join(f'r."{letter}" AS {name}' for name, letter in self._letters.items())
        typed = ", ".join(f'"{self._letters[name]}" {kind}' for name, kind in self._types.items())
        # Only names and types of our columns go in.
        return f"(SELECT {names} FROM jsonb_to_recordset(%s) AS r({typed}))"  # noqa: S608

    def short(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as it goes into the document."""
        letters = self._letters
        return {letters[name]: value for name, value in row.items() if value is not None}


DOMAIN_ROWS = Rows.of(
    tables.domains, "id", *OUTCOME, *HTTP_FACTS, *HOMEPAGE_FIELDS, "last_completed_at", *HAS
)
CONTACT_ROWS = Rows.of(
    tables.contacts, "id", "domain_id", "kind", "value", *CONTACT_FIELDS, "last_seen_at"
)
TARGET_ROWS = Rows(
    {
        "job_id": "uuid",
        "domain_id": "uuid",
        "state": "text",
        "attempts": "smallint",
        "error_code": "text",
        "error_message": "text",
        "retry_after": "double precision",
    }
)


@dataclass(frozen=True, slots=True)
class Record:
    """An ending as the rows that it becomes, each a JSON object."""

    order: str
    """By this, batches are sorted: two workers then wait for each other instead of deadlocking."""
    target: bytes
    domain: bytes | None = None
    contacts: bytes = b""
    """Several, parted by commas."""
    contact_count: int = 0

    @property
    def size(self) -> int:
        """Bytes of JSON."""
        return len(self.target) + len(self.domain or b"") + len(self.contacts)


@dataclass(slots=True)
class Written:
    """What a batch changed, in rows."""

    domains: int = 0
    contacts: int = 0
    unchanged: int = 0
    """Rows that were given and already stood there."""


def _update_domains() -> str:
    changed = [f"{name} = n.{name}" for name in (*OUTCOME, *HTTP_FACTS[:1])]
    # A failure says nothing about the page of last time: that stays, with its date.
    kept = (*HTTP_FACTS[1:], *HOMEPAGE_FIELDS, "last_completed_at")
    changed += [
        f"{name} = CASE WHEN n.status = 'completed' THEN n.{name} ELSE d.{name} END"
        for name in kept
    ]
    changed += [f"{name} = d.{name} OR n.{name} IS TRUE" for name in HAS]
    differs = [f"d.{name} IS DISTINCT FROM n.{name}" for name in (*OUTCOME, *HTTP_FACTS[:1])]
    differs.append(
        f"(n.status = 'completed' AND ({', '.join(f'd.{name}' for name in kept)})"
        f" IS DISTINCT FROM ({', '.join(f'n.{name}' for name in kept)}))"
    )
    differs += [f"(n.{name} AND NOT d.{name})" for name in HAS]
    return (  # only names of columns go in: those above
        f"UPDATE domains d SET {', '.join(changed)}, updated_at = now()"  # noqa: S608 - see above
        f" FROM {DOMAIN_ROWS.sql} n"
        " WHERE d.id = n.id"
        " AND (d.last_crawled_at IS NULL OR d.last_crawled_at <= n.last_crawled_at)"
        f" AND ({' OR '.join(differs)})"
    )


# A batch is small, and each join of it has its index. Left to itself the planner reads the whole
# of a table that it takes for small, as it does of all that was just loaded. For the transaction
# only, so that a pooler does not mind.
BY_INDEX = (
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('enable_bitmapscan', 'off', true)"
)

UPDATE_DOMAINS = _update_domains()


# Seen again the same day is not written again: that would rewrite every contact on every crawl.
# A domain that was deleted in mid-crawl breaks the foreign key, and its batch, which is split then.
# Asking first, for each contact, would cost every batch a twentieth.
def _upsert_contacts() -> str:
    fields = ", ".join(CONTACT_FIELDS)
    old = ", ".join(f"c.{name}" for name in CONTACT_FIELDS)
    new = ", ".join(f"n.{name}" for name in CONTACT_FIELDS)
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in CONTACT_FIELDS)
    return (  # only names of columns go in
        f"INSERT INTO contacts (id, domain_id, kind, value, {fields}, first_seen_at, last_seen_at)"  # noqa: S608
        f" SELECT n.id, n.domain_id, n.kind, n.value, {new}, n.last_seen_at, n.last_seen_at"
        f" FROM {CONTACT_ROWS.sql} n"
        # By domain alone, which has a handful: left the choice, the planner may go by value, and an
        # agency's address stands on ten thousand sites. `|| ''` takes it that choice.
        " LEFT JOIN contacts c ON c.domain_id = n.domain_id"
        " AND c.kind || '' = n.kind AND c.value || '' = n.value"
        f" WHERE c.id IS NULL OR ({old}) IS DISTINCT FROM ({new})"
        " OR c.last_seen_at < n.last_seen_at - interval '1 day'"
        f" ON CONFLICT (domain_id, kind, value) DO UPDATE SET {replaced},"
        " last_seen_at = greatest(contacts.last_seen_at, EXCLUDED.last_seen_at)"
    )


UPSERT_CONTACTS = _upsert_contacts()


# For contacts of a crawl that is older than what stands in `domains`.
def _mark() -> str:
    kinds = ", ".join(f"bool_or(kind = '{kind}') AS {name}" for name, kind in HAS.items())
    old = ", ".join(f"d.{name}" for name in HAS)
    new = ", ".join(f"d.{name} OR c.{name}" for name in HAS)
    return (  # only names of columns and kinds go in
        f"UPDATE domains d SET ({', '.join(HAS)}) = ROW({new}) FROM (SELECT domain_id, {kinds}"  # noqa: S608
        " FROM contacts WHERE domain_id = ANY(%s) GROUP BY domain_id) c"
        f" WHERE c.domain_id = d.id AND ({old}) <> ({new})"
    )


_MARK = _mark()

# Each ending counts once, in the transaction that makes it one.
END_TARGETS = (  # only what TARGET_ROWS says goes in
    "WITH ended AS ("  # noqa: S608
    " UPDATE job_targets t SET state = n.state, attempts = n.attempts, error_code = n.error_code,"
    " error_message = n.error_message, retry_at = now() + n.retry_after * interval '1 second',"
    " ended_at = CASE WHEN n.state = 'pending' THEN NULL ELSE now() END"
    f" FROM {TARGET_ROWS.sql} n"
    " WHERE t.job_id = n.job_id AND t.domain_id = n.domain_id"
    " AND t.state = 'pending' AND t.attempts < n.attempts"
    " RETURNING t.job_id, t.state"
    "), counted AS ("
    " SELECT job_id, count(*) FILTER (WHERE state = 'completed') AS completed,"
    " count(*) FILTER (WHERE state = 'error') AS error FROM ended"
    " WHERE state <> 'pending' GROUP BY job_id"
    ") UPDATE jobs SET targets_completed = targets_completed + counted.completed,"
    " targets_error = targets_error + counted.error"
    " FROM counted WHERE jobs.id = counted.job_id"
)


def prepare(ending: Ending) -> Record:
    """Turns an ending into rows.

    Raises:
        TypeError: something in it has no form in JSON.
    """
    target = _json(TARGET_ROWS.short(_target_row(ending)))
    if not isinstance(ending, DomainItem):
        return Record(ending.domain_id, target)
    return Record(
        ending.domain_id,
        target,
        _json(DOMAIN_ROWS.short(_domain_row(ending))),
        _json(_contact_rows(ending))[1:-1],
        len(ending.contacts),
    )


async def write(session: AsyncSession, records: Sequence[Record]) -> Written:
    """Writes a batch, in the session's transaction.

    Through psycopg itself: its pipeline mode sends all statements at once, and their documents go
    out as the bytes that they are.
    """
    ordered = sorted(records, key=lambda record: record.order)
    domains = [record.domain for record in ordered if record.domain is not None]
    contacts = [record.contacts for record in ordered if record.contacts]
    targets = [record.target for record in ordered]
    connection = await _driver_connection(session)
    async with connection.pipeline():
        await connection.execute(BY_INDEX)
        updated = await connection.execute(UPDATE_DOMAINS, [_array(domains)])
        upserted = await connection.execute(UPSERT_CONTACTS, [_array(contacts)])
        await connection.execute(END_TARGETS, [_array(targets)])
    if updated.rowcount < len(domains) and upserted.rowcount:
        await connection.execute(_MARK, [[UUID(record.order) for record in ordered]])
    given = len(domains) + sum(record.contact_count for record in ordered)
    changed = updated.rowcount + upserted.rowcount
    return Written(updated.rowcount, upserted.rowcount, given - changed)


async def _driver_connection(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    pooled = await (await session.connection()).get_raw_connection()
    connection = pooled.driver_connection
    if not isinstance(connection, psycopg.AsyncConnection):
        raise TypeError(f"{type(connection)} is not psycopg's: see scrapersky.db.session")
    return connection


def _domain_row(item: DomainItem) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in (*HTTP_FACTS, *HOMEPAGE_FIELDS)}
    row["content_hash"] = f"\\x{item.content_hash}" if item.content_hash else None
    completed = item.status == DomainStatus.COMPLETED
    kinds = {contact.kind for contact in item.contacts}
    row |= {name: True for name, kind in HAS.items() if kind in kinds}
    return row | {
        "id": item.domain_id,
        "status": item.status,
        "error_code": item.error_code,
        "error_message": item.error_message,
        "last_crawled_at": item.crawled_at,
        "last_completed_at": item.crawled_at if completed else None,
    }


def _contact_rows(item: DomainItem) -> list[dict[str, Any]]:
    return [
        CONTACT_ROWS.short(
            {
                "id": new_id(),
                "domain_id": item.domain_id,
                "kind": contact.kind,
                "value": contact.value,
                **{name: getattr(contact, name) for name in CONTACT_FIELDS},
                "last_seen_at": item.crawled_at,
            }
        )
        for contact in item.contacts
    ]


def _target_row(ending: Ending) -> dict[str, Any]:
    state = TargetState.COMPLETED if ending.error_code is None else TargetState.ERROR
    retry_after = None
    if isinstance(ending, RetryItem):
        state, retry_after = TargetState.PENDING, ending.retry_after
    return {
        "job_id": ending.job,
        "domain_id": ending.domain_id,
        "state": state,
        "attempts": ending.attempt,
        "error_code": ending.error_code,
        "error_message": ending.error_message,
        "retry_after": retry_after,
    }


def _json(rows: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    encoded = orjson.dumps(rows)
    if rb"\u0000" in encoded:  # which jsonb refuses
        encoded = orjson.dumps(storable_json(rows))
    return encoded


def _array(rows: Iterable[bytes]) -> Jsonb:
    return Jsonb(b",".join(rows), dumps=_in_brackets)


def _in_brackets(rows: bytes) -> bytes:
    return b"[" + rows + b"]"
