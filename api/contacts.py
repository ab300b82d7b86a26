"""Which contacts are asked for."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_validator

from api.deps import After, Text
from api.domains import Code, Name
from scrapersky.db.contact_listings import ContactFilter
from scrapersky.domains import BadDomain, clean_domain
from scrapersky.extract.contact import EmailType, PhoneType
from scrapersky.states import ContactKind

# One list of values: generated clients stumble over two enumerations in one parameter.
Type = Annotated[
    EmailType | PhoneType,
    WithJsonSchema({"type": "string", "enum": [*map(str, EmailType), *map(str, PhoneType)]}),
]


class ContactCriteria(BaseModel):
    """Which contacts; all that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ContactKind | None = None
    domain: Name | None = Field(default=None, description="Found on this domain.")
    network: Annotated[Text, Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="Of a profile: `linkedin`, …"
    )
    source: Annotated[Text, Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="Where in the page it stood: `mailto`, `json-ld`, …"
    )
    type: Type | None = Field(default=None, description="Of an address or a number.")
    region: Code | None = Field(default=None, description="Of a number: its country.")
    min_confidence: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    text: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="What the contact begins with."
    )

    def as_contact_filter(self) -> ContactFilter:
        """The same for the statements."""
        return ContactFilter(**self.model_dump(include=set(ContactCriteria.model_fields)))

    @field_validator("domain")
    @classmethod
    def _cleaned(cls, value: str | None) -> str | None:
        try:
            return None if value is None else clean_domain(value)
        except BadDomain as error:
            raise ValueError(error.reason) from None


class ContactQuery(ContactCriteria):
    """A page of the list of contacts."""

    after: After = None
    limit: int = Field(default=50, ge=1, le=1000, description="How many, at most.")
