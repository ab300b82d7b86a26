"""What stands where in Redis. docs/frontier.md tells it to people."""

from dataclasses import dataclass
from uuid import UUID

ROOT = "scrapersky"
DEAD_LETTERS = f"{ROOT}:dead"
"""A list of JSON objects, the newest first: messages that could not be used, and why."""
DEAD_LETTERS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class JobKeys:
    """The keys of one job. All of them can be lost: PostgreSQL has what they are made from."""

    job_id: UUID

    def _key(self, name: str) -> str:
        return f"{ROOT}:job:{self.job_id}:{name}"

    @property
    def stream(self) -> str:
        """The domains that wait, and those that are leased."""
        return self._key("stream")

    @property
    def later(self) -> str:
        """Domains that another job, or their site's delay, keeps waiting."""
        return self._key("later")

    @property
    def meta(self) -> str:
        """Epoch, cursor of the fill, clock of the rate limit, counts of what ended."""
        return self._key("meta")

    @property
    def workers(self) -> str:
        """What each worker says of itself at its heartbeat."""
        return self._key("workers")

    @property
    def filling(self) -> str:
        """The lock of the one worker that fills."""
        return self._key("filling")

    @property
    def all(self) -> tuple[str, ...]:
        """Every one of them."""
        return self.stream, self.later, self.meta, self.workers, self.filling


def yielding(job_id: UUID) -> str:
    """Held for a while by the one worker that makes room for a job."""
    return f"{ROOT}:yield:{job_id}"


def lock(politeness_key: str) -> str:
    """The lock of a site, over all jobs."""
    return f"{ROOT}:lock:{politeness_key}"
