"""What a job is asked for with."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from api.deps import Text
from scrapersky.db.listings import DomainFilter
from scrapersky.outcomes import ErrorCode
from scrapersky.states import ContactKind, CurationStatus, DomainStatus

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


class TableFilter(BaseModel):
    """Which domains of the table; all that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: DomainStatus | None = None
    error: ErrorCode | None = None
    language: Annotated[Text, Field(max_length=50)] | None = None
    curation: CurationStatus | None = None
    text: Annotated[Text, Field(max_length=253)] | None = None
    has: list[ContactKind] = Field(default=[], max_length=3)
    crawled_after: AwareDatetime | None = None
    crawled_before: AwareDatetime | None = None
    limit: int | None = Field(default=None, ge=1, le=1_000_000_000)

    def as_domain_filter(self) -> DomainFilter:
        """The same for the statements."""
        return DomainFilter(**self.model_dump(exclude={"limit"}))

    @field_validator("crawled_after", "crawled_before")
    @classmethod
    def _in_range(cls, value: datetime | None) -> datetime | None:
        # PostgreSQL's timestamptz knows later years, Python's conversions do not.
        if value is not None and not 1970 <= value.year <= 9000:
            raise ValueError("the year is out of range")
        return value


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
