import json
from typing import Any

import pytest

from scrapersky.extract.opening_hours import MAX_HOURS, OpeningHours, opening_hours
from scrapersky.extract.page import parse_page


def read(html: str) -> list[OpeningHours]:
    return opening_hours(parse_page(html.encode(), url="https://rye.test/", content_type=None))


def block(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def spans(value: Any) -> str:
    found = read(block({"@type": "Bakery", **value}))
    return " ".join(f"{span.day}{span.opens}-{span.closes}" for span in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mo-We 09:00-17:00", "mo09:00-17:00 tu09:00-17:00 we09:00-17:00"),
        ("Mo,Fr 9:00-17:00", "mo09:00-17:00 fr09:00-17:00"),
        ("Sa 09:00-12:00,13:00-17:00", "sa09:00-12:00 sa13:00-17:00"),
        ("Sa 9am - 5:30 p.m.", "sa09:00-17:30"),
        ("Sa 12 pm to 12am", "sa12:00-00:00"),
        ("Saturday: 9.30 \u2013 17h00", "sa09:30-17:00"),
        ("Sa-Mo 10:00-11:00", "mo10:00-11:00 sa10:00-11:00 su10:00-11:00"),
        ("Mo 8:00-9:00; Tu closed; We 10:00-11:00", "mo08:00-09:00 we10:00-11:00"),
        ("Di 08:00-12:00", "tu08:00-12:00"),
        ("Su 18:00-02:00", "su18:00-02:00"),
        ("Su 00:00-24:00", "su00:00-24:00"),
        ("24/7", " ".join(f"{day}00:00-24:00" for day in "mo tu we th fr sa su".split())),
        ("Su 00:00-00:00", ""),
        ("Su 27:00-29:00", ""),
        ("by appointment", ""),
        ("09:00-17:00", ""),
        ("", ""),
    ],
)
def test_text(text: str, expected: str) -> None:
    assert spans({"openingHours": text}) == expected


def test_a_list_of_texts() -> None:
    assert spans({"openingHours": ["Mo 9:00-10:00", "Tu 9:00-10:00"]}) == (
        "mo09:00-10:00 tu09:00-10:00"
    )


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ({"dayOfWeek": "Monday", "opens": "09:00", "closes": "17:00"}, "mo09:00-17:00"),
        (
            {"dayOfWeek": ["https://schema.org/Monday", "Su"], "opens": "9", "closes": "17:00:00"},
            "mo09:00-17:00 su09:00-17:00",
        ),
        (
            {"dayOfWeek": {"@id": "http://schema.org/Friday"}, "opens": "09:00", "closes": "17:00"},
            "fr09:00-17:00",
        ),
        ({"dayOfWeek": "Mo-Tu", "opens": "1", "closes": "2"}, "mo01:00-02:00 tu01:00-02:00"),
        ({"dayOfWeek": "PublicHolidays", "opens": "1", "closes": "2"}, ""),
        ({"dayOfWeek": "Monday", "opens": "00:00", "closes": "00:00"}, ""),
        ({"dayOfWeek": "Monday", "opens": "09:00"}, ""),
        ({"dayOfWeek": 1, "opens": "09:00", "closes": "10:00"}, ""),
        ({"dayOfWeek": "Monday", "opens": 9, "closes": None}, ""),
    ],
)
def test_specifications(specification: dict[str, Any], expected: str) -> None:
    assert spans({"openingHoursSpecification": [specification]}) == expected


def test_without_a_day_it_is_every_day() -> None:
    assert len(spans({"openingHoursSpecification": {"opens": "1", "closes": "2"}}).split()) == 7


def test_days_on_which_they_are_valid() -> None:
    found = read(
        block(
            {
                "openingHoursSpecification": {
                    "dayOfWeek": "Mo",
                    "opens": "1",
                    "closes": "2",
                    "validFrom": "2026-01-01",
                }
            }
        )
    )
    assert found == [
        OpeningHours(
            day="mo", opens="01:00", closes="02:00", valid_from="2026-01-01", source="json-ld"
        )
    ]


def test_microdata() -> None:
    html = (
        '<div itemscope itemtype="https://schema.org/Bakery">'
        '<time itemprop="openingHours" datetime="Mo 08:00-18:00">Mondays</time></div>'
    )
    assert [(span.day, span.source) for span in read(html)] == [("mo", "microdata")]


def test_their_number_is_bounded() -> None:
    shops = [{"openingHours": f"Mo-Su {hour}:00-{hour + 1}:00"} for hour in range(20)]
    assert len(read(block({"department": shops}))) == MAX_HOURS
