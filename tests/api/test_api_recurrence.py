"""When schedules are due: cron expressions, intervals, and clocks that are changed."""

from datetime import UTC, datetime, timedelta

import pytest

from api.recurrence import HORIZON, MOST_CAUGHT_UP, Recurrence
from scrapersky.errors import InputError


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# In Berlin clocks went from 2:00 to 3:00 on 2026-03-29, and from 3:00 to 2:00 on 2026-10-25; in New
# York on 2026-03-08 and 2026-11-01; Lord Howe Island moves by half an hour.
TIMES = [
    ("30 6 * * 1-5", "UTC", "2026-11-20T06:30Z", ["2026-11-23T06:30Z", "2026-11-24T06:30Z"]),
    (
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T00:00Z",
        ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"],
    ),
    (
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-24T12:00Z",
        ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    ),
    (
        "30 1 * * *",
        "America/New_York",
        "2026-10-31T12:00Z",
        ["2026-11-01T05:30Z", "2026-11-02T06:30Z"],
    ),
    (
        "0 * * * *",
        "Europe/Berlin",
        "2026-10-24T23:30Z",
        ["2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z"],
    ),
    (
        "*/30 * * * *",
        "Europe/Berlin",
        "2026-03-29T00:00Z",
        ["2026-03-29T00:30Z", "2026-03-29T01:00Z", "2026-03-29T01:30Z"],
    ),
    (
        "0 12 * * *",
        "Australia/Lord_Howe",
        "2026-04-03T12:00Z",
        ["2026-04-04T01:00Z", "2026-04-05T01:30Z"],
    ),
    ("0 9 L * *", "UTC", "2028-02-01T00:00Z", ["2028-02-29T09:00Z", "2028-03-31T09:00Z"]),
    ("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", ["2028-02-29T00:00Z", "2032-02-29T00:00Z"]),
]


@pytest.mark.parametrize(("cron", "zone", "after", "expected"), TIMES)
def test_the_next_times(cron: str, zone: str, after: str, expected: list[str]) -> None:
    found = Recurrence(cron, None, zone).next(at(after), len(expected))
    assert found == [at(text) for text in expected]
    assert all(time.tzinfo is UTC for time in found)


def test_an_interval() -> None:
    times = Recurrence(None, 90, "UTC")
    begin = at("2026-03-29T00:59:00Z")
    assert times.next(begin, 2) == [begin + timedelta(seconds=90), begin + timedelta(seconds=180)]


def test_what_fell_due() -> None:
    times = Recurrence("0 * * * *", None, "UTC")
    due = times.due(at("2026-11-23T01:00Z"), at("2026-11-23T03:59Z"))
    assert due.times == [at(f"2026-11-23T0{hour}:00Z") for hour in (1, 2, 3)]
    assert due.missed == 0
    assert times.due(at("2026-11-23T01:00Z"), at("2026-11-23T01:00Z")).times == [
        at("2026-11-23T01:00Z")
    ]


def test_a_long_standstill_is_bounded() -> None:
    now = at("2026-11-23T00:00Z")
    due = Recurrence("* * * * *", None, "UTC").due(now - timedelta(days=400), now)
    assert len(due.times) == MOST_CAUGHT_UP
    assert due.times[-1] == now
    assert due.missed == HORIZON // timedelta(minutes=1) - MOST_CAUGHT_UP
    yearly = Recurrence("0 0 1 1 *", None, "UTC").due(now - timedelta(days=800), now)
    assert yearly.times == []


WRONG = [
    ("", "UTC", "five fields"),
    ("* * * *", "UTC", "five fields"),
    ("* * * * * *", "UTC", "five fields"),
    ("61 * * * *", "UTC", "61 * * * *"),
    ("* * * * mo-xx", "UTC", "mo-xx"),
    ("0 0 31 2 *", "UTC", "0 0 31 2 *"),
    ("1-0/-1 * * * *", "UTC", "1-0/-1"),
    ("*/0 * * * *", "UTC", "*/0"),
    ("٣ * * * *", "UTC", "cron="),
    ("@daily", "UTC", "five fields"),
    ("* * * * *", "Europe/Nowhere", "Europe/Nowhere"),
    ("* * * * *", "Europe", "Europe"),
    ("* * * * *", "../../etc/passwd", "passwd"),
    ("* * * * *", "", "time_zone"),
    ("* * * * *", "CEST", "CEST"),
]


@pytest.mark.parametrize(("cron", "zone", "says"), WRONG)
def test_what_is_wrong_is_said(cron: str, zone: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        Recurrence(cron, None, zone)
    assert says in str(caught.value)
