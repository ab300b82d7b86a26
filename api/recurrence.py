"""When a schedule is due: cron expressions in a time zone, and intervals. Pure."""

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from scrapersky.errors import InputError

MOST_CAUGHT_UP = 1_000
"""Firings that are made up for after a standstill; the latest."""
HORIZON = timedelta(days=31)
"""What fell due longer ago is not made up for."""
FIELDS = 5


class Due(NamedTuple):
    """What fell due up to now."""

    times: list[datetime]
    """The latest, oldest first."""
    missed: int
    """How many came before those."""


class Recurrence:
    """The times of a schedule. All that go in and come out are in UTC.

    Daylight saving, as in Debian's cron: a time that a change skips comes right after it, one that
    comes twice counts once; expressions for every hour or minute follow the clock that does not
    change. https://github.com/cuu508/cronsim#supported-cron-expression-features
    """

    def __init__(self, cron: str | None, interval_seconds: int | None, time_zone: str) -> None:
        """From a schedule's columns.

        Raises:
            InputError: the expression, or the time zone, is none.
        """
        self._zone = zone(time_zone)
        self._cron = cron
        self._interval = timedelta(seconds=interval_seconds or 0)
        if cron is not None:
            self._check(cron)

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "Recurrence":
        """Of a row of `schedules`."""
        return cls(row["cron"], row["interval_seconds"], row["time_zone"])

    def after(self, time: datetime) -> Iterator[datetime]:
        """The times after one, for ever, or until the expression comes no more."""
        if self._cron is not None:
            local = time.astimezone(self._zone)
            return (each.astimezone(UTC) for each in CronSim(self._cron, local))
        return self._steps(time)

    def next(self, time: datetime, count: int) -> list[datetime]:
        """The next few times."""
        return [each for each, _ in zip(self.after(time), range(count), strict=False)]

    def due(self, first: datetime, now: datetime) -> Due:
        """What fell due from `first` on, which is a time of the schedule, until now."""
        times: deque[datetime] = deque(maxlen=MOST_CAUGHT_UP)
        count = 0
        if first >= now - HORIZON:
            times.append(first)
            count = 1
        for each in self.after(max(first, now - HORIZON)):
            if each > now:
                break
            times.append(each)
            count += 1
        return Due(list(times), count - len(times))

    def _steps(self, time: datetime) -> Iterator[datetime]:
        while True:
            time += self._interval
            yield time

    def _check(self, cron: str) -> None:
        if len(cron.split()) != FIELDS:
            raise InputError(
                f"cron={cron!r}: five fields are wanted: minute, hour, day, month, weekday."
            )
        try:
            found = next(CronSim(cron, datetime.now(self._zone)), None)
        except CronSimError as error:
            raise InputError(f"cron={cron!r}: {error}.") from None
        if found is None:
            raise InputError(f"cron={cron!r}: that never comes.")


def zone(name: str) -> ZoneInfo:
    """A time zone by its name.

    Raises:
        InputError: there is none of that name.
    """
    if name not in _names():
        raise InputError(f"time_zone={name!r}: there is none. For example: UTC, Europe/Berlin.")
    return ZoneInfo(name)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
