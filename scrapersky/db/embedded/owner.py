"""As whom the server runs: as the user of this process or, for root, as another one."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scrapersky.errors import DatabaseError

if sys.platform != "win32":
    import pwd


@dataclass(frozen=True, slots=True)
class Owner:
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        """Whether this process, which is root's then, has to become another user."""
        return self.uid != os.geteuid()

    @contextmanager
    def becoming(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not self.is_another:
                raise
            raise DatabaseError(
                f"PostgreSQL does not run as root, and this process may not act as the user "
                f"{self.uid} ({error}), as in a container without further users. Run as a normal "
                f"user, or set DATABASE_URL."
            ) from error

    def take(self, directory: Path) -> None:
        """Own a directory that this process has just made."""
        if not self.is_another:
            return
        try:
            with self.becoming():
                os.chown(directory, self.uid, self.gid)
        except DatabaseError:
            directory.rmdir()  # left behind, it would be refused as root's
            raise

    def make_private(self, directory: Path) -> None:
        """Make a directory for the server alone; refuse one that somebody else made or opened."""
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            self.take(directory)
        if not self.is_private(directory):
            raise DatabaseError(
                f"{directory} must be a directory of the user {self.uid} with mode 0700, and is "
                f"one of the user {directory.lstat().st_uid}, or open to others: remove it."
            )

    def is_private(self, directory: Path) -> bool:
        """Whether it is a directory, no link, that nobody else may enter."""
        try:
            found = directory.lstat()
        except OSError:
            return False
        is_closed = not found.st_mode & 0o077
        return stat.S_ISDIR(found.st_mode) and found.st_uid == self.uid and is_closed


def owner_of(data: Path) -> Owner:
    """Who runs the server of these data, which need not exist yet."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    if not data.exists():
        return _server_user()
    found = data.stat()
    if found.st_uid == 0:
        raise DatabaseError(
            f"{data} belongs to root, and PostgreSQL does not run as root. Remove it, or give it "
            f"to another user (chown), or set DATABASE_URL."
        )
    return Owner(found.st_uid, found.st_gid)


def _server_user() -> Owner:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return Owner(user.pw_uid, user.pw_gid)
    raise DatabaseError(
        "PostgreSQL does not run as root, and there is no user named postgres or nobody to run it "
        "as. Run as a normal user, or set DATABASE_URL."
    )
