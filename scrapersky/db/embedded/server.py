"""The server of a home: brought to life, asked, stopped, deleted."""

import os
import time
from pathlib import Path

from psycopg import pq
from psycopg.conninfo import make_conninfo

from scrapersky.db.embedded import cluster, postmaster
from scrapersky.db.embedded.place import Place, locate, locked
from scrapersky.errors import DatabaseError


def ensure(home: Path) -> str:
    """The URL of the server that belongs to `home`, which is started first if it is not alive.

    Takes a few milliseconds when the server is alive, a fifth of a second to start it, a second to
    initialise its data. May be called by any number of processes and threads at once.

    Raises:
        DatabaseError: The server cannot be started; the message ends with its last log lines.
    """
    place = locate(home)
    if _ping(place) == pq.Ping.OK:
        return place.url
    with locked(place):
        _mend(place)
    return place.url


def is_alive(home: Path) -> bool:
    """Whether the server of `home` accepts connections now."""
    return _ping(locate(home)) == pq.Ping.OK


def stop(home: Path) -> bool:
    """Stop the server of `home`; True if it was running.

    Open transactions are rolled back. After 30 s without an end the server is stopped the hard
    way, and recovers at its next start.
    """
    place = locate(home)
    if not place.home.is_dir():
        return False
    with locked(place):
        return postmaster.stop(place)


def reset(home: Path) -> None:
    """Stop the server of `home` and delete all its data."""
    place = locate(home)
    if not place.home.is_dir():
        return
    with locked(place):
        postmaster.stop(place)
        cluster.delete(place)
        place.log.unlink(missing_ok=True)


def _mend(place: Place) -> None:
    if _settled(place) == pq.Ping.OK:
        return
    postmaster.stop(place)  # alive but out of reach, because somebody removed its socket
    cluster.prepare(place)
    postmaster.start(place)
    if _settled(place) != pq.Ping.OK:
        raise DatabaseError(
            f"The embedded PostgreSQL in {place.data} has started and yet does not answer at "
            f"{place.url}. See {place.log}, and look for PG… variables in the environment."
        )


def _settled(place: Place) -> pq.Ping:
    deadline = time.monotonic() + postmaster.RECOVERY_SECONDS
    while (answer := _ping(place)) != pq.Ping.OK and _may_answer_later(place, answer):
        if time.monotonic() > deadline:
            raise DatabaseError(
                f"The embedded PostgreSQL in {place.data} runs and has not answered for "
                f"{postmaster.RECOVERY_SECONDS} s. See {place.log}, or end it with "
                f"`scrapersky db stop`."
            )
        time.sleep(0.05)
    return answer


def _may_answer_later(place: Place, answer: pq.Ping) -> bool:
    """Starting, stopping, recovering, or overloaded: but not with its socket gone."""
    return answer == pq.Ping.REJECT or (place.socket.exists() and postmaster.runs(place))


def _ping(place: Place) -> pq.Ping:
    """Connect and hang up; REJECT means that it is starting, stopping or recovering.

    A server whose connections are all in use is alive too, which a query could not tell.
    https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PQPING
    """
    if not os.path.exists(place.data / "PG_VERSION"):  # noqa: PTH110  Path raises on a closed one
        return pq.Ping.NO_RESPONSE  # of a server whose data somebody deleted nothing is expected
    if place.sockets != place.data and not place.owner.is_private(place.sockets):
        return pq.Ping.NO_RESPONSE  # in /tmp anybody could offer a server under this name
    conninfo = make_conninfo(place.url, connect_timeout=10)
    return pq.Ping(pq.PGconn.ping(conninfo.encode()))
