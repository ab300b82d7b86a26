"""Calls from the database: the API's side, and PostgreSQL's with a real pg_cron."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx2
import psycopg
import pytest
from api_stage import SECRET, System, free_port
from psycopg.rows import dict_row
from schedule_plan import Plan
from support import ROOT, Crawl, wait_until

from api.workflows import CronRequest, process
from scrapersky.config import Config
from scrapersky.db import schema, services
from scrapersky.db.session import parse_url
from scrapersky.demo.server import DemoServerThread
from scrapersky.states import Workflow
from scrapersky.tokens import make

KEYS = ["status", "workflow", "processed_count", "execution_time_ms", "timestamp", "errors"]
ADD = (
    "INSERT INTO domains (id, domain, sitemap_curation_status, sitemap_analysis_status)"
    " VALUES (gen_random_uuid(), %s, 'Selected', 'queued')"
)


async def call(plan: Plan, **wanted: Any) -> dict[str, Any]:
    answer, _ = await process(plan.sessions, Workflow.WF4, CronRequest(**wanted), 1)
    return answer.model_dump()


async def test_a_call_claims_starts_and_logs(plan: Plan) -> None:
    for number in range(3):
        plan.rows(ADD, f"s{number}.test")
    counts = [(await call(plan, batch_size=2))["processed_count"] for _ in range(3)]
    assert counts == [2, 1, 0]
    jobs = plan.rows("SELECT id, arguments, targets_total FROM jobs ORDER BY id")
    assert [job["targets_total"] for job in jobs] == [2, 1]
    assert jobs[0]["arguments"] == {"stage": "submission"}
    log = plan.rows("SELECT * FROM cron_execution_log ORDER BY executed_at")
    assert [row["response"]["processed_count"] for row in log] == counts
    assert log[0]["response"]["job_id"] == str(jobs[0]["id"])
    assert {(row["workflow"], row["function"], row["status"]) for row in log} == {
        ("wf4", "cron-process", "success")
    }
    assert all(row["duration_ms"] >= 0 for row in log)


async def test_a_full_service_claims_nothing_and_says_so(plan: Plan) -> None:
    for number in range(services.MOST_JOBS + 1):
        plan.rows(ADD, f"s{number}.test")
    for _ in range(services.MOST_JOBS):
        assert (await call(plan, batch_size=1))["status"] == "success"
    answer = await call(plan, batch_size=1)
    assert (answer["status"], answer["processed_count"]) == ("error", 0)
    assert answer["errors"] == ["5 jobs of sitemap-submission have not ended."]


async def test_what_fails_is_logged(plan: Plan) -> None:
    plan.rows(ADD, "a.test")
    plan.rows("ALTER TABLE job_targets RENAME TO away")
    with pytest.raises(Exception, match="job_targets"):
        await call(plan)
    [row] = plan.rows("SELECT * FROM cron_execution_log")
    assert (row["status"], row["response"]) == ("error", None)
    assert "job_targets" in row["error"]
    assert plan.rows("SELECT sitemap_analysis_status AS s FROM domains") == [{"s": "queued"}]
    assert plan.rows("SELECT id FROM jobs") == []


# --- PostgreSQL's side --------------------------------------------------------------------------

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
CRON = sorted(Path("/usr/share/postgresql").glob("*/extension/pg_cron.control"))
VERSIONS = {path.parts[4] for path in PROGRAMS} & {path.parts[4] for path in CRON}
needs_pg_cron = pytest.mark.skipif(
    not VERSIONS, reason="Debian's postgresql-NN-cron is not installed"
)
SCRIPT = (ROOT / "scripts" / "pg_cron.sql").read_text("utf-8")

# What pg_net has, as far as the script uses it. What is asked can be seen, and goes nowhere.
NET = """
CREATE SCHEMA net;
CREATE TABLE net.asked (
    id bigserial, url text, body jsonb, headers jsonb, timeout_milliseconds integer
);
CREATE TABLE net._http_response (
    id bigint, status_code integer, content_type text, headers jsonb, content text,
    timed_out boolean, error_msg text, created timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION net.http_post(
    url text, body jsonb DEFAULT '{}', params jsonb DEFAULT '{}',
    headers jsonb DEFAULT '{"Content-Type": "application/json"}',
    timeout_milliseconds integer DEFAULT 5000
) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO net.asked (url, body, headers, timeout_milliseconds)
    VALUES (http_post.url, http_post.body, http_post.headers, http_post.timeout_milliseconds)
    RETURNING id
$$;
"""


@dataclass
class CronDatabase:
    """A database with the script in it."""

    url: str

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, row_factory=dict_row, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *parameters: object) -> Any:
        [row] = self.rows(query, *parameters)
        return next(iter(row.values()))

    def answer(self, request_id: int, status: int | None, content: str = "", **more: Any) -> None:
        self.rows(
            "INSERT INTO net._http_response (id, status_code, content, timed_out, error_msg)"
            " VALUES (%s, %s, %s, %s, %s)",
            request_id, status, content, more.get("timed_out"), more.get("error_msg"),
        )  # fmt: skip

    def log(self) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT *, retry_at - now() AS pause FROM cron_execution_log"
            " WHERE function <> 'cron-process' ORDER BY executed_at"
        )


@pytest.fixture(scope="module")
def cron_server() -> Iterator[str]:
    """Debian's server with pg_cron, on a port of its own."""
    version = max(VERSIONS, key=int)
    programs = Path("/usr/lib/postgresql") / version / "bin"
    owner = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path(mkdtemp(prefix="pg-cron-"))
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(
            command, user=owner.pw_uid, group=owner.pw_gid, cwd=folder, capture_output=True,
            text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    run("initdb", "-U", "postgres", "-A", "trust", "--no-sync")
    with (folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write(
            f"port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
            "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'postgres'\n"
            "cron.use_background_workers = on\nmax_worker_processes = 20\nfsync = off\n"
        )
    run("pg_ctl", "-w", "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def cron(cron_server: str) -> Iterator[CronDatabase]:
    """pg_cron runs in one database of a server, so this is always the same, emptied."""
    schema.upgrade(parse_url(cron_server))
    made = CronDatabase(cron_server)
    made.rows(NET)
    for _ in range(2):  # it may be run again
        with psycopg.connect(cron_server, autocommit=True) as connection:
            connection.execute(SCRIPT.encode())
    made.rows("SELECT scrapersky_cron.configure('http://api.test/', 'a token')")
    yield made
    made.rows("SELECT scrapersky_cron.unschedule()")
    made.rows("DROP SCHEMA net CASCADE")
    made.rows("DROP SCHEMA scrapersky_cron CASCADE")
    made.rows("DELETE FROM cron.job_run_details")
    schema.downgrade(parse_url(cron_server), "base")


@needs_pg_cron
def test_what_is_asked(cron: CronDatabase) -> None:
    number = cron.value("SELECT process_wf4_domains(25)")
    [asked] = cron.rows("SELECT * FROM net.asked")
    assert asked["id"] == number
    assert asked["url"] == "http://api.test/api/v3/workflows/wf4/cron-process"
    assert asked["headers"]["Authorization"] == "Bearer a token"
    body = CronRequest.model_validate(asked["body"])
    assert (body.batch_size, body.cron_trigger) == (25, True)
    assert body.timestamp is not None
    [row] = cron.log()
    assert (row["function"], row["status"], row["attempt"]) == ("process_wf4_domains", "sent", 1)
    assert cron.value("SELECT process_wf4_domains()") is None, "the first has no answer yet"
    assert cron.value("SELECT process_wf5_sitemaps()") == number + 1
    assert cron.value("SELECT process_wf6_imports()") == number + 2
    assert "batch_size" not in cron.rows("SELECT body FROM net.asked ORDER BY id")[1]["body"]
    cron.answer(number, 200, '{"status": "success", "processed_count": 3, "errors": []}')
    cron.answer(number + 1, 200, '{"status": "error", "errors": ["5 jobs have not ended."]}')
    cron.answer(number + 2, 200, "<html>a proxy's page")
    assert cron.value("SELECT scrapersky_cron.read_answers()") == 3
    log = cron.log()
    assert [row["status"] for row in log] == ["success", "error", "success"]
    assert log[0]["response"]["processed_count"] == 3
    assert (log[1]["error"], log[2]["response"]) == (
        "5 jobs have not ended.",
        "<html>a proxy's page",
    )
    assert cron.value("SELECT process_wf4_domains()") == number + 3


@needs_pg_cron
def test_retries_with_a_longer_pause_each_time(cron: CronDatabase) -> None:
    cron.rows("SELECT process_wf4_domains(7)")
    failures: list[dict[str, Any]] = [
        {"status": 503, "content": '{"detail": "The database is away."}'},
        {"status": None, "error_msg": "Couldn't connect to server"},
        {"status": None, "timed_out": True},
        {"status": 429},
        {"status": 500},
    ]
    for attempt, failure in enumerate(failures, 1):
        number = cron.value("SELECT max(id) FROM net.asked")
        cron.answer(number, **failure)
        assert cron.value("SELECT scrapersky_cron.read_answers()") == 1
        row = cron.log()[-1]
        assert row["attempt"] == attempt
        if attempt == len(failures):
            break
        assert row["status"] == "waiting"
        pause = timedelta(seconds=30 * 2 ** (attempt - 1))
        assert pause - timedelta(seconds=10) < row["pause"] <= pause
        assert cron.value("SELECT process_wf4_domains()") is None
        assert cron.value("SELECT scrapersky_cron.read_answers()") == 0, "it is not due"
        cron.rows("UPDATE cron_execution_log SET retry_at = now() WHERE status = 'waiting'")
        cron.rows("SELECT scrapersky_cron.read_answers()")
    log = cron.log()
    assert [row["status"] for row in log] == ["retried"] * 4 + ["error"]
    assert log[0]["error"] == 'Status 503: {"detail": "The database is away."}'
    assert log[1]["error"] == "Couldn't connect to server"
    assert log[2]["error"] == "The API did not answer in time."
    assert {row["request"]["batch_size"] for row in log} == {7}
    assert cron.value("SELECT process_wf4_domains()") is not None, "the next minute begins anew"


@needs_pg_cron
def test_what_is_refused_and_what_is_lost(cron: CronDatabase) -> None:
    number = cron.value("SELECT process_wf4_domains()")
    cron.answer(number, 401, '{"detail": "The token does not count."}')
    cron.rows("SELECT scrapersky_cron.read_answers()")
    assert cron.log()[0]["status"] == "error", "a wrong token stays wrong"
    cron.rows("SELECT process_wf4_domains()")
    cron.rows("UPDATE cron_execution_log SET executed_at = now() - interval '6 minutes'")
    cron.rows("SELECT scrapersky_cron.read_answers()")
    lost = cron.rows("SELECT * FROM cron_execution_log WHERE status = 'waiting'")
    assert [row["error"] for row in lost] == ["No answer came."]
    cron.rows("DELETE FROM scrapersky_cron.settings")
    with pytest.raises(psycopg.errors.RaiseException, match="configure"):
        cron.rows("SELECT process_wf5_sitemaps()")


@needs_pg_cron
def test_nobody_else_sees_the_token(cron: CronDatabase) -> None:
    cron.rows("DROP ROLE IF EXISTS stranger")
    cron.rows("CREATE ROLE stranger LOGIN")
    with psycopg.connect(cron.url.replace("postgres@", "stranger@")) as connection:
        for query in (b"SELECT * FROM scrapersky_cron.settings", b"SELECT process_wf4_domains()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(query)
            connection.rollback()


@needs_pg_cron
@pytest.mark.slow
def test_a_minute_with_pg_cron(cron: CronDatabase, web: DemoServerThread, tmp_path: Path) -> None:
    """pg_cron calls by the minute; what it asks for is carried to a real API, and back."""
    system = System(Crawl(web, cron.url), tmp_path)
    token, _ = make(Config(jwt_secret=SECRET), subject="cron", lifetime=timedelta(hours=1))
    cron.rows("SELECT scrapersky_cron.configure(%s, %s)", system.url, token)
    cron.rows(ADD, "a.test")
    cron.rows("SELECT scrapersky_cron.schedule()")
    cron.rows("SELECT scrapersky_cron.schedule()")
    jobs = [row["job"] for row in cron.rows("SELECT job FROM get_cron_job_status()")]
    names = ("answers", "forget", "wf4", "wf5", "wf6")
    assert jobs == [f"scrapersky-{name}" for name in names]
    try:
        system.start()
        wait_until(
            lambda: bool(cron.rows("SELECT 1 FROM net.asked WHERE url LIKE '%wf4%'")), seconds=90
        )
        for asked in cron.rows("SELECT * FROM net.asked"):
            answer = httpx2.post(
                asked["url"], json=asked["body"], headers=asked["headers"], trust_env=False
            )
            assert answer.status_code == 200, answer.text
            assert list(answer.json()) == KEYS
            cron.answer(asked["id"], 200, answer.text)
        wait_until(lambda: bool(cron.rows(
            "SELECT 1 FROM cron_execution_log WHERE function = 'process_wf4_domains'"
            " AND status = 'success' AND response ->> 'processed_count' = '1'"
        )), seconds=90)  # fmt: skip
        ended = "SELECT 1 FROM domains WHERE sitemap_analysis_status IN ('submitted', 'failed')"
        wait_until(lambda: bool(cron.rows(ended)), seconds=90)
    finally:
        system.stop()
    status = {row["job"]: row for row in cron.rows("SELECT * FROM get_cron_job_status()")}
    assert status["scrapersky-wf4"]["run_status"] == "succeeded"
    assert status["scrapersky-wf4"]["call_status"] in {"success", "sent"}
    assert cron.value("SELECT scrapersky_cron.unschedule()") == len(names)
    assert cron.rows("SELECT * FROM get_cron_job_status()") == []


@needs_pg_cron
def test_the_page_s_queries_run(cron: CronDatabase) -> None:
    page = (ROOT / "docs" / "pg-cron.md").read_text("utf-8")
    queries = page.partition("## Watching")[2].partition("```sql")[2].partition("```")[0]
    found = [query for query in queries.split(";") if query.strip()]
    assert len(found) == 4
    for query in found:
        cron.rows(query)
    cron.rows("SELECT scrapersky_cron.forget()")
