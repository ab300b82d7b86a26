"""Open Graph properties (https://ogp.me)."""

from scrapersky.extract.page import Page
from scrapersky.extract.text import clean_text

OpenGraph = dict[str, str | list[str]]

MAX_KEYS = 64
MAX_VALUES = 16
MAX_VALUE = 2_048

# ogp.me's own namespaces, Facebook's (business, place, product, …) and App Links (al).
_PREFIXES = (
    "og:",
    "article:",
    "book:",
    "books:",
    "profile:",
    "video:",
    "music:",
    "website:",
    "business:",
    "place:",
    "product:",
    "restaurant:",
    "fb:",
    "al:",
)


def open_graph(page: Page) -> OpenGraph:
    """The properties by name; one that has several values holds a list, as ogp.me's arrays do.

    At most 64 properties, 16 values of each, 2,048 characters a value; what is beyond is cut.
    """
    found: OpenGraph = {}
    for key, contents in page.metas.items():
        if len(found) == MAX_KEYS:
            break
        if not key.startswith(_PREFIXES):
            continue
        values = _values(contents)
        if values:
            found[clean_text(key, MAX_VALUE)] = values[0] if len(values) == 1 else values
    return found


def _values(contents: list[str]) -> list[str]:
    cleaned = (clean_text(content, MAX_VALUE) for content in contents[: 4 * MAX_VALUES])
    return list(dict.fromkeys(value for value in cleaned if value))[:MAX_VALUES]
