"""What jobs, nodes and spiders look like in answers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.answers import EXAMPLE_ID
from scrapersky.outcomes import ErrorCode
from scrapersky.states import JobState, TargetState, WorkerState

_TIME = "2026-03-01T09:30:00Z"


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


_JOB: dict[str, JsonValue] = {
    "id": EXAMPLE_ID,
    "spider": "homepage",
    "state": "running",
    "reason": None,
    "source": "domains",
    "arguments": {"domains": "example.com example.org"},
    "priority": 0,
    "rate_limit": None,
    "workers_wanted": 1,
    "webhook_url": None,
    "targets": {"total": 2, "completed": 1, "error": 0, "left": 1},
    "rejected": 0,
    "duplicates": 0,
    "progress": {"rate": 0.5, "eta_seconds": 2, "workers": 1, "line": "1 of 2 domains (50 %)"},
    "created_at": _TIME,
    "queued_at": _TIME,
    "started_at": _TIME,
    "ended_at": None,
    "next_start_at": None,
}


class Job(BaseModel):
    """A job as lists show it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_JOB]})

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
    counters: dict[str, JsonValue] | None


_TARGET_ERROR: dict[str, JsonValue] = {
    "domain": "example.org",
    "error_code": "dns",
    "error_message": "The name does not exist in the DNS.",
    "ended_at": _TIME,
}
_WORKER: dict[str, JsonValue] = {
    "id": EXAMPLE_ID,
    "node": "node-1",
    "scrapyd": "http://127.0.0.1:6800",
    "pid": 4711,
    "started_at": _TIME,
    "heartbeat_at": _TIME,
    "closed_at": None,
    "reason": None,
    "exit_status": None,
    "state": "running",
    "alive": True,
    "counters": {"responses": 3, "contacts": 2},
}


class FullJob(Job):
    """All about a job."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_JOB,
                    "outcomes": {"completed": 1, "dns": 1},
                    "last_errors": [_TARGET_ERROR],
                    "workers": [_WORKER],
                }
            ]
        }
    )

    outcomes: dict[str, int] = Field(description="Domains by `completed` or their error code.")
    last_errors: list[TargetError]
    workers: list[Worker] = Field(description="All that it had, oldest first.")


class Target(BaseModel):
    """A domain of a job."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": EXAMPLE_ID,
                    "domain": "example.com",
                    "state": "completed",
                    "attempts": 1,
                    "error_code": None,
                    "error_message": None,
                    "retry_at": None,
                    "ended_at": _TIME,
                }
            ]
        }
    )

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

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "http://127.0.0.1:6800",
                    "reachable": True,
                    "error": None,
                    "name": "node-1",
                    "slots": 4,
                    "running": 1,
                    "pending": 0,
                    "load": [0.5, 0.4, 0.3],
                    "cpus": 4,
                    "memory": {"total": 8_000_000_000, "available": 6_000_000_000},
                    "versions": {"scrapersky": "0.1.0", "scrapy": "2.19.0"},
                }
            ]
        }
    )

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

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "homepage",
                    "arguments": {"type": "object", "properties": {}},
                    "command": {"type": "object", "properties": {"domains": {"type": "string"}}},
                }
            ]
        }
    )

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

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ok",
                    "checks": {
                        "database": {"ok": True, "migration": "2026_11_23_0100"},
                        "redis": {"ok": True, "configured": False},
                        "nodes": {"ok": True, "reachable": 1, "unreachable": []},
                    },
                }
            ]
        }
    )

    status: Literal["ok", "unavailable"]
    checks: Checks
