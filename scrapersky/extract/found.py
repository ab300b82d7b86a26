"""A value and its provenance."""

from dataclasses import dataclass

from scrapersky.extract.text import clean_text


@dataclass(slots=True, frozen=True, kw_only=True)
class Found:
    """What a page says, where it says so, and how far to believe it."""

    value: str
    source: str
    "Which element or property held it, such as `title` or `og:title`."
    confidence: float
    "0 to 1: an order of trust among the sources of one field, not a measured probability."


def found_text(text: str | None, *, source: str, confidence: float, limit: int) -> Found | None:
    """The cleaned text as a `Found`; None when nothing is left of it."""
    value = clean_text(text or "", limit)
    return Found(value=value, source=source, confidence=confidence) if value else None
