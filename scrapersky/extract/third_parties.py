"""Addresses on a page that are not its owner's: its makers', authorities', examples in texts."""

import re
from functools import cache

from scrapersky.extract.data_file import data_file

_ENOUGH = 60


@cache
def _domains() -> frozenset[str]:
    return frozenset(data_file("third_party_emails.json")["domains"])


@cache
def _before() -> re.Pattern[str]:
    data = data_file("third_party_emails.json")
    return re.compile(
        rf"(?:^|(?<=[^\w]))(?:(?:{'|'.join(data['before'])})[^@\n]{{0,40}}"
        rf"|(?:{'|'.join(data['examples'])})\s{{0,2}}[:,=]?\s{{0,2}}[\"'“„«(]?)\Z",
        re.IGNORECASE,
    )


def is_foreign_service(domain: str) -> bool:
    """Whether the domain, or one above it, is a service's, an authority's, a maker's of software."""
    labels = domain.split(".")
    known = _domains()
    return any(".".join(labels[start:]) in known for start in range(len(labels) - 1))


def is_said_to_be_foreign(before: str) -> bool:
    """Whether the words before an address say that it is a maker's, an authority's, an example."""
    return _before().search(before[-_ENOUGH:]) is not None
