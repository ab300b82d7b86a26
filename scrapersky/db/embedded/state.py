"""Root's own directory, for what another user's server has to reach."""

import stat
from pathlib import Path

from scrapersky.errors import DatabaseError

DIRECTORY = Path("/var/lib/scrapersky")
"""Where root keeps data and, if need be, a copy of the binaries. Root's own, readable by all."""


def make() -> None:
    """Make the directory so that others may pass; refuse one in which others could put things."""
    DIRECTORY.mkdir(mode=0o755, parents=True, exist_ok=True)
    found = DIRECTORY.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise DatabaseError(
            f"{DIRECTORY} must be a directory of root that nobody else may write to, and is one "
            f"of the user {found.st_uid} with mode {stat.S_IMODE(found.st_mode):04o}."
        )
