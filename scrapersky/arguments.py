"""The spiders' arguments, one model each. The API and its forms use the same models."""

from typing import Any, NoReturn, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from scrapersky.errors import InputError
from scrapersky.states import Stage

SOURCES = ("domains", "file", "job", "standing")


class CrawlArguments(BaseModel):
    """Which domains to crawl. None given: those in the database that wait, claimed by this job."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domains: str | None = Field(
        default=None, min_length=1, description="Domains, separated by commas or blanks."
    )
    file: str | None = Field(
        default=None,
        min_length=1,
        description=(
            "A file with one domain a line, or a CSV with a column domain, website or url;"
            " - for standard input."
        ),
    )
    job: UUID | None = Field(default=None, description="Go on with this job: what is left of it.")
    limit: int | None = Field(
        default=None,
        ge=1,
        description="How many waiting domains to claim, at most, where no list is given.",
    )
    standing: bool = Field(
        default=False,
        description="Work on what is pushed to Redis: the spider's standing job, which never ends.",
    )
    priority: int = Field(
        default=0,
        ge=-100,
        le=100,
        description="Of the new job: one that waits for a worker gets it from one of a lower.",
    )
    rate: float | None = Field(
        default=None,
        gt=0,
        le=100_000,
        allow_inf_nan=False,
        description="Of the new job: domains a second, over all of its workers. Needs Redis.",
    )

    @field_validator("job")
    @classmethod
    def _not_zero(cls, value: UUID | None) -> UUID | None:
        if value is not None and value.int == 0:
            raise ValueError("the zero UUID is no job")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in SOURCES if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} exclude each other: give one of them")
        if given and self.limit is not None:
            raise ValueError(f"limit is for crawls without a list, but {given[0]} is given")
        return self

    @property
    def source(self) -> str:
        """Where the targets come from: domains, file, job, standing or pending."""
        return next((name for name in SOURCES if getattr(self, name)), "pending")


class HomepageArguments(CrawlArguments):
    """Arguments of the `homepage` spider."""


class SitemapArguments(CrawlArguments):
    """Arguments of the `sitemap` spider."""

    full: bool = Field(
        default=False, description="Read every sitemap, also those that did not change."
    )
    stage: Stage | None = Field(
        default=None,
        description=(
            "Only a part of it. submission: find the sitemaps; scan: look into those that are"
            " known; import: read the pages of those that a service has claimed."
        ),
    )


SPIDERS: dict[str, type[CrawlArguments]] = {
    "homepage": HomepageArguments,
    "sitemap": SitemapArguments,
}
"""The models by the spiders' names, for those who may not import the spiders."""


Model = TypeVar("Model", bound=CrawlArguments)


def parse_arguments(model: type[Model], given: dict[str, Any]) -> Model:
    """Checks what came after `-a`.

    Raises:
        InputError: names the argument, its value and the rule that it breaks.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        _refuse(model, error)


def _refuse(model: type[CrawlArguments], error: ValidationError) -> NoReturn:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    known = ", ".join(model.model_fields)
    if first["type"] == "extra_forbidden":
        raise InputError(f"There is no argument {name}. There are: {known}.")
    message = first["msg"].removeprefix("Value error, ")
    raise InputError(f"{name}={first['input']!r}: {message}." if name else f"{message}.")
