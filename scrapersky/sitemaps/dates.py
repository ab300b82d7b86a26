"""The dates of sitemaps and feeds, in UTC."""

import re
from datetime import UTC, datetime, timedelta, timezone

MAX_DATE = 100
"""Characters; what is longer is no date."""

_ZONE = r"(?:\s*(?P<zone>Z|UTC?|GMT|[A-Z]{3,4}|(?:GMT|UTC)?[+-]\d{1,2}:?(?:\d\d)?))?"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,20})?)?"
    r"(?:\s*(?P<half>[AP])\.?M\.?)?"
)
_BEHIND = rf"(?:\s*T\s*|,?\s+(?:AT\s+)?|\s*-\s+){_CLOCK}{_ZONE}"
_TIME = rf"(?:{_BEHIND})?"
_DENSE_TIME = rf"(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?{_ZONE})?"
_NAMED = r"(?:\s*\([^()]{0,60}\))?"
_MONTH = r"(?P<name>[A-Z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:ST|ND|RD|TH)?"
_WEEKDAY = r"(?:[A-Z]{2,9}\.?,?\s+)?"
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        # W3C and ISO 8601, one-digit parts and other separators too.
        rf"(?P<year>\d{{4}})(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}})(?:{_BEHIND}|Z)?)?)?",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_DENSE_TIME}",
        # RFC 822, RFC 850, and as people write: Mon, 21 Feb 2005 18:00:15 GMT.
        rf"{_WEEKDAY}{_DAY}[-\s.]+{_MONTH}[-\s,]+(?P<year>\d{{4}}|\d\d){_TIME}",
        # Feb 21, 2005 6:00 PM
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}}){_TIME}",
        # asctime and JavaScript's toString: Mon Feb 21 [2005] 18:00:15 [GMT+0100 (CET)] [2005]
        rf"[A-Z]{{3,9}},?\s+{_MONTH}\s+{_DAY}\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
        rf"[A-Z]{{3,9}},?\s+{_MONTH}\s+{_DAY}\s+(?P<year>\d{{4}})\s+{_CLOCK}{_ZONE}{_NAMED}",
        # 21.02.2005: nobody writes the month first with dots.
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}){_TIME}",
        # 21/02/2005 or 02/21/2005: which is which has to be plain.
        rf"(?P<first>\d{{1,2}})[-/](?P<second_part>\d{{1,2}})[-/](?P<year>\d{{4}}){_TIME}",
    )
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "JAN JANUARY",
            "FEB FEBRUARY",
            "MAR MARCH",
            "APR APRIL",
            "MAY",
            "JUN JUNE",
            "JUL JULY",
            "AUG AUGUST",
            "SEP SEPT SEPTEMBER",
            "OCT OCTOBER",
            "NOV NOVEMBER",
            "DEC DECEMBER",
        ),
        start=1,
    )
    for name in names.split()
}
# RFC 822, section 5.1, and what feeds have besides.
_HOURS = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_HOURS |= {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "CEST": 2}
_HOURS |= {"WEST": 1, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9}
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?", re.ASCII)


def parse_date(text: str) -> datetime | None:
    """The moment, in UTC, to the microsecond; None when the text is no date.

    W3C Datetime (the protocol's), ISO 8601, RFC 822 (RSS 2.0), and what else is met, such as Unix
    time. What names no zone is UTC, no time midnight, no day the first one.
    """
    text = text.strip()
    try:
        return _in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return _from_other(text) if 4 <= len(text) <= MAX_DATE else None


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _from_other(text: str) -> datetime | None:
    try:
        return _from_epoch(text) if _EPOCH.fullmatch(text) else _from_parts(text.upper())
    except (ValueError, OverflowError):
        return None


def _from_epoch(text: str) -> datetime:
    return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC)


def _from_parts(text: str) -> datetime | None:
    found = next((m for pattern in _PATTERNS if (m := pattern.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    date = _date(parts)
    hour = _hour(int(parts.get("hour") or 0), parts.get("half"))
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        return None
    zone = _zone(parts.get("zone"))
    if zone is None:
        return None
    # Midnight at the day's end is hour 24 (ISO 8601), a leap second 60.
    return _in_utc(
        date.replace(tzinfo=zone) + timedelta(hours=hour, minutes=minute, seconds=second)
    )


def _date(parts: dict[str, str | None]) -> datetime:
    digits = parts["year"] or ""
    year = int(digits)
    if len(digits) == 2:  # RFC 2822, section 4.3
        year += 2000 if year < 50 else 1900
    if first := parts.get("first"):
        day, month = _ordered(int(first), int(parts["second_part"] or ""))
    else:
        name = parts.get("name")
        month = _MONTHS.get(name, 0) if name else int(parts["month"] or 1)
        day = int(parts["day"] or 1)
    return datetime(year, month, day, tzinfo=UTC)


def _ordered(first: int, second: int) -> tuple[int, int]:
    if first <= 12 and second <= 12 and first != second:
        raise ValueError("either may be the month")
    return (first, second) if second <= 12 else (second, first)


def _hour(hour: int, half: str | None) -> int:
    if half is None or not 1 <= hour <= 12:
        return hour
    return hour % 12 + (12 if half == "P" else 0)


def _zone(text: str | None) -> timezone | None:
    if not text:
        return UTC
    if text in _HOURS:
        return timezone(timedelta(hours=_HOURS[text]))
    sign = max(text.find("+"), text.find("-"))
    if sign < 0:
        return None
    digits = text[sign + 1 :].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[sign] == "-" else offset)
