"""What one postal address is."""

from dataclasses import dataclass

MAX_RAW = 300
"""Characters of `raw`."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Address:
    """A postal address; what the page does not say is None."""

    street: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    "State, province or county, as its usual abbreviation where it has one."
    country: str | None
    "ISO 3166-1 alpha-2."
    raw: str
    "As it stood, on one line, cut at 300 characters."
    source: str
    "`json-ld`, `microdata`, `hcard`, `address` (the element) or `text`."
    confidence: float
