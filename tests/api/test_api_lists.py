"""Long lists outlive the API that reads them in: the next one goes on where that was."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from api_stage import System
from support import wait_until

pytestmark = pytest.mark.slow

COUNT = 9_000
BARRIER = 20_261_123
"""Number of an advisory lock."""
AT_BARRIER = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@contextmanager
def barrier(url: str) -> Iterator[None]:
    """Nobody gets further than some thousand targets of a job while this lasts."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [BARRIER])
        connection.execute(
            "CREATE FUNCTION wait_at_barrier() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN PERFORM pg_advisory_xact_lock({BARRIER}); RETURN NEW; END $$"
        )
        connection.execute(
            "CREATE TRIGGER barrier BEFORE UPDATE ON jobs FOR EACH ROW"
            " WHEN (NEW.targets_total > 4500) EXECUTE FUNCTION wait_at_barrier()"
        )
        yield
        connection.execute("SELECT pg_advisory_unlock(%s)", [BARRIER])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP FUNCTION wait_at_barrier CASCADE")


def forget(system: System) -> None:
    """Lets the time pass for which a killed API is waited for."""
    system.crawl.rows("UPDATE jobs SET loading_until = now()")
    system.crawl.rows("DELETE FROM leases")


def text(system: System) -> dict[str, Any]:
    names = [f"s{number}.test" for number in range(COUNT)]
    lines = [*names[:5_000], "no domain", "s1.test", *names[5_000:], "s2.test"]
    return {
        "params": {"spider": "homepage"},
        "content": "\n".join(lines).encode(),
        "headers": {"Content-Type": "text/plain"},
    }


def json(system: System) -> dict[str, Any]:
    names = [f"s{number}.test" for number in range(COUNT)]
    lines = [*names[:5_000], "no domain", "s1.test", *names[5_000:], "s2.test"]
    return {"json": {"spider": "homepage", "domains": lines}}


def table(system: System) -> dict[str, Any]:
    system.crawl.rows(
        "INSERT INTO domains (id, domain)"
        " SELECT gen_random_uuid(), 's' || n || '.test' FROM generate_series(0, %s) AS n",
        COUNT,
    )
    return {"json": {"spider": "homepage", "filter": {"text": "s"}}}


@pytest.mark.parametrize(
    ("asked", "how"),
    [(text, signal.SIGKILL), (json, signal.SIGTERM), (table, signal.SIGKILL)],
    ids=["a file, SIGKILL", "JSON, SIGTERM", "the table, SIGKILL"],
)
def test_the_next_api_goes_on(
    system: System, asked: Callable[[System], dict[str, Any]], how: signal.Signals
) -> None:
    system.start_api("/health")
    with barrier(system.crawl.url):
        job_id = system.call("POST", "/jobs", **asked(system))["job_id"]
        system.crawl.wait(AT_BARRIER)
        system.end("api", how)
    if how is signal.SIGKILL:
        forget(system)
    system.start_api("/health")
    system.wait_state(job_id, "queued")
    job = system.job(job_id)
    is_table = job["source"] == "filter"
    assert job["targets"]["total"] == COUNT + is_table
    assert (job["rejected"], job["duplicates"]) == ((0, 0) if is_table else (1, 2))
    wait_until(lambda: not any((system.home / "uploads").iterdir()))


def test_a_cancelled_job_leaves_no_file(system: System) -> None:
    system.start_api("/health")
    with barrier(system.crawl.url):
        job_id = system.call("POST", "/jobs", **json(system))["job_id"]
        system.crawl.wait(AT_BARRIER)
        [kept] = kept_files(system.home)
        assert orjson.loads(kept.read_bytes())["spider"] == "homepage"
        system.end("api", signal.SIGKILL)
    forget(system)
    system.crawl.rows("UPDATE jobs SET state = 'cancelled', ended_at = now()")
    system.start_api("/health")
    wait_until(lambda: not kept_files(system.home))
    assert system.job(job_id)["state"] == "cancelled"


def kept_files(home: Path) -> list[Path]:
    return list((home / "uploads").glob("job-*"))
