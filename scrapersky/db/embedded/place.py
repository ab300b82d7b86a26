"""Where the data, the socket, the log and the lock of a home's server are."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from scrapersky.db.embedded import state
from scrapersky.db.embedded.owner import Owner, owner_of
from scrapersky.errors import DatabaseError

if sys.platform != "win32":
    import fcntl

PORT = 5432
"""Only a part of the socket's name: the server does not listen on TCP."""

SOCKET = f".s.PGSQL.{PORT}"

SOCKET_PATH_LIMIT = 103
"""``sun_path`` holds 104 bytes on macOS and 108 on Linux, with the closing zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    home: Path
    data: Path
    """For root in :data:`state.DIRECTORY`, else at `link`."""

    @property
    def link(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def lock(self) -> Path:
        return self.home / "postgres.lock"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def sockets(self) -> Path:
        # A comma separates directories for the server and hosts for libpq.
        path = os.fsencode(self.data / SOCKET)
        if len(path) <= SOCKET_PATH_LIMIT and b"," not in path and b'"' not in path:
            return self.data
        # Not tempfile.gettempdir(): processes with another TMPDIR must find the same socket.
        return Path("/tmp") / f"scrapersky-{_digest(self.data)}"  # noqa: S108  ownership is verified

    @property
    def socket(self) -> Path:
        return self.sockets / SOCKET

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.sockets))}&port={PORT}"

    @property
    def owner(self) -> Owner:
        return owner_of(self.data)


def locate(home: Path) -> Place:
    if sys.platform == "win32":
        raise DatabaseError(
            "The embedded PostgreSQL does not run on Windows: set DATABASE_URL to a PostgreSQL "
            "server, or use WSL."
        )
    home = home.resolve()
    return Place(home=home, data=_data(home))


def _data(home: Path) -> Path:
    link = home / "postgres"
    if os.geteuid() != 0:
        return link
    if not link.is_symlink():
        return link if link.exists() else state.DIRECTORY / _digest(home) / "postgres"
    # Followed rather than computed: the home may have been moved since.
    target = link.readlink()
    if target.parent.parent != state.DIRECTORY:
        raise DatabaseError(
            f"{link} leads to {target}, which is not in {state.DIRECTORY}: root does not use it. "
            f"Run as the user who owns it, remove the link, or set DATABASE_URL."
        )
    return target


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """The home, made if need be, for this process alone."""
    try:
        place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with opened(place.lock) as lock, ExitStack() as stack:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Closing is not enough: a process forked meanwhile would keep the lock.
            stack.callback(fcntl.flock, lock, fcntl.LOCK_UN)
            yield
    except OSError as error:
        raise DatabaseError(
            f"The embedded PostgreSQL in {place.home} cannot be used: {error}. Run as the user "
            f"who owns that directory, choose another one, or set DATABASE_URL."
        ) from error


def opened(path: Path, flags: int = 0) -> BinaryIO:
    """A file of the home, made if need be."""
    # As root in a home that is another user's, a link could lead anywhere.
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | flags, 0o600), "r+b")
