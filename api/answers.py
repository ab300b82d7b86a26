"""The forms of answers."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from typing_extensions import TypeVar

from scrapersky.states import JobState

PREFIX = "/api/v3"
EXAMPLE_ID = "01932f5e-6f3c-7c1a-9d0e-3b1f5a2c4d6e"

Data = TypeVar("Data", default=Any)


class Success(BaseModel, Generic[Data]):
    """What was done at once."""

    status: Literal["success"] = "success"
    data: Data


class Page(Success[Data], Generic[Data]):
    """A part of a list."""

    next: UUID | None = Field(
        description="Give it as `after` to get the next page; null: this was the last.",
        examples=[EXAMPLE_ID],
    )


class Accepted(BaseModel):
    """What was begun, and where to see how it goes."""

    job_id: UUID
    status: JobState
    status_url: str

    @classmethod
    def of(cls, job_id: UUID, state: str) -> "Accepted":
        """The answer about a job."""
        return cls(job_id=job_id, status=JobState(state), status_url=f"{PREFIX}/status/{job_id}")


def page(rows: Sequence[Mapping[str, Any]], limit: int) -> Page:
    """A page of rows, of which there is one more than `limit` where there is a next page."""
    has_next = len(rows) > limit
    kept = [dict(row) for row in rows[:limit]]
    return Page(data=kept, next=kept[-1]["id"] if has_next else None)
