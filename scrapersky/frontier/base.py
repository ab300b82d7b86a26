"""What a spider asks of a frontier, whichever it is."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right and the duty to crawl one domain now."""

    domain: str
    domain_id: UUID
    attempts: int
    """How often the job has tried it before."""
    expiries: int = 0
    """How many workers of the job died or stalled over it."""
    entry: str = ""
    """Where it stands in Redis."""
    epoch: str = ""
    """Which of Redis' lives that was: it may lose what it holds, and begin anew."""


class Frontier(Protocol):
    """Hands out the domains of one job, and hears of their ends."""

    async def lease(self, limit: int) -> list[Lease]:
        """Up to `limit` domains to be begun now, as soon as there is one.

        None when the job is drained.
        """

    async def holds(self, lease: Lease) -> bool:
        """Whether it is still this worker's; another may have taken it over."""

    def ended(self, lease: Lease, rest: float = 0) -> None:
        """The transaction that holds the domain's ending has committed.

        Args:
            lease: the domain's.
            rest: seconds for which its site wants to be left alone.
        """

    async def release(self, leases: list[Lease]) -> None:
        """Gives back what has not ended, without blame: another worker may take it at once."""

    async def stop(self, unbegun: list[Lease]) -> None:
        """The crawl is to end: leases no more, and gives back what was not begun."""

    async def close(self) -> None:
        """The worker's last word."""
