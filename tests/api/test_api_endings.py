"""The ways for a job to end, each made to happen: the state is right, and the reason is one."""

import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from api_stage import System
from support import ROOT, Crawl, company, wait_until

from scrapersky.db import embedded, schema
from scrapersky.db.session import parse_url
from scrapersky.demo.server import DemoServerThread

pytestmark = pytest.mark.slow


def test_done(running: System) -> None:
    running.crawl.web.web.add("a.test", company())
    job = running.wait_state(running.submit("a.test"), "completed")
    assert job["reason"] is None


def test_errors_in_all_targets(running: System) -> None:
    job = running.wait_state(running.submit("no.test", "nor.test"), "completed_with_errors")
    assert job["targets_error"] == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (
            "if 'crawl' in sys.orig_argv: raise RuntimeError('the moon is down')",
            "the moon is down.",
        ),
        ("import no_such_module", "No module named 'no_such_module'."),
        ("if 'crawl' in sys.orig_argv: raise MemoryError", "Its worker ran out of memory."),
    ],
    ids=["exception at start", "bad import", "out of memory at start"],
)
def test_a_worker_that_cannot_start(system: System, fault: str, reason: str) -> None:
    """The package of the spiders is broken: for Scrapyd's list of them too, or for workers."""
    folder = system.home / "faulty" / "spiders"
    folder.mkdir(parents=True)
    text = f"import sys\n__path__.append({str(ROOT / 'spiders')!r})\n{fault}\n"
    (folder / "__init__.py").write_text(text)
    system.variables |= {"PYTHONPATH": str(folder.parent), "SCRAPERSKY_WORKER_LOSSES": "1"}
    system.start()
    job = system.wait_state(system.submit("a.test"), "failed")
    assert reason in job["reason"]
    assert "number 2 in a row" in job["reason"]
    assert [worker["pid"] for worker in system.workers(str(job["id"]))] == [None, None]


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        (signal.SIGKILL, "was killed (SIGKILL): by somebody, or because memory ran out."),
        (signal.SIGTERM, "shutdown"),
    ],
    ids=["SIGKILL", "SIGTERM"],
)
def test_a_worker_that_is_ended_by_a_signal(
    running: System, how: signal.Signals, cause: str
) -> None:
    gate, names = running.held(260)  # more than a worker has in flight
    job_id = running.submit(*names)
    worker = running.worker(job_id)
    wait_until(lambda: len(running.crawl.fetched("/")) >= 1)
    psutil.Process(worker["pid"]).send_signal(how)
    wait_until(lambda: not psutil.pid_exists(worker["pid"]) or "SIGTERM" in log_of(running, worker))
    gate.open()
    running.wait_state(job_id, "completed")
    first, second = running.workers(job_id)
    assert cause in first["reason"]
    assert second["reason"] == "finished"
    assert sorted(set(running.crawl.fetched("/"))) == sorted(names)


def log_of(system: System, worker: dict[str, Any]) -> str:
    return system.worker_log(worker["id"]).read_text("utf-8")


def test_one_that_is_killed_again_and_again(running: System) -> None:
    _, names = running.held(10)
    job_id = running.submit(*names)
    for _ in range(2):
        psutil.Process(running.worker(job_id)["pid"]).kill()
        wait_until(lambda: not alive(running, job_id))
    job = running.wait_state(job_id, "failed")
    assert "SIGKILL" in job["reason"]
    assert "number 2 in a row without progress" in job["reason"]
    # A person may have it tried again.
    assert running.call("POST", f"/jobs/{job_id}/retry")["status"] == "queued"
    running.worker(job_id)


def alive(system: System, job_id: str) -> bool:
    return any(row["pid"] and row["closed_at"] is None for row in system.workers(job_id))


def test_out_of_memory(system: System) -> None:
    system.variables |= {"SCRAPERSKY_WORKER_MEMORY": "50", "SCRAPERSKY_WORKER_LOSSES": "0"}
    system.start()
    _, names = system.held(10)
    job = system.wait_state(system.submit(*names), "failed")
    assert job["reason"].startswith("Its worker needed more memory than it may have.")


def test_cancelled_while_pending(running: System) -> None:
    """There is no slot for it."""
    _, names = running.held(10)
    for job_id in [running.submit(*names), running.submit(*names)]:
        running.worker(job_id)
    third = running.submit("a.test")
    running.wait_state(third, "queued")
    running.call("POST", f"/jobs/{third}/cancel")
    job = running.wait_state(third, "cancelled")
    assert job["reason"] == "Cancelled by tester."
    assert running.workers(third) == []
    query = "SELECT 1 FROM job_targets WHERE job_id = %s AND state = 'cancelled'"
    running.crawl.wait(query, third)


def test_cancelled_while_running(running: System) -> None:
    """Its sites never answer, so its worker is ended after its grace."""
    _, names = running.held(20)
    job_id = running.submit(*names)
    worker = running.worker(job_id)
    wait_until(lambda: len(running.crawl.fetched("/")) >= 1)
    running.call("POST", f"/jobs/{job_id}/cancel")
    running.wait_state(job_id, "cancelled")
    wait_until(lambda: not psutil.pid_exists(worker["pid"]))
    wait_until(lambda: running.workers(job_id)[0]["closed_at"] is not None)
    running.crawl.wait(
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM job_targets WHERE job_id = %s"
        " AND state = 'pending')",
        job_id,
    )


def test_the_node_is_killed_with_its_workers(system: System) -> None:
    """As when its machine goes down; then it comes back."""
    system.start()
    gate, names = system.held(20, free=5)
    job_id = system.submit(*names)
    worker = system.worker(job_id)
    system.wait_ended(job_id, 5)
    system.end("node", signal.SIGKILL)
    psutil.Process(worker["pid"]).kill()
    gate.open()
    system.start_node()
    system.wait_state(job_id, "completed")
    first, second = system.workers(job_id)
    assert first["reason"] in {  # as the API looked before the node was back, or after
        "Its node was restarted, and its worker is gone.",
        f"Its node {system.node_url()} is gone, and so is its worker.",
    }
    assert second["reason"] == "finished"


def test_scrapyd_is_restarted_and_its_workers_live_on(system: System) -> None:
    system.start()
    gate, names = system.held(20, free=5)
    job_id = system.submit(*names)
    worker = system.worker(job_id)
    system.end("node", signal.SIGKILL)
    system.start_node()
    wait_until(lambda: system.call("GET", "/nodes")["data"][0].get("running") == 1)
    gate.open()
    system.wait_state(job_id, "completed")
    [only] = system.workers(job_id)
    assert (only["id"], only["reason"]) == (worker["id"], "finished")


def test_the_database_is_gone_for_a_while(tmp_path: Path, web: DemoServerThread) -> None:
    home = tmp_path / "database"
    home.mkdir()
    url = embedded.ensure(home)
    schema.upgrade(parse_url(url))
    system = System(Crawl(web, url), tmp_path)
    try:
        system.start()
        gate, names = system.held(20, free=5)
        job_id = system.submit(*names)
        system.wait_ended(job_id, 5)
        embedded.stop(home)
        assert_unavailable(system, f"/jobs/{job_id}")
        gate.open()  # the endings wait for the database
        embedded.ensure(home)
        system.wait_state(job_id, "completed")
        assert [worker["reason"] for worker in system.workers(job_id)] == ["finished"]
    finally:
        system.stop()
        embedded.reset(home)


def assert_unavailable(system: System, path: str) -> None:
    with system.client() as client:
        answer = client.get(path)
    assert answer.status_code == 503
    assert "database" in answer.json()["detail"]
