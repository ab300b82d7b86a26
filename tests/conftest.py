"""What tests share: a real PostgreSQL, a database of its own for each test, real crawls."""

import os
import signal
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from redis import Redis
from support import Crawl

from benchmarks.redis_server import redis_server
from scrapersky.db import embedded, schema
from scrapersky.db.session import parse_url
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Web

# What a shell starts in the background ignores SIGINT, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
# pytest-xdist sets it, and tables would be folded at 80 columns.
os.environ.pop("COLUMNS", None)

pytest_plugins = ["frontier_stage", "api_stage", "schedule_plan"]

TEMPLATE = "template_scrapersky"
_numbers = count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that has a migrated template database."""
    home = tmp_path_factory.mktemp("postgres")
    url = embedded.ensure(home)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(TEMPLATE)))
    schema.upgrade(parse_url(_database(url, TEMPLATE)))
    yield url
    embedded.reset(home)


@pytest.fixture
def empty_database(postgres: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    yield from _temporary(postgres, "template1")


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """The URL of a fresh database at the newest migration."""
    yield from _temporary(postgres, TEMPLATE)


@pytest.fixture(scope="session")
def lasting_database(postgres: str) -> Iterator[str]:
    """The same for a whole session."""
    yield from _temporary(postgres, TEMPLATE)


@pytest.fixture
def web() -> Iterator[DemoServerThread]:
    """A served web without sites: tests add theirs."""
    with DemoServerThread(Web({})) as server:
        yield server


@pytest.fixture(scope="session")
def redis_process() -> Iterator[str]:
    """The URL of a server for all tests that do not stop theirs."""
    with redis_server() as server:
        yield server.url


@pytest.fixture
def redis_url(redis_process: str) -> str:
    """The same, with nothing in it."""
    with Redis.from_url(redis_process) as client:
        client.flushall()
    return redis_process


@pytest.fixture
def shared(crawl: Crawl, redis_url: str) -> Crawl:
    """Crawls whose workers share their jobs."""
    crawl.variables["REDIS_URL"] = redis_url
    return crawl


@pytest.fixture
def crawl(web: DemoServerThread, database: str) -> Crawl:
    """Crawls of that web, into that database."""
    return Crawl(web, database)


def _temporary(server: str, template: str) -> Iterator[str]:
    name = Identifier(f"test_{next(_numbers)}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(name, Identifier(template)))
    yield _database(server, name.as_string().strip('"'))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _database(url: str, name: str) -> str:
    named = parse_url(url).set(drivername="postgresql", database=name)
    return named.render_as_string(hide_password=False)
