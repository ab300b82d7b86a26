"""The first pipeline: what the web says, made such that the database can hold it."""

import ipaddress
import math
from typing import Any, Self

from scrapy.crawler import Crawler

from scrapersky.items import ContactItem, DomainItem, Ending
from scrapersky.text import storable

LIMITS = {
    "title": 1_000,
    "description": 5_000,
    "generator": 500,
    "detected_language": 35,
    "organization": 300,
    "cms": 100,
    "cms_version": 100,
    "language": 35,
    "charset": 40,
    "error_message": 1_000,
}
"""Characters that are kept of a text; the rest is cut off."""
URLS = ("final_url", "canonical_url", "favicon_url", "logo_url")
URL_LIMIT = 2_048
"""A longer URL is dropped: half a URL leads nowhere."""
INTEGERS = {
    "http_status": 999,
    "response_ms": 2**31 - 1,
    "body_bytes": 2**31 - 1,
    "word_count": 2**31 - 1,
}


class ValidatePipeline:
    """Repairs items field by field. An ending is never dropped: its lease would never end."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a pipeline."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """The item, with nothing in it that PostgreSQL would refuse."""
        if isinstance(item, Ending):
            item.error_message = _cut(item.error_message, LIMITS["error_message"])
        if isinstance(item, DomainItem):
            self._repair(item)
        return item

    def _repair(self, item: DomainItem) -> None:
        for name, limit in LIMITS.items():
            setattr(item, name, _cut(getattr(item, name), limit))
        for name in URLS:
            setattr(item, name, _url(getattr(item, name)))
        for name, largest in INTEGERS.items():
            value = getattr(item, name)
            if value is not None and not 0 <= value <= largest:
                setattr(item, name, None)
        item.ip = _ip(item.ip)
        contacts = [contact for contact in item.contacts if _usable(contact)]
        if left_out := len(item.contacts) - len(contacts):
            self._stats.inc_value("scrapersky/invalid_contacts", left_out)
        item.contacts = list({(c.kind, c.value): c for c in reversed(contacts)}.values())[::-1]


def _cut(value: str | None, limit: int) -> str | None:
    return None if value is None else storable(value).strip()[:limit] or None


def _url(value: str | None) -> str | None:
    if value is None or len(value) > URL_LIMIT:
        return None
    return storable(value).strip() or None


def _ip(value: str | None) -> str | None:
    try:
        # Without the zone of a link-local address, which `inet` does not know.
        return None if value is None else str(ipaddress.ip_address(value.partition("%")[0]))
    except ValueError:
        return None


def _usable(contact: ContactItem) -> bool:
    contact.value = storable(contact.value).strip()
    contact.raw = storable(contact.raw)[:URL_LIMIT]
    contact.page_url = storable(contact.page_url)[:URL_LIMIT]
    return (
        0 < len(contact.value) <= URL_LIMIT
        and math.isfinite(contact.confidence)
        and 0 <= contact.confidence <= 1
    )
