"""Opening hours of structured data (https://schema.org/openingHours, OpeningHoursSpecification)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.page import Page

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
MAX_HOURS = 100
"""Of a page: 14 shops, open all week."""

_MAX_NODES = 5_000
_MAX_TEXT = 500
# English, and German, as plug-ins write it.
_NAMES = (
    ("monday", "mo"),
    ("tuesday", "tu"),
    ("wednesday", "we"),
    ("thursday", "th"),
    ("friday", "fr"),
    ("saturday", "sa"),
    ("sunday", "su"),
    ("montag", "mo"),
    ("dienstag", "tu"),
    ("mittwoch", "we"),
    ("donnerstag", "th"),
    ("freitag", "fr"),
    ("samstag", "sa"),
    ("sonnabend", "sa"),
    ("sonntag", "su"),
)
_CLOSED = {"closed", "geschlossen", "ruhetag", "off"}
_ALL_DAYS = {"daily", "everyday", "täglich", "taglich"}
_TIME = r"(?:[01]?\d|2[0-4])(?:[:.h]\d\d){0,2}(?:\s?[ap]\.?\s?m\b\.?)?"
_TO = r"\s{0,3}(?:-|\u2013|\u2014|to|bis|until)\s{0,3}"
_TOKEN = re.compile(
    rf"(?P<opens>{_TIME}){_TO}(?P<closes>{_TIME})(?!\d)"
    rf"|(?P<always>24/7)"
    rf"|(?P<first>[^\W\d_]{{2,14}})\.?(?:{_TO}(?P<last>[^\W\d_]{{2,14}}))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"T?(\d{1,2})(?:[:.h]?(\d\d))?(?:[:.]\d\d)?\s?(?:([ap])\.?\s?m\b)?", re.IGNORECASE
)


@dataclass(slots=True, frozen=True, kw_only=True)
class OpeningHours:
    """One span of one day of the week."""

    day: str
    "mo, tu, we, th, fr, sa or su."
    opens: str
    "HH:MM, local time."
    closes: str
    "HH:MM; 24:00 is midnight at the end of the day; less than `opens`, it is on the next day."
    valid_from: str | None = None
    "Only from this day on, as the page writes it."
    valid_through: str | None = None
    source: str
    "`json-ld` or `microdata`."


def opening_hours(page: Page) -> list[OpeningHours]:
    """The opening hours, Monday first; what is closed is left out. At most 100 spans."""
    found: dict[OpeningHours, None] = {}
    for source, objects in (("json-ld", page.json_ld), ("microdata", page.microdata)):
        if not found:  # both say the same, in different words
            found = dict.fromkeys(_hours(objects, source))
    in_week = sorted(found, key=lambda span: DAYS.index(span.day))
    return in_week[:MAX_HOURS]


def _hours(objects: list[JsonObject], source: str) -> Iterator[OpeningHours]:
    stack: list[tuple[str, Any]] = [("", objects)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        key, value = stack.pop()
        if isinstance(value, list):
            stack.extend((key, item) for item in reversed(value))
        elif isinstance(value, str) and key == "openingHours":
            yield from _of_text(value[:_MAX_TEXT], source)
        elif isinstance(value, dict) and ("opens" in value or "closes" in value):
            yield from _of_specification(value, source)
        elif isinstance(value, dict):
            stack.extend((name, value[name]) for name in reversed(value))


def _of_specification(value: JsonObject, source: str) -> Iterator[OpeningHours]:
    opens, closes = _clock(value.get("opens")), _clock(value.get("closes"))
    # The same time twice is how schema.org writes "closed".
    if not opens or not closes or opens == closes:
        return
    for day in _days_of(value.get("dayOfWeek")):
        yield OpeningHours(
            day=day,
            opens=opens,
            closes=closes,
            valid_from=_date(value.get("validFrom")),
            valid_through=_date(value.get("validThrough")),
            source=source,
        )


def _days_of(value: Any) -> list[str]:
    """Days by name, by URL, in a list, or in one string; none given means every day."""
    if value is None:
        return list(DAYS)
    names = value if isinstance(value, list) else [value]
    days: list[str] = []
    for item in names[:20]:
        name = item.get("@id") or item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str):
            text = re.sub(r"https?://(?:www\.)?schema\.org/", " ", name[:_MAX_TEXT])
            days += [day for match in _TOKEN.finditer(text) for day in _span(match)]
    return list(dict.fromkeys(days))


def _of_text(text: str, source: str) -> Iterator[OpeningHours]:
    """`Mo-Fr 09:00-12:00,13:00-17:00; Sa 10am-2pm`."""
    days: list[str] = []
    had_times = False
    for match in _TOKEN.finditer(text):
        if match["always"]:
            yield from _spans(list(DAYS), "00:00", "24:00", source)
        elif match["opens"]:
            had_times = True
            opens, closes = _clock(match["opens"]), _clock(match["closes"])
            if opens and closes and opens != closes:
                yield from _spans(days, opens, closes, source)
        elif match["first"].lower() in _CLOSED:
            days = []
        else:
            days = _span(match) if had_times else [*days, *_span(match)]
            had_times = False


def _spans(days: list[str], opens: str, closes: str, source: str) -> Iterator[OpeningHours]:
    for day in days:
        yield OpeningHours(day=day, opens=opens, closes=closes, source=source)


def _span(match: re.Match[str]) -> list[str]:
    """The days of `Mo` or `Mo-Fr`; none when the words are no days."""
    if not match["first"]:
        return []
    if match["first"].lower() in _ALL_DAYS:
        return list(DAYS)
    first, last = _day(match["first"]), _day(match["last"] or match["first"])
    if first is None or last is None:
        return []
    start, end = DAYS.index(first), DAYS.index(last)
    return [*DAYS[start : end + 1]] if start <= end else [*DAYS[start:], *DAYS[: end + 1]]


def _day(name: str) -> str | None:
    name = name.lower()
    return next((day for full, day in _NAMES if full.startswith(name)), None)


def _clock(value: Any) -> str | None:
    match = _CLOCK.match(value.strip()) if isinstance(value, str) else None
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"{hour:02}:{minute:02}"


def _date(value: Any) -> str | None:
    return value[:32] if isinstance(value, str) and value[:1].isdigit() else None
