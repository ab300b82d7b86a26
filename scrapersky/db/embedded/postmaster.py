"""The server's first process: whether it runs, its start, its end."""

import shlex
import time
from contextlib import suppress
from pathlib import Path

import psutil

from scrapersky.db.embedded import programs
from scrapersky.db.embedded.place import PORT, Place
from scrapersky.errors import DatabaseError

ORPHANS_SECONDS = 20
"""How long backends may outlive a killed postmaster before a start gives up."""

RECOVERY_SECONDS = 300
"""Replaying the log after a crash: at most ``max_wal_size``, 1 GB by default."""

STOP_SECONDS = 30


def runs(place: Place) -> bool:
    """Whether `postmaster.pid` names a live server of this directory; its pid may be reused.

    The command line is readable for every process; as root in a container, the working directory
    of another user's is not.
    """
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        command = psutil.Process(recorded_pid(place.pid_file)).cmdline()
        return Path(command[0]).name == "postgres" and str(place.data) in command
    return False


def recorded_pid(file: Path) -> int:
    return int(file.read_text().split("\n", 1)[0])


def start(place: Place) -> None:
    """Start the server and wait until it answers."""
    _forget_reused_pids(place)
    options = (
        ("-D", str(place.data)),  # for `ps` and runs(); pg_ctl itself reads PGDATA
        ("-p", str(PORT)),
        ("-c", "listen_addresses="),
        ("-c", f'unix_socket_directories="{place.sockets}"'),
        ("-c", "unix_socket_permissions=0700"),
    )
    # pg_ctl pastes its own -D and -o into a shell command; only -o can be quoted from outside.
    words = shlex.join(word for option in options for word in option)
    arguments = ("start", "-s", "-w", "-t", str(RECOVERY_SECONDS), "-o", words)
    deadline = time.monotonic() + ORPHANS_SECONDS
    while output := programs.run(place, "pg_ctl", *arguments, timeout=RECOVERY_SECONDS + 60):
        if "shared memory block" not in output or time.monotonic() > deadline:
            raise DatabaseError(
                f"The embedded PostgreSQL in {place.data} does not start. Set DATABASE_URL to use "
                f"another server, or mend what its log, {place.log}, says:\n{output}"
            )
        time.sleep(0.1)


def _forget_reused_pids(place: Place) -> None:
    """Remove the lock files whose pid is alive, but another process or a zombie.

    PostgreSQL ignores them when the pid is dead or another user's, and gives up otherwise. Should
    a server run after all, the shared memory, found by the directory's inode, stops a second one.
    """
    for file in (place.pid_file, Path(f"{place.socket}.lock")):
        with suppress(OSError, ValueError):
            if psutil.pid_exists(recorded_pid(file)):
                file.unlink()


def stop(place: Place) -> bool:
    """Stop the server; True if it was running."""
    if not runs(place):
        return False
    for mode in ("fast", "immediate"):
        arguments = ("stop", "-s", "-w", "-t", str(STOP_SECONDS), "-m", mode)
        output = programs.run(place, "pg_ctl", *arguments, timeout=STOP_SECONDS + 60)
        if not runs(place):
            return True
    raise DatabaseError(f"The embedded PostgreSQL in {place.data} does not stop:\n{output}")
