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


class Frontier(Protocol):
    """Hands out the domains of one job, and hears of their ends."""

    async def lease(self, limit: int) -> list[Lease]:
        """Up to `limit` domains, as soon as there is one; none when the job is drained."""

    def ended(self, lease: Lease) -> None:
        """The transaction that holds the domain's ending has committed."""

    async def release(self, leases: list[Lease]) -> None:
        """Gives back what has not ended, without blame: another worker may take it at once."""
