"""The baseline of the upsert: plain `COPY` of the same rows into tables like ours."""

from collections.abc import Sequence
from typing import Any

import orjson
import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from scrapersky.db.endings import HOMEPAGE_FIELDS, HTTP_FACTS
from scrapersky.db.tables import new_id
from scrapersky.items import DomainItem

DOCUMENTS = (
    "open_graph",
    "json_ld",
    "provenance",
    "technologies",
    "addresses",
    "opening_hours",
    "contact_links",
    "twitter_card",
)
CONTACT_FIELDS = (
    "kind",
    "value",
    "raw",
    "network",
    "source",
    "page_url",
    "confidence",
    "type",
    "region",
)
CONTACT_DOCUMENTS = ("details", "also_on")
COLUMNS = {
    "domains": (
        "id",
        "domain",
        "status",
        "last_crawled_at",
        "last_completed_at",
        *HTTP_FACTS,
        *HOMEPAGE_FIELDS,
    ),
    "contacts": (
        "id",
        "domain_id",
        "first_seen_at",
        "last_seen_at",
        *CONTACT_FIELDS,
        *CONTACT_DOCUMENTS,
    ),
    "job_targets": ("job_id", "domain_id", "state", "attempts", "ended_at"),
}

STATEMENTS = {
    table: SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(f"copied_{table}"), SQL(", ").join(map(Identifier, columns))
    )
    for table, columns in COLUMNS.items()
}


class Copying:
    """Rows that wait for their `COPY`."""

    def __init__(self, items: Sequence[DomainItem], batch: int) -> None:
        self._batches = [
            {
                "domains": [_domain_row(item) for item in items[start : start + batch]],
                "contacts": [row for item in items[start : start + batch] for row in _rows(item)],
                "job_targets": [_target_row(item) for item in items[start : start + batch]],
            }
            for start in range(0, len(items), batch)
        ]

    def prepare(self, connection: "psycopg.Connection[Any]") -> None:
        """Makes empty tables with the constraints and indexes of ours."""
        connection.execute(
            "DROP TABLE IF EXISTS copied_contacts, copied_job_targets, copied_domains"
        )
        connection.execute("CREATE TABLE copied_domains (LIKE domains INCLUDING ALL)")
        connection.execute("CREATE TABLE copied_contacts (LIKE contacts INCLUDING ALL)")
        connection.execute("CREATE TABLE copied_job_targets (LIKE job_targets INCLUDING ALL)")
        for table in ("copied_contacts", "copied_job_targets"):
            connection.execute(
                SQL(
                    "ALTER TABLE {} ADD FOREIGN KEY (domain_id)"
                    " REFERENCES copied_domains (id) ON DELETE CASCADE"
                ).format(Identifier(table))
            )

    def run(self, connection: "psycopg.Connection[Any]") -> None:
        """One `COPY` a table and batch, one transaction a batch."""
        for batch in self._batches:
            with connection.transaction(), connection.cursor() as cursor:
                for table, rows in batch.items():
                    with cursor.copy(STATEMENTS[table]) as copy:
                        for row in rows:
                            copy.write_row(row)


def _domain_row(item: DomainItem) -> tuple[Any, ...]:
    content_hash = bytes.fromhex(item.content_hash or "")
    values = {name: getattr(item, name) for name in (*HTTP_FACTS, *HOMEPAGE_FIELDS)}
    values["content_hash"] = content_hash
    for name in DOCUMENTS:
        values[name] = _document(values[name])
    times = (item.crawled_at, item.crawled_at)
    return (item.domain_id, item.domain, str(item.status), *times, *values.values())


def _document(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value, orjson.dumps)


def _target_row(item: DomainItem) -> tuple[Any, ...]:
    return (item.job, item.domain_id, "completed", item.attempt, item.crawled_at)


def _rows(item: DomainItem) -> list[tuple[Any, ...]]:
    times = (item.crawled_at, item.crawled_at)
    return [
        (
            str(new_id()),
            item.domain_id,
            *times,
            *(getattr(contact, name) for name in CONTACT_FIELDS),
            *(_document(getattr(contact, name)) for name in CONTACT_DOCUMENTS),
        )
        for contact in item.contacts
    ]
