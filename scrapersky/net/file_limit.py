"""How many files and connections a process may have open."""

import logging
import sys

logger = logging.getLogger(__name__)

MOST_HANDLES = 1_048_576
"""Linux' own ceiling unless told otherwise (fs.nr_open); a hard limit may say "unlimited"."""


def raise_file_limit() -> int | None:
    """Raise RLIMIT_NOFILE to what the system allows without being asked, and return it.

    Past the limit connections fail that could have been made. Where it cannot be raised it stays.

    Returns:
        The limit now in force; None on a system that has none.
    """
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_HANDLES if hard == resource.RLIM_INFINITY else min(hard, MOST_HANDLES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:
        logger.warning("The limit of %d open files cannot be raised: %s", soft, error)
        return soft
    return wanted
