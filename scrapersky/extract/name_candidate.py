"""A name that may be the site owner's, and where it stood."""

from collections.abc import Iterator
from dataclasses import dataclass

from scrapersky.extract.company_names import clean_name


@dataclass(slots=True, frozen=True)
class Candidate:
    """A name, and what it stood in."""

    name: str
    source: str
    weight: float
    "0 to 1: what such a find by itself is worth."


def named(text: str, source: str, weight: float) -> Iterator[Candidate]:
    """The candidate that a text is; nothing where it is no name."""
    name = clean_name(text)
    if name:
        yield Candidate(name, source, weight)
