"""How a crawl looks to a person while it runs, and when it is over."""

import shutil
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scrapersky.outcomes import OUTCOMES, ErrorCode
from scrapersky.states import JobState

WIDE = 110
"""Columns from which on the table explains its error codes."""
WINDOW = 15.0
"""Seconds over which a rate is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How far a crawl is."""

    time: float
    """Seconds, of a monotonic clock."""
    done: int
    """Targets ended, by this worker or before it."""
    total: int
    errors: int = 0
    contacts: int = 0
    pages: int = 0
    """Answers of servers, robots.txt among them."""
    listed: int = 0
    """Pages that sitemaps list, read so far."""
    in_flight: int = 0
    later: int = 0
    """Domains that wait for a later pass."""


class Meter:
    """Rates from snapshots."""

    def __init__(self) -> None:
        self._seen: deque[Snapshot] = deque()

    def add(self, snapshot: Snapshot) -> None:
        """Takes note of a snapshot."""
        self._seen.append(snapshot)
        while len(self._seen) > 2 and snapshot.time - self._seen[1].time >= WINDOW:
            self._seen.popleft()

    def line(self, width: int = 10_000) -> str:
        """The last snapshot in one line: the least important parts go where it is too narrow."""
        now = self._seen[-1]
        share = 100 * now.done // now.total if now.total else 100
        parts = [
            (0, f"{now.done:,}/{now.total:,} domains {share}%"),
            (2, f"{_rate(self._per_second('done'))}/s"),
            (4, f"{_rate(self._per_second('pages'))} pages/s"),
            (1, f"{now.errors:,} errors"),
            (3, self._found(now)),
            (1, self._rest(now)),
        ]
        for least in (4, 3, 2, 1):
            line = " \u00b7 ".join(text for _, text in parts if text)
            if len(line) <= width:
                return line
            parts = [(rank, text) for rank, text in parts if rank < least]
        return parts[0][1][:width]

    def _found(self, now: Snapshot) -> str:
        if not now.listed:
            return f"{now.contacts:,} contacts"
        return f"{now.listed:,} pages listed, {_rate(self._per_second('listed'))}/s"

    @property
    def rate(self) -> float:
        """Domains a second."""
        return self._per_second("done")

    @property
    def seconds_left(self) -> float | None:
        """Until all have ended at this rate; None where nothing moves."""
        now = self._seen[-1]
        return (now.total - now.done) / self.rate if self.rate else None

    def _rest(self, now: Snapshot) -> str:
        left = now.total - now.done
        if not left:
            return ""
        if not now.in_flight and now.later:
            return f"{now.later:,} wait for a later pass"
        if left <= now.in_flight:  # nothing begins any more: the slowest say when it ends
            return f"the last {left:,}"
        speed = self._per_second("done")
        return f"{duration(left / speed)} left" if speed else ""

    def _per_second(self, name: str) -> float:
        first, last = self._seen[0], self._seen[-1]
        seconds = last.time - first.time
        if seconds <= 0:
            return 0.0
        return float(getattr(last, name) - getattr(first, name)) / seconds


def summary(
    counters: Mapping[str, Any],
    *,
    job: str,
    spider: str,
    state: JobState | None,
    reason: str | None,
    width: int,
) -> RenderableType:
    """The table at the end of a crawl.

    Args:
        counters: of this worker: the stats under `scrapersky/`, and `seconds`.
        job: the job's id.
        spider: its spider.
        state: what the job has come to; None where that could not be recorded.
        reason: why, where that needs saying.
        width: of the terminal, in columns.
    """
    head = Text.assemble(
        "Job ", (job, "bold"), " ", (_shown(state), _style(state)), f": {reason}" if reason else ""
    )
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    # The other columns have their 42: an example of 253 characters must not squeeze them.
    room = min(max(width - 42, 8), 40)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=room)
    if width >= WIDE:
        table.add_column(no_wrap=True, style="dim")
    errors = counters.get("errors", 0)
    table.add_row("completed", f"{counters.get('done', 0) - errors:,}")
    table.add_row("errors", f"{errors:,}", "for example" if errors else "")
    for code, count in _errors(counters):
        example = str(counters.get(f"example/{code}", ""))
        meaning = [OUTCOMES[ErrorCode(code)].meaning] if width >= WIDE else []
        table.add_row(f"  {code}", f"{count:,}", example, *meaning)
    if "sitemaps" in counters:
        table.add_row("sitemaps", f"{counters['sitemaps']:,}")
        table.add_row("  unchanged", f"{counters.get('sitemaps_unchanged', 0):,}")
        table.add_row("  failed", f"{counters.get('sitemaps_failed', 0):,}")
        table.add_row("pages listed", f"{counters.get('pages', 0):,}")
        table.add_row("pages gone", f"{counters.get('gone', 0):,}")
    else:
        table.add_row("contacts", f"{counters.get('contacts', 0):,}")
    table.add_row("rows written", f"{counters.get('rows_written', 0):,}")
    table.add_row("rows unchanged", f"{counters.get('rows_unchanged', 0):,}")
    table.add_row("time", duration(counters.get("seconds", 0.0)))
    more = f"More: {program_name()} jobs show {job}"
    if state in {JobState.PAUSED, JobState.FAILED, None}:
        more = f"Go on: {program_name()} crawl --spider {spider} --job {job}"
    return Group("", head, table, Text(more, overflow="fold"))


def program_name() -> str:
    """How to call `scrapersky` from here: `make` needs no environment that is activated."""
    return "scrapersky" if shutil.which("scrapersky") else ".venv/bin/scrapersky"


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def _errors(counters: Mapping[str, Any]) -> list[tuple[str, int]]:
    found = [
        (name.removeprefix("error/"), int(count))
        for name, count in counters.items()
        if name.startswith("error/")
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"


def _shown(state: JobState | None) -> str:
    return "could not be settled" if state is None else state.replace("_", " ")


def _style(state: JobState | None) -> str:
    if state in {JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS}:
        return "green"
    return "yellow" if state == JobState.PAUSED else "red"
