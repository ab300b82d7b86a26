"""Embedded servers as other processes use them, and what tests ask of them."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql

from scrapersky.db.embedded import state
from scrapersky.db.embedded.place import locate
from scrapersky.db.embedded.postmaster import recorded_pid

CLIENT = """
import sys
from pathlib import Path
import psycopg
from scrapersky.db import embedded
from scrapersky.db.embedded import state
state.DIRECTORY = Path(sys.argv[1])
connection = psycopg.connect(embedded.ensure(Path(sys.argv[2])))
print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
connection.close()
"""


@contextmanager
def temporary_root_directory() -> Iterator[Path]:
    """What /var/lib/scrapersky is to root: a directory that other users can reach."""
    directory = Path(tempfile.mkdtemp(prefix="scrapersky-test-"))
    directory.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "DIRECTORY", directory)
        yield directory
    shutil.rmtree(directory)


def ask(url: str, query: sql.SQL) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def keep_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 'yes' AS value")


def kept(url: str) -> Any:
    return ask(url, sql.SQL("SELECT value FROM kept"))


def postmaster(home: Path) -> psutil.Process:
    return psutil.Process(recorded_pid(locate(home).pid_file))


def client(home: Path, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(state.DIRECTORY), str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
