"""The errors that a person is meant to read.

Each message says what was wrong, with which value, and what to do. The commands print it as one
line and leave with status 2; a traceback means a fault of ours.
"""

import sys
from typing import NoReturn


class ScraperSkyError(Exception):
    """Root of all errors that ScraperSky raises on purpose."""


class InputError(ScraperSkyError):
    """What somebody typed, or the content of a file that they named, cannot be used."""


class ConfigError(ScraperSkyError):
    """A setting or an environment variable has a value that cannot be used."""


class DatabaseError(ScraperSkyError):
    """The database cannot be reached, is too old, or is not at the newest migration."""


class FrontierError(ScraperSkyError):
    """What stands in Redis cannot be used."""


class RedisGoneError(FrontierError):
    """Redis stayed away for longer than `SCRAPERSKY_REDIS_OUTAGE_LIMIT`."""


class JobError(ScraperSkyError):
    """A job does not exist, or cannot be run now."""


class NoSuchJobError(JobError):
    """There is no job of that id."""


class ScheduleError(ScraperSkyError):
    """A schedule cannot be what is asked for."""


class NoSuchScheduleError(ScheduleError):
    """There is no schedule, or service, of that id or name."""


class TooLargeError(InputError):
    """What was sent is larger than what is read."""


class NodeError(ScraperSkyError):
    """A Scrapyd node cannot be reached, or refuses what it was asked for."""


def refuse(error: ScraperSkyError) -> NoReturn:
    """Ends the process over what its user can put right: one line, status 2.

    Scrapy would print a traceback for any exception, UsageError too, and leave with status 1.
    """
    sys.stderr.write(f"scrapersky: {error}\n")
    raise SystemExit(2)
