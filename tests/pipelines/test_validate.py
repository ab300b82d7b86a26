"""What the database would refuse is repaired, and an ending never dropped."""

from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from pipelines.validate import ValidatePipeline
from scrapersky.db import endings
from scrapersky.items import ContactItem, DomainItem
from scrapersky.states import ContactKind, DomainStatus


def item(**values: Any) -> DomainItem:
    base: dict[str, Any] = {
        "domain": "a.test",
        "domain_id": "0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60",
        "job": "0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f61",
        "attempt": 1,
        "crawled_at": datetime(2026, 11, 22, tzinfo=UTC),
        "status": DomainStatus.COMPLETED,
    }
    return DomainItem(**base | values)


def contact(**values: Any) -> ContactItem:
    base: dict[str, Any] = {
        "kind": ContactKind.EMAIL,
        "value": "x@a.test",
        "raw": "x@a.test",
        "source": "mailto",
        "confidence": 0.5,
        "page_url": "https://a.test/",
    }
    return ContactItem(**base | values)


async def repaired(**values: Any) -> DomainItem:
    pipeline = ValidatePipeline.from_crawler(get_crawler())
    result = await pipeline.process_item(item(**values))
    endings.prepare(result)  # it can be written
    assert isinstance(result, DomainItem)
    return result


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("title", " A\x00B\ud800 ", "AB"),
        ("title", "x" * 2_000, "x" * 1_000),
        ("title", "\x00", None),
        ("description", "two\nlines", "two\nlines"),
        ("favicon_url", "https://a.test/" + "x" * 3_000, None),
        ("http_status", 70_000, None),
        ("response_ms", -1, None),
        ("body_bytes", 2**31, None),
        ("ip", "fe80::1%eth0", "fe80::1"),
        ("ip", "not an address", None),
        ("ip", "2001:0db8::0001", "2001:db8::1"),
        ("error_message", "x" * 5_000, "x" * 1_000),
    ],
)
async def test_fields(name: str, given: object, kept: object) -> None:
    assert getattr(await repaired(**{name: given}), name) == kept


@pytest.mark.parametrize(
    "bad",
    [
        contact(value=""),
        contact(value="\x00"),
        contact(value="x" * 3_000),
        contact(confidence=1.5),
        contact(confidence=float("nan")),
    ],
)
async def test_bad_contacts_cost_the_good_ones_nothing(bad: ContactItem) -> None:
    result = await repaired(contacts=[bad, contact(value="good@a.test")])
    assert [kept.value for kept in result.contacts] == ["good@a.test"]


async def test_a_contact_comes_once() -> None:
    twice = [contact(confidence=0.9), contact(confidence=0.4), contact(kind=ContactKind.PHONE)]
    result = await repaired(contacts=twice)
    assert [(c.kind, c.confidence) for c in result.contacts] == [("email", 0.9), ("phone", 0.5)]
