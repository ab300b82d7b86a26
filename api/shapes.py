"""What jobs, nodes, spiders and counts look like in answers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from scrapersky.outcomes import ErrorCode
from scrapersky.states import JobState, TargetState, WorkerState


class Counts(BaseModel):
    """A job's domains."""

    total: int
    completed: int
    error: int
    left: int


class Progress(BaseModel):
    """How fast a job goes."""

    rate: float = Field(description="Domains a second.")
    eta_seconds: int | None = Field(description="Seconds that it will take; null: not known yet.")
    workers: int
    line: str = Field(description="The same in words.")


class Job(BaseModel):
    """A job as lists show it."""

    id: UUID
    spider: str
    state: JobState
    reason: str | None = Field(description="Why it is in this state.")
    source: str = Field(description="Where its domains came from.")
    arguments: dict[str, Any] = Field(description="The spider's, and the beginning of the list.")
    priority: int
    rate_limit: float | None = Field(description="Domains a second.")
    workers_wanted: int
    webhook_url: str | None
    targets: Counts
    rejected: int = Field(description="Lines of the list that hold no domain.")
    duplicates: int
    progress: Progress | None
    created_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    next_start_at: datetime | None = Field(description="It gets no worker before.")


class TargetError(BaseModel):
    """A domain that ended in an error."""

    domain: str
    error_code: ErrorCode | None
    error_message: str | None
    ended_at: datetime | None


class Worker(BaseModel):
    """A process that crawls, or crawled, for a job."""

    id: UUID
    node: str
    scrapyd: str | None = Field(description="Its node's URL; null: it was started by hand.")
    pid: int | None
    started_at: datetime
    heartbeat_at: datetime
    closed_at: datetime | None
    reason: str | None = Field(description="Why it ended.")
    exit_status: int | None = Field(description="Below zero: the signal that ended it.")
    state: WorkerState
    alive: bool
    counters: dict[str, Any] | None


class FullJob(Job):
    """All about a job."""

    outcomes: dict[str, int] = Field(description="Domains by `completed` or their error code.")
    last_errors: list[TargetError]
    workers: list[Worker] = Field(description="All that it had, oldest first.")


class Target(BaseModel):
    """A domain of a job."""

    id: UUID = Field(description="The domain's.")
    domain: str
    state: TargetState
    attempts: int
    error_code: ErrorCode | None
    error_message: str | None
    retry_at: datetime | None = Field(description="An attempt failed; the next one is due then.")
    ended_at: datetime | None


class Node(BaseModel):
    """A Scrapyd node. What it does not say is left out."""

    url: str
    reachable: bool
    error: str | None
    name: str | None = None
    slots: int | None = Field(default=None, description="Workers that it runs at once.")
    running: int | None = None
    pending: int | None = None
    load: list[float] | None = Field(
        default=None, description="Of the last 1, 5 and 15 minutes, as the system tells."
    )
    cpus: int | None = None
    memory: dict[str, int] | None = Field(default=None, description="Bytes.")
    versions: dict[str, str | None] | None = None


class Spider(BaseModel):
    """A spider, and the JSON schemas of its arguments."""

    name: str
    arguments: dict[str, Any] = Field(description="For `arguments` of a job.")
    command: dict[str, Any] = Field(description="For `scrapy crawl -a`.")


class Alive(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Check(BaseModel):
    """One thing that the API needs. What does not apply to it is left out."""

    ok: bool
    error: str | None = Field(default=None, description="What is wrong, and what to do about it.")
    migration: str | None = None
    configured: bool | None = None
    reachable: int | None = None
    unreachable: list[str] | None = None


class Checks(BaseModel):
    """All that the API needs."""

    database: Check
    redis: Check
    nodes: Check


class Readiness(BaseModel):
    """Whether the API can work."""

    status: Literal["ok", "unavailable"]
    checks: Checks


class Named(BaseModel):
    """What has an id and a name."""

    id: UUID
    name: str


class KnownDomain(BaseModel):
    """A domain that is there."""

    id: UUID
    domain: str


class RefusedLine(BaseModel):
    """A line of a list that holds no domain."""

    line: int = Field(description="Its number; the first is 1.")
    text: str
    reason: str


class ImportedDomains(BaseModel):
    """What became of a list."""

    added: int
    known: int = Field(description="They were there before.")
    rejected: int
    errors: list[RefusedLine] = Field(description="The first 10,000 of them.")


class AddedDomains(ImportedDomains):
    """What became of a short list."""

    domains: list[KnownDomain]


class Changed(BaseModel):
    """How many rows were changed."""

    changed: int


class Selected(BaseModel):
    """How many rows were selected."""

    selected: int


class Deleted(BaseModel):
    """How many rows were deleted."""

    deleted: int


class DeletedSome(Deleted):
    """The same, of a deletion that may have more to do."""

    has_more: bool = Field(description="Send the same again.")


class Nothing(BaseModel):
    """There was nothing to do, so that there is no job."""

    id: UUID | None = Field(default=None, description="The firing's.")
    job_id: None = None
