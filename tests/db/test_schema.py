"""Migrations: up, down, and in step with the tables."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from migrations.verify import Expected, verify
from scrapersky.db import schema
from scrapersky.db.session import connect_args, parse_url
from scrapersky.db.tables import metadata
from scrapersky.errors import ConfigError, DatabaseError


def connect(url: str) -> Connection:
    return create_engine(parse_url(url), poolclass=NullPool).connect()


def test_the_head_is_the_newest_script() -> None:
    assert ScriptDirectory(str(Path("migrations").resolve())).get_heads() == [schema.HEAD]


def test_migrations_and_tables_agree(database: str) -> None:
    with connect(database) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_up_down_and_up_again(empty_database: str) -> None:
    url = parse_url(empty_database)
    assert schema.current(url) is None
    schema.upgrade(url)
    assert schema.current(url) == schema.HEAD
    schema.upgrade(url)
    schema.downgrade(url, "base")
    with connect(empty_database) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    schema.upgrade(url)
    assert schema.current(url) == schema.HEAD


def test_a_migration_that_made_too_little_fails(database: str) -> None:
    with connect(database) as connection:
        verify(connection, {"jobs": Expected(columns=["id"], indexes=["ix_jobs_state_id"])})
        connection.execute(text("DROP INDEX ix_jobs_state_id"))
        wanted = {
            "jobs": Expected(columns=["id", "colour"], indexes=["ix_jobs_state_id"]),
            "moons": Expected(columns=["id"]),
        }
        with pytest.raises(RuntimeError) as caught:
            verify(connection, wanted)
    for missing in ("jobs.colour", "jobs.ix_jobs_state_id", "moons.(the table itself)"):
        assert missing in str(caught.value)


def test_two_processes_upgrade_at_once(empty_database: str) -> None:
    code = (
        "import sys; from scrapersky.db import schema; from scrapersky.db.session import parse_url;"
        "schema.upgrade(parse_url(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, empty_database]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    logs = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], logs
    assert schema.current(parse_url(empty_database)) == schema.HEAD


@pytest.mark.parametrize(
    "url", ["postgres://a@b/c", "postgresql://a@b/c", "postgresql+psycopg://a@b/c"]
)
def test_forms_of_the_url(url: str) -> None:
    assert parse_url(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "not a url: secret"])
def test_other_urls_are_refused_without_their_secrets(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_url(url)
    assert "secret" not in str(caught.value)


def test_parameters_of_libpq_pass_through() -> None:
    url = parse_url("postgresql://u@h:6543/d?sslmode=verify-full&connect_timeout=3")
    assert url.query["sslmode"] == "verify-full"
    arguments = connect_args(url)
    assert arguments["prepare_threshold"] is None
    assert "connect_timeout" not in arguments
    assert arguments["tcp_user_timeout"] == "30000"


def test_an_unreachable_server_is_one_clear_error() -> None:
    with pytest.raises(DatabaseError) as caught:
        schema.current(parse_url("postgresql://me:secret@127.0.0.1:1/x"))
    assert "postgresql://me:***@127.0.0.1:1/x cannot be reached" in str(caught.value)
    assert "\n" not in str(caught.value)
