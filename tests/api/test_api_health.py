"""What `/health/ready` and `/metrics` say, when all is well and when something is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import psycopg
import pytest
from api_stage import System, free_port
from prometheus_client.parser import text_string_to_metric_families
from psycopg.sql import SQL, Identifier
from support import company, wait_until

from benchmarks.redis_server import redis_server
from scrapersky.db.schema import HEAD
from scrapersky.db.session import parse_url

pytestmark = pytest.mark.slow


def ready(system: System) -> tuple[int, dict[str, Any]]:
    answer = httpx2.get(f"{system.url}/health/ready", trust_env=False, timeout=30)
    said = answer.json()
    assert said["status"] == ("ok" if answer.status_code == 200 else "unavailable")
    return answer.status_code, said["checks"]


def wrong(system: System, name: str) -> str:
    """Why it is not ready, where only this is wrong."""
    status, checks = ready(system)
    assert status == 503
    assert [check for check, found in checks.items() if not found["ok"]] == [name]
    return str(checks[name]["error"])


def metrics(system: System) -> dict[tuple[str, ...], float]:
    """The samples, by name and the values of their labels, which stand in alphabetical order."""
    with system.client() as client:
        answer = client.get(f"{system.url}/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_all_is_well(running: System) -> None:
    running.crawl.web.web.add("a.test", company())
    done = running.submit("a.test", "no.test")
    running.wait_state(done, "completed_with_errors")
    _, names = running.held(1)
    job_id = running.submit(*names)
    running.worker(job_id)
    assert ready(running) == (
        200,
        {
            "database": {"ok": True, "migration": HEAD},
            "redis": {"ok": True, "configured": False},
            "nodes": {"ok": True, "reachable": 1, "unreachable": []},
        },
    )
    node = running.node_url()
    assert metrics(running) == {
        ("scrapersky_jobs", "homepage", "completed_with_errors"): 1,
        ("scrapersky_jobs", "homepage", "running"): 1,
        ("scrapersky_targets_ended_total", "completed", "homepage"): 1,
        ("scrapersky_targets_ended_total", "errors", "homepage"): 1,
        ("scrapersky_node_up", node): 1,
        ("scrapersky_node_slots", node): 2,
        ("scrapersky_node_running", node): 1,
    }


def test_a_migration_behind(running: System) -> None:
    running.crawl.rows("UPDATE alembic_version SET version_num = '2020_01_01_0000'")
    try:
        said = wrong(running, "database")
    finally:
        running.crawl.rows("UPDATE alembic_version SET version_num = %s", HEAD)
    assert said == f"It is at migration 2020_01_01_0000, not {HEAD}: run `scrapersky db upgrade`."
    assert ready(running)[0] == 200


def test_the_database_is_away(running: System) -> None:
    with refused_connections(running.crawl.url), running.client() as client:
        # First each connection of its pool has to find out.
        wait_until(lambda: "not currently accepting" in wrong(running, "database"))
        assert "Check DATABASE_URL" in wrong(running, "database")
        assert httpx2.get(f"{running.url}/health", trust_env=False).status_code == 200
        answer = client.get(f"{running.url}/metrics")
        assert answer.status_code == 503
        assert "database" in answer.json()["detail"]
        assert answer.headers["Retry-After"] == "5"
    wait_until(lambda: ready(running)[0] == 200)


@contextmanager
def refused_connections(url: str) -> Iterator[None]:
    """The server refuses everybody who wants to that database, and ends who is in it."""
    name = parse_url(url).database or ""
    allow = SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        connection.execute(allow.format(Identifier(name), SQL("false")))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(allow.format(Identifier(name), SQL("true")))


def test_redis_is_away_and_nodes_are(system: System) -> None:
    system.node_ports.append(free_port())
    with redis_server() as server:
        system.variables["REDIS_URL"] = server.url
        system.start_node()
        system.start_api()  # one of two nodes will do
        status, checks = ready(system)
        assert status == 200
        assert checks["redis"] == {"ok": True, "configured": True}
        assert checks["nodes"]["reachable"] == 1
        [unreachable] = checks["nodes"]["unreachable"]
        assert unreachable.startswith(f"The node {system.node_url(1)} does not answer")
    assert "Redis" in wrong(system, "redis")
    system.end("node")
    status, checks = ready(system)
    assert status == 503
    assert "scrapersky node" in checks["nodes"]["error"]
    assert "SCRAPERSKY_NODES" in checks["nodes"]["error"]
    found = metrics(system)
    assert found["scrapersky_node_up", system.node_url()] == 0
    assert ("scrapersky_node_slots", system.node_url()) not in found
