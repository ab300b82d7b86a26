"""Writing what crawls found: one statement a table, one transaction a batch.

A batch goes in as one JSON document a statement, through `jsonb_populate_recordset`. Rows that
would not change are left out by the join, so they cost no write-ahead log. Doing a batch twice
changes nothing: a target ends once, and an older crawl does not overwrite a newer one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db.tables import new_id
from scrapersky.items import DomainItem, Ending, RetryItem
from scrapersky.states import DomainStatus, TargetState
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
)


@dataclass(frozen=True, slots=True)
class Record:
    """An ending as the rows that it becomes, each a JSON object."""

    order: str
    """By this, batches are sorted: two workers then wait for each other instead of deadlocking."""
    target: bytes
    domain: bytes | None = None
    contacts: list[bytes] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of JSON."""
        return len(self.target) + len(self.domain or b"") + sum(map(len, self.contacts))


@dataclass(slots=True)
class Written:
    """What a batch changed, in rows."""

    domains: int = 0
    contacts: int = 0
    unchanged: int = 0
    """Rows that were given and already stood there."""


def _update_domains() -> str:
    outcome = ("status", "error_code", "error_message", "last_crawled_at")
    changed = [f"{name} = n.{name}" for name in (*outcome, *HTTP_FACTS[:1])]
    # A failure says nothing about the page of last time: that stays, with its date.
    kept = (*HTTP_FACTS[1:], *HOMEPAGE_FIELDS, "last_completed_at")
    changed += [
        f"{name} = CASE WHEN n.status = 'completed' THEN n.{name} ELSE d.{name} END"
        for name in kept
    ]
    differs = [f"d.{name} IS DISTINCT FROM n.{name}" for name in (*outcome, *HTTP_FACTS[:1])]
    differs.append(
        f"(n.status = 'completed' AND ({', '.join(f'd.{name}' for name in kept)})"
        f" IS DISTINCT FROM ({', '.join(f'n.{name}' for name in kept)}))"
    )
    return (  # only names of columns go in: those above
        f"UPDATE domains d SET {', '.join(changed)}, updated_at = now()"  # noqa: S608 - see above
        " FROM jsonb_populate_recordset(NULL::domains, CAST(:rows AS jsonb)) n"
        " WHERE d.id = n.id"
        " AND (d.last_crawled_at IS NULL OR d.last_crawled_at <= n.last_crawled_at)"
        f" AND ({' OR '.join(differs)})"
    )


UPDATE_DOMAINS = text(_update_domains())

# Seen again the same day is not written again: that would rewrite every contact on every crawl.
# The join with domains: who was deleted in mid-crawl is not an error.
UPSERT_CONTACTS = text(
    "INSERT INTO contacts (id, domain_id, kind, value, raw, network, source, page_url, confidence,"
    " first_seen_at, last_seen_at)"
    " SELECT n.id, n.domain_id, n.kind, n.value, n.raw, n.network, n.source, n.page_url,"
    " n.confidence, n.last_seen_at, n.last_seen_at"
    " FROM jsonb_populate_recordset(NULL::contacts, CAST(:rows AS jsonb)) n"
    " JOIN domains d ON d.id = n.domain_id"
    " LEFT JOIN contacts c"
    " ON c.domain_id = n.domain_id AND c.kind = n.kind AND c.value = n.value"
    " WHERE c.id IS NULL OR (c.raw, c.network, c.source, c.page_url, c.confidence)"
    " IS DISTINCT FROM (n.raw, n.network, n.source, n.page_url, n.confidence)"
    " OR c.last_seen_at < n.last_seen_at - interval '1 day'"
    " ON CONFLICT (domain_id, kind, value) DO UPDATE SET raw = EXCLUDED.raw,"
    " network = EXCLUDED.network, source = EXCLUDED.source, page_url = EXCLUDED.page_url,"
    " confidence = EXCLUDED.confidence,"
    " last_seen_at = greatest(contacts.last_seen_at, EXCLUDED.last_seen_at)"
)

END_TARGETS = text(
    "UPDATE job_targets t SET state = n.state, attempts = n.attempts, error_code = n.error_code,"
    " error_message = n.error_message, retry_at = now() + n.retry_after * interval '1 second',"
    " ended_at = CASE WHEN n.state = 'pending' THEN NULL ELSE now() END"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n(job_id uuid, domain_id uuid, state text,"
    " attempts smallint, error_code text, error_message text, retry_after double precision)"
    " WHERE t.job_id = n.job_id AND t.domain_id = n.domain_id"
    " AND t.state = 'pending' AND t.attempts < n.attempts"
    " RETURNING t.job_id, t.state"
)

COUNT_TARGETS = text(
    "UPDATE jobs SET targets_completed = targets_completed + :completed,"
    " targets_error = targets_error + :error WHERE id = :job_id"
)


def prepare(ending: Ending) -> Record:
    """Turns an ending into rows.

    Raises:
        TypeError: something in it has no form in JSON.
    """
    target = _json(_target_row(ending))
    if not isinstance(ending, DomainItem):
        return Record(ending.domain_id, target)
    contacts = [_json(row) for row in _contact_rows(ending)]
    return Record(ending.domain_id, target, _json(_domain_row(ending)), contacts)


async def write(session: AsyncSession, records: Sequence[Record]) -> Written:
    """Writes a batch."""
    ordered = sorted(records, key=lambda record: record.order)
    written = Written()
    if rows := [record.domain for record in ordered if record.domain is not None]:
        written.domains = await _execute(session, UPDATE_DOMAINS, rows)
        written.unchanged += len(rows) - written.domains
    if contacts := [row for record in ordered for row in record.contacts]:
        written.contacts = await _execute(session, UPSERT_CONTACTS, contacts)
        written.unchanged += len(contacts) - written.contacts
    await _end_targets(session, [record.target for record in ordered])
    return written


async def _end_targets(session: AsyncSession, rows: Iterable[bytes]) -> None:
    ended = await session.execute(END_TARGETS, {"rows": _array(rows)})
    counts = Counter((row.job_id, row.state) for row in ended)
    for job_id in sorted({job_id for job_id, _ in counts}):
        completed = counts[job_id, TargetState.COMPLETED]
        error = counts[job_id, TargetState.ERROR]
        if completed or error:
            await session.execute(
                COUNT_TARGETS, {"job_id": job_id, "completed": completed, "error": error}
            )


async def _execute(session: AsyncSession, statement: TextClause, rows: Iterable[bytes]) -> int:
    result = await session.execute(statement, {"rows": _array(rows)})
    return int(result.rowcount)  # type: ignore[attr-defined]  # a cursor result, as of any write


def _domain_row(item: DomainItem) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in (*HTTP_FACTS, *HOMEPAGE_FIELDS)}
    row["content_hash"] = f"\\x{item.content_hash}" if item.content_hash else None
    completed = item.status == DomainStatus.COMPLETED
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
        {
            "id": new_id(),
            "domain_id": item.domain_id,
            "kind": contact.kind,
            "value": contact.value,
            "raw": contact.raw,
            "network": contact.network,
            "source": contact.source,
            "page_url": contact.page_url,
            "confidence": contact.confidence,
            "last_seen_at": item.crawled_at,
        }
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


def _json(row: dict[str, Any]) -> bytes:
    encoded = orjson.dumps(row)
    if rb"\u0000" in encoded:  # which jsonb refuses
        encoded = orjson.dumps(storable_json(row))
    return encoded


def _array(rows: Iterable[bytes]) -> str:
    return f"[{b','.join(rows).decode()}]"
