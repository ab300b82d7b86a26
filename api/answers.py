"""The forms of answers."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

PREFIX = "/api/v3"


class Success(BaseModel):
    """What was done at once."""

    status: Literal["success"] = "success"
    data: Any


class Page(Success):
    """A part of a list."""

    next: UUID | None
    """Give it as `after` to get the next page; null: this was the last."""


class Accepted(BaseModel):
    """What was begun, and where to see how it goes."""

    job_id: UUID
    status: str
    status_url: str

    @classmethod
    def of(cls, job_id: UUID, state: str) -> "Accepted":
        """The answer about a job."""
        return cls(job_id=job_id, status=state, status_url=f"{PREFIX}/status/{job_id}")


def page(rows: list[dict[str, Any]], limit: int) -> Page:
    """A page of rows, of which there is one more than `limit` where there is a next page."""
    has_next = len(rows) > limit
    return Page(data=rows[:limit], next=rows[limit - 1]["id"] if has_next else None)
