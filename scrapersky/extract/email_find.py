"""An e-mail address and where it was found."""

from dataclasses import dataclass

MAX_FOUND = 500
"""Addresses of one place that are looked at."""


@dataclass(slots=True, frozen=True)
class Find:
    """An address where it was found."""

    value: str
    raw: str
    source: str
    confidence: float
    before: str = ""
    "The text that precedes it, where that is known."
    only_if_alone: bool = False
    "Whether it counts only when the page gives no other address, and it is the site's."
    only_if_own: bool = False
    "Whether it counts only when it is the site's."
