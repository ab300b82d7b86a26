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
from scrapersky.demo.behaviours import Slow
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Site, page

pytestmark = pytest.mark.slow

SLOW = 0.3


def slow_sites(system: System, count: int, seconds: float = SLOW) -> list[str]:
    """Sites that answer after a while: a job over them takes some seconds."""
    names = [f"slow{number}.test" for number in range(count)]
    answer = page("<title>Slow</title><p>But sure.</p>")
    for name in names:
        system.crawl.web.web.add(name, Site(paths={"/": Slow(seconds, answer)}))
    return names


def begun(system: System, job_id: str) -> dict[str, Any]:
    """Its worker, once it has written something."""
    worker = system.worker(job_id)
    system.crawl.wait("SELECT 1 FROM jobs WHERE id = %s AND targets_completed >= 1", job_id)
    return worker


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
    system: System, how: signal.Signals, cause: str
) -> None:
    system.start()
    names = slow_sites(system, 260, 0.5)  # more than a worker has in flight
    job_id = system.submit(*names)
    worker = begun(system, job_id)
    psutil.Process(worker["pid"]).send_signal(how)
    system.wait_state(job_id, "completed")
    first, second = system.workers(job_id)
    assert cause in first["reason"]
    assert second["reason"] == "finished"
    assert sorted(set(system.crawl.fetched("/"))) == sorted(names)


def test_one_that_is_killed_again_and_again(system: System) -> None:
    system.variables["SCRAPERSKY_WORKER_LOSSES"] = "1"
    system.start()
    job_id = system.submit(*slow_sites(system, 10, 30))
    for _ in range(2):
        psutil.Process(system.worker(job_id)["pid"]).kill()
        wait_until(lambda: not alive(system, job_id))
    job = system.wait_state(job_id, "failed")
    assert "SIGKILL" in job["reason"]
    assert "number 2 in a row without progress" in job["reason"]
    # A person may have it tried again.
    assert system.call("POST", f"/jobs/{job_id}/retry")["status"] == "queued"
    system.worker(job_id)


def alive(system: System, job_id: str) -> bool:
    return any(row["pid"] and row["closed_at"] is None for row in system.workers(job_id))


def test_out_of_memory(system: System) -> None:
    system.variables |= {"SCRAPERSKY_WORKER_MEMORY": "50", "SCRAPERSKY_WORKER_LOSSES": "0"}
    system.start()
    job = system.wait_state(system.submit(*slow_sites(system, 10, 30)), "failed")
    assert job["reason"].startswith("Its worker needed more memory than it may have.")


def test_cancelled_while_pending(system: System) -> None:
    """There is no slot for it."""
    system.slots = 1
    system.start()
    first = system.submit(*slow_sites(system, 20, 30))
    system.worker(first)
    second = system.submit("a.test")
    system.wait_state(second, "queued")
    system.call("POST", f"/jobs/{second}/cancel")
    job = system.wait_state(second, "cancelled")
    assert job["reason"] == "Cancelled by tester."
    assert system.workers(second) == []
    query = "SELECT 1 FROM job_targets WHERE job_id = %s AND state = 'cancelled'"
    system.crawl.wait(query, second)


def test_cancelled_while_running(system: System) -> None:
    system.variables["SCRAPERSKY_STOP_GRACE"] = "1"
    system.start()
    job_id = system.submit(*slow_sites(system, 20, 30))
    worker = system.worker(job_id)
    wait_until(lambda: len(system.crawl.fetched("/")) >= 1)
    system.call("POST", f"/jobs/{job_id}/cancel")
    wait_until(lambda: not psutil.pid_exists(worker["pid"]))
    system.wait_state(job_id, "cancelled")
    wait_until(lambda: system.workers(job_id)[0]["closed_at"] is not None)
    system.crawl.wait(
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM job_targets WHERE job_id = %s"
        " AND state = 'pending')",
        job_id,
    )


def test_the_node_is_killed_with_its_workers(system: System) -> None:
    """As when its machine goes down; then it comes back."""
    system.start()
    names = slow_sites(system, 96, 1.0)
    job_id = system.submit(*names)
    worker = begun(system, job_id)
    system.end("node", signal.SIGKILL)
    psutil.Process(worker["pid"]).kill()
    system.start_node()
    system.wait_state(job_id, "completed")
    first, second = system.workers(job_id)
    assert first["reason"] == "Its node was restarted, and its worker is gone."
    assert second["reason"] == "finished"


def test_scrapyd_is_restarted_and_its_workers_live_on(system: System) -> None:
    system.start()
    job_id = system.submit(*slow_sites(system, 96, 1.0))
    worker = begun(system, job_id)
    system.end("node", signal.SIGKILL)
    system.start_node()
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
        job_id = system.submit(*slow_sites(system, 96, 1.0))
        begun(system, job_id)
        embedded.stop(home)
        with system.client() as client:
            answer = client.get(f"/jobs/{job_id}")
            assert answer.status_code == 503
            assert "database" in answer.json()["detail"]
        embedded.ensure(home)
        system.wait_state(job_id, "completed")
        assert [worker["reason"] for worker in system.workers(job_id)] == ["finished"]
    finally:
        system.stop()
        embedded.reset(home)
