"""Properties of X's cards (https://developer.x.com/en/docs/x-for-websites/cards)."""

from scrapersky.extract.page import Page
from scrapersky.extract.text import clean_text

TwitterCard = dict[str, str]

MAX_KEYS = 32
MAX_VALUE = 2_048
_PREFIX = "twitter:"


def twitter_card(page: Page) -> TwitterCard:
    """The properties by name, each with its first value that is not blank.

    At most 32 properties, 2,048 characters a value; what is beyond is cut.
    """
    found: TwitterCard = {}
    for key, contents in page.metas.items():
        if len(found) == MAX_KEYS:
            break
        if not key.startswith(_PREFIX):
            continue
        cleaned = (clean_text(content, MAX_VALUE) for content in contents[:16])
        value = next((value for value in cleaned if value), None)
        if value:
            found[clean_text(key, MAX_VALUE)] = value
    return found
