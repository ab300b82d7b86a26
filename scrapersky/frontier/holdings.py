"""What one worker has of a job, as far as it knows."""

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import orjson

from scrapersky.frontier.base import Lease


@dataclass(slots=True)
class _Held:
    lease: Lease
    got_at: float
    valid_until: float
    """Up to when nobody else can have it."""


class Holdings:
    """Leases, and entries on their way from Redis or back. Times are the monotonic clock's."""

    def __init__(self, lease_seconds: float) -> None:
        self.ready: deque[Lease] = deque()
        """The reserve: held, and not begun."""
        self.acks: dict[str, tuple[str, int]] = {}
        """Entry to domain and milliseconds of rest: ended, and Redis has not heard of it."""
        self.passing: dict[str, str] = {}
        """Entry to domain: got, and not yet looked up in PostgreSQL."""
        self.given_back: set[UUID] = set()
        """Domains that this worker does not want again."""
        self.epoch = ""
        """Which of Redis' lives it is: it may lose what it holds, and begin anew."""
        self.is_stopping = False
        """Whether nothing more is to be leased."""
        self._held: dict[str, _Held] = {}
        # A tenth of a lease is for clocks that differ.
        self._valid_seconds = lease_seconds * 0.9

    def __contains__(self, lease: Lease) -> bool:
        return lease.entry in self._held

    @property
    def leases(self) -> list[Lease]:
        """All that are held."""
        return [held.lease for held in self._held.values()]

    def valid_until(self, lease: Lease) -> float | None:
        """Up to when nobody else can have it; None: it is not this worker's."""
        held = self._held.get(lease.entry)
        return None if held is None else held.valid_until

    def receive(self, text: bytes) -> list[tuple[str, str]]:
        """Takes entries and domains in turn as they come from Redis."""
        entries = pairs(text)
        self.passing.update(entries)
        return entries

    def add(self, lease: Lease, got_at: float) -> None:
        """An entry has become a lease."""
        self._held[lease.entry] = _Held(lease, got_at, got_at + self._valid_seconds)

    def renew(self, lease: Lease, at: float) -> None:
        """Redis has prolonged it."""
        if held := self._held.get(lease.entry):
            held.valid_until = at + self._valid_seconds

    def drop(self, lease: Lease) -> bool:
        """It ended, or is another's. False: it was not held."""
        return self._held.pop(lease.entry, None) is not None

    def lose(self, lease: Lease) -> bool:
        """Another worker has it. False: it was not held."""
        with suppress(ValueError):
            self.ready.remove(lease)
        return self.drop(lease)

    def known(self) -> list[str]:
        """Entry, domain and epoch in turn of all that Redis should say is this worker's."""
        known = [part for a in self.leases for part in (a.entry, a.domain, a.epoch)]
        for entry, domain in self.passing.items():
            known += (entry, domain, self.epoch)
        return known

    def about(self) -> bytes:
        """What the worker says of itself at a heartbeat, as JSON."""
        now = time.monotonic()
        oldest = min((held.got_at for held in self._held.values()), default=now)
        return orjson.dumps(
            {
                "at": round(time.time(), 1),
                "leased": len(self._held),
                "oldest_seconds": round(now - oldest, 1),
            }
        )


def pairs(text: bytes) -> list[tuple[str, str]]:
    """Entries and domains, which came in turn."""
    words = text.decode().split()
    return list(zip(words[::2], words[1::2], strict=True))
