"""Bringing a database to the newest migration, and telling whether it is there."""

from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.pool import NullPool

from scrapersky.config import get_config
from scrapersky.db.session import connect_args, database_url
from scrapersky.errors import DatabaseError

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

HEAD = "2026_11_23_0300"
"""The newest migration. Carried here because Alembic cannot read its scripts inside an egg; a test
keeps the two together."""

OLDEST_SERVER = 150000


def prepare() -> None:
    """Makes sure that the database can be used as it is.

    The embedded server is brought to the newest migration; a server of somebody's own is not, since
    when to migrate it is theirs to say.

    Raises:
        DatabaseError: it cannot be reached, is too old, or is not at the newest migration.
    """
    url = database_url()
    found = current(url)
    if found == HEAD:
        return
    if get_config().database_url is None:
        upgrade(url)
        return
    state = "has no tables yet" if found is None else f"is at migration {found}, not {HEAD}"
    raise DatabaseError(
        f"The database {shown(url)} {state}. Run `scrapersky db upgrade` (or an equally new"
        " ScraperSky)."
    )


def current(url: URL) -> str | None:
    """The migration that the database is at; None before the first.

    Raises:
        DatabaseError: it cannot be reached, or is older than PostgreSQL 15.
    """
    with _connect(url) as connection:
        version = connection.scalar(text("SELECT current_setting('server_version_num')::int"))
        if version is None or version < OLDEST_SERVER:
            raise DatabaseError(
                f"{shown(url)} is PostgreSQL {(version or 0) // 10000};"
                " ScraperSky needs 15 or newer."
            )
        try:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)
        except ProgrammingError:  # no such table
            return None


def upgrade(url: URL, revision: str = "head") -> None:
    """Runs the migrations up to `revision`, in one transaction."""
    from alembic import command  # noqa: PLC0415 - as in _alembic

    with _connect(url) as connection:
        _serialise(connection)
        command.upgrade(_alembic(connection), revision)
        connection.commit()


def downgrade(url: URL, revision: str) -> None:
    """Takes migrations back down to `revision` ("base": all of them, with their data)."""
    from alembic import command  # noqa: PLC0415 - as in _alembic

    with _connect(url) as connection:
        _serialise(connection)
        command.downgrade(_alembic(connection), revision)
        connection.commit()


def shown(url: URL) -> str:
    """The URL as it may be printed."""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def _serialise(connection: Connection) -> None:
    # Two processes that start at once must not both migrate. Held to the end of the transaction
    # only: session locks do not survive a transaction-mode pooler.
    connection.execute(text("SELECT pg_advisory_xact_lock(7264189305571)"))


def _alembic(connection: Connection) -> "AlembicConfig":
    # Only migrations need it, and each command and crawl would pay for it.
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415 - see above

    config = AlembicConfig()
    config.set_main_option("script_location", "migrations:")
    config.attributes["connection"] = connection
    return config


def _connect(url: URL) -> Connection:
    try:
        return create_engine(
            url, poolclass=NullPool, connect_args=connect_args(url), use_native_hstore=False
        ).connect()
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise DatabaseError(
            f"The database {shown(url)} cannot be reached: {reason}. Check DATABASE_URL and that"
            " the server runs, or unset DATABASE_URL to use the embedded one."
        ) from None
