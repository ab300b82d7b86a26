"""Addresses on a page that are not its owner's: its makers', authorities', examples in texts."""

import re
from functools import cache

from scrapersky.extract.data_file import data_file

_ENOUGH = 60


@cache
def _names() -> frozenset[str]:
    data = data_file("third_party_emails.json")
    return frozenset([*data["domains"], *data["addresses"]])


@cache
def _endings() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = data_file("third_party_emails.json")
    makers, marks, examples = ("|".join(data[key]) for key in ("makers", "directly", "examples"))
    return (
        re.compile(rf"(?:^|(?<=\W))(?:{makers})[^@\n\t.|•·]{{0,40}}\Z", re.IGNORECASE),
        re.compile(
            rf"(?:^|(?<=\W))(?:(?:{marks})\s{{0,2}}"
            rf"|(?:{examples})\s{{0,2}}[:,=]?\s{{0,2}}[\"'“„«(]?)\Z",
            re.IGNORECASE,
        ),
    )


def is_third_partys(address: str) -> bool:
    """Whether it is, or its domain or one above is, a service's, an authority's, a maker's."""
    known = _names()
    if address in known:
        return True
    labels = address.rpartition("@")[2].split(".")
    return any(".".join(labels[start:]) in known for start in range(len(labels) - 1))


def is_credited(before: str) -> bool:
    """Whether the words before say that it is the site's maker's or an authority's."""
    return _endings()[0].search(before[-_ENOUGH:]) is not None


def is_example(before: str) -> bool:
    """Whether the words before say that it is an example, a picture's credit or no mailbox."""
    return _endings()[1].search(before[-_ENOUGH:]) is not None
