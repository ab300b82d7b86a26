"""The data directory, which PostgreSQL calls a cluster: made, checked, deleted."""

import shutil
import tempfile
from pathlib import Path

from scrapersky.db.embedded import programs, state
from scrapersky.db.embedded.place import Place
from scrapersky.errors import DatabaseError

INITDB_SECONDS = 300
"""It takes one second, and a minute on a slow network disk."""

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


def prepare(place: Place) -> None:
    """Make the data if there are none, and all that the server needs around them.

    Raises:
        DatabaseError: The data are lost, not whole, or of another version of PostgreSQL.
    """
    if place.link.is_symlink() and not place.data.exists():
        raise DatabaseError(
            f"{place.link} leads to {place.data}, which is gone, and the data with it. (In a "
            f"container, {state.DIRECTORY} needs a volume.) Bring it back, set DATABASE_URL, or "
            f"begin anew with `scrapersky db reset`."
        )
    _remove_leftovers(place)
    if not place.data.exists() or not any(place.data.iterdir()):
        _initialise(place)
    _check_version(place)
    if place.data != place.link and not place.link.is_symlink():
        place.link.symlink_to(place.data)
    if place.sockets != place.data:
        place.owner.make_private(place.sockets)


def delete(place: Place) -> None:
    if place.sockets != place.data and place.owner.is_private(place.sockets):
        shutil.rmtree(place.sockets)
    _remove_leftovers(place)
    if place.data.exists():
        shutil.rmtree(place.data.resolve())
    if place.data != place.link and place.data.parent.exists():
        shutil.rmtree(place.data.parent)
    if place.link.is_symlink():
        place.link.unlink()


def _initialise(place: Place) -> None:
    """Run initdb aside, then rename: a killed attempt leaves nothing that looks like data."""
    owner = place.owner
    if place.data != place.link:
        state.make()
        owner.make_private(place.data.parent)
    fresh = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=place.data.parent))
    owner.take(fresh)
    if output := programs.run(place, "initdb", "-D", str(fresh), *_INITDB, timeout=INITDB_SECONDS):
        raise DatabaseError(
            f"The embedded PostgreSQL could not make its data in {fresh}. Set DATABASE_URL to use "
            f"another server, or mend what initdb says:\n{output}"
        )
    fresh.rename(place.data)


def _remove_leftovers(place: Place) -> None:
    """Under the lock, every temporary directory is that of an attempt that was killed."""
    for leftover in place.data.parent.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _check_version(place: Place) -> None:
    try:
        version = (place.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise DatabaseError(
            f"{place.data} has content, but no PG_VERSION: it is not the data of a PostgreSQL, or "
            f"no longer whole. Restore it, or begin anew with `scrapersky db reset`."
        ) from error
    if version != str(programs.MAJOR):
        raise DatabaseError(
            f"The data in {place.data} are those of PostgreSQL {version}, the programs those of "
            f"PostgreSQL {programs.MAJOR}. Dump them with the ScraperSky release that made them "
            f"and load the dump here, or begin anew with `scrapersky db reset`."
        )
