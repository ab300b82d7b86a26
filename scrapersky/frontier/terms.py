"""On what terms a worker leases."""

from dataclasses import dataclass

from scrapersky.frontier.feed import FeedKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How leases are given."""

    lease_seconds: float = 60.0
    """After so long without a heartbeat a lease may be taken over."""
    window: int = 50_000
    """Domains of the job that wait in Redis, at most."""
    prefetch: int = 50
    """Leases that a worker holds in reserve."""
    rate: float | None = None
    """Domains a second, over all workers of the job."""
    feed: FeedKeys | None = None
    """Where domains are pushed that join the job, which then never ends."""

    @property
    def lease_ms(self) -> int:
        """As Redis counts."""
        return round(self.lease_seconds * 1000)
