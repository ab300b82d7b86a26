"""Structured data about the site's owner, told from that about others."""

import re
from collections.abc import Iterator
from typing import Any

from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.page import Page
from scrapersky.extract.words import words

_MAX_NODES = 20_000
# Types of schema.org that are not a site's owner.
_OTHERS = re.compile(
    r"Person|Article|Posting|Product|Event|Movie|Book|Creative|Thing|Video|Image|Music|Recipe|"
    r"Review|Rating|Place|Recording|Episode|Series|Quotation|Offer|Comment|Action|Breadcrumb"
)
# Properties that lead from an owner, or from what it publishes, to others.
_OTHERS_KEYS = words(
    "about actor author brand citation contributor creator customer editor employee founder "
    "funder hiringOrganization isBasedOn itemReviewed mainEntity member memberOf mentions "
    "offers performer review reviewedBy sponsor subjectOf translator worksFor"
)


def described_objects(page: Page) -> Iterator[tuple[bool, JsonObject]]:
    """Each object of JSON-LD and microdata, and whether it may describe the site's owner."""
    stack: list[tuple[bool, Any]] = [(True, page.microdata), (True, page.json_ld)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        owned, value = stack.pop()
        if isinstance(value, list):
            stack.extend((owned, item) for item in reversed(value))
        elif isinstance(value, dict):
            yield owned and not _is_other(value.get("@type")), value
            stack.extend(
                (owned and key not in _OTHERS_KEYS, value[key])
                for key in reversed(value)
                if isinstance(value[key], dict | list)
            )


def _is_other(kind: Any) -> bool:
    """Whether all of its types are others'; a one-person firm is `["Person", "Organization"]`."""
    kinds = kind if isinstance(kind, list) else [kind]
    return all(isinstance(name, str) and _OTHERS.search(name) for name in kinds)
