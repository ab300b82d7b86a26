from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapersky.sitemaps.dates import parse_date

DAY = datetime(2005, 2, 21, tzinfo=UTC)
EVENING = datetime(2005, 2, 21, 18, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2005", datetime(2005, 1, 1, tzinfo=UTC)),
        ("2005-02", datetime(2005, 2, 1, tzinfo=UTC)),
        ("2005-2-1", datetime(2005, 2, 1, tzinfo=UTC)),
        ("2005-02-21", DAY),
        (" 2005-02-21\n", DAY),
        ("2005-02-21Z", DAY),
        ("2005/02/21", DAY),
        ("20050221", DAY),
        ("2005-02-21T24:00:00Z", datetime(2005, 2, 22, tzinfo=UTC)),
        ("2005-02-21T18:00:15+00:00", EVENING),
        ("2005-02-21T18:00:15", EVENING),
        ("2005-02-21 18:00:15 +0000", EVENING),
        ("2005-02-21T18:00:15+00", EVENING),
        ("2005-02-21T19:30:15+0130", EVENING),
        ("2005-02-21T18:00:15.123456789Z", EVENING.replace(microsecond=123456)),
        ("2005-02-21T18:00Z", EVENING.replace(second=0)),
        ("Mon, 21 Feb 2005 18:00:15 GMT", EVENING),
        ("21 Feb 05 13:00:15 EST", EVENING),
        ("Monday, 21-Feb-05 18:00:15 GMT", EVENING),
        ("Mon Feb 21 18:00:15 2005", EVENING),
        ("Mon Feb 21 2005 19:00:15 GMT+0100 (CET)", EVENING),
        ("February 21st, 2005", DAY),
        ("Feb 21, 2005 6:00:15 PM", EVENING),
        ("21.02.2005", DAY),
        ("21/02/2005", DAY),
        ("02/21/2005", DAY),
        ("1109008815", EVENING),
        ("1109008815000", EVENING),
    ],
)
def test_dates(text: str, expected: datetime) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "never",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "2005-13-45",
        "2005-02-30",
        "99999-01-01",
        "-0001-11-30T00:00:00+00:00",
        "2005-02-21T25:00:00Z",
        "02/03/2005",
        "{{ date }}",
        "21/02/2005 nonsense",
        "2005-02-21 2005-02-22",
        "2005-02-21T18:00:15+25:00",
        "1",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:00:00-05:00",
        "2" * 5_000,
    ],
)
def test_no_dates(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=-3, minutes=-30)))))
def test_iso_dates(moment: datetime) -> None:
    found = parse_date(moment.isoformat())
    assert found is None or found == moment
