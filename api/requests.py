"""What a job is asked for with."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.deps import Text
from api.domains import DomainCriteria

LONGEST_URL = 2_000
MOST_WORKERS = 100

WebhookUrl = Annotated[
    Text,
    Field(
        max_length=LONGEST_URL,
        pattern=r"^https?://[^\s/@]+(/\S*)?$",
        description="Where to POST the job when it has ended.",
    ),
]


class TableFilter(DomainCriteria):
    """Which domains of the table; all that is given must hold."""

    limit: int | None = Field(default=None, ge=1, le=1_000_000_000)


class JobOptions(BaseModel):
    """How a job is to be crawled."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spider: Annotated[Text, Field(max_length=100)] = Field(description="See GET /spiders.")
    arguments: dict[Text, Any] = Field(default={}, description="The spider's own.", max_length=50)
    priority: int = Field(default=0, ge=-100, le=100, description="Higher ones go first.")
    rate: float | None = Field(
        default=None,
        gt=0,
        le=100_000,
        allow_inf_nan=False,
        description="Domains a second, over all workers. Needs Redis.",
    )
    workers: int | None = Field(
        default=None,
        ge=1,
        le=MOST_WORKERS,
        description="How many crawl it together; more than one need Redis. Without it: as many"
        " as there are slots and work for, or one without Redis.",
    )
    webhook_url: WebhookUrl | None = None


class JobRequest(JobOptions):
    """A job with its domains."""

    domains: list[Text] | Text | None = Field(
        default=None, description="Domains or URLs: a list, or a text with commas or blanks."
    )
    filter: TableFilter | None = Field(default=None, description="Or: these from the table.")
