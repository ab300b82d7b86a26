"""The job as PostgreSQL has it, which may be away."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import psycopg

AUDIT = """
CREATE TABLE audit (domain_id uuid, state text);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO audit VALUES (OLD.domain_id, NEW.state);
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER UPDATE ON job_targets FOR EACH ROW
  WHEN (OLD.state <> 'pending' OR NEW.state <> 'pending') EXECUTE FUNCTION audit();
"""
"""Writes down each end of a target, and each change of one that had ended."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One target, in the end."""

    number: int
    error_code: str | None
    expiries: int


class Job:
    """The only job of a database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._query(AUDIT)

    def row(self) -> dict[str, Any] | None:
        """The job; None where there is none yet, or nobody to ask."""
        try:
            rows = self._query(
                "SELECT id, state, targets_total, targets_completed, targets_error FROM jobs"
            )
        except psycopg.OperationalError:
            return None
        names = ("id", "state", "total", "completed", "error")
        return dict(zip(names, rows[0], strict=True)) if rows else None

    def wait_until_running(self) -> dict[str, Any]:
        """The job, when its list has been read in."""
        while True:
            row = self.row()
            if row is not None and row["state"] != "pending":
                return row
            time.sleep(0.1)

    def joined(self) -> set[int]:
        """The pids of those that have become workers."""
        try:
            rows = self._query("SELECT pid FROM job_workers WHERE closed_at IS NULL")
        except psycopg.OperationalError:
            return set()
        return {row[0] for row in rows}

    def targets(self) -> list[Ended]:
        """All that have ended."""
        rows = self._query(
            "SELECT substring(d.domain FROM '[0-9]+')::int, t.error_code, t.expiries"
            " FROM job_targets t JOIN domains d ON d.id = t.domain_id WHERE t.state <> 'pending'"
        )
        return [Ended(*row) for row in rows]

    def ends_twice(self) -> int:
        """Targets that ended more than once."""
        counted = Counter(row[0] for row in self._query("SELECT domain_id FROM audit"))
        return sum(count > 1 for count in counted.values())

    def _query(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(text.encode())
            return cursor.fetchall() if cursor.description else []
