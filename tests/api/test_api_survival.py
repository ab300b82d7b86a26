"""Four jobs run, and the API and Scrapyd are killed and started again."""

import signal

import psutil
import pytest
from api_stage import System
from support import wait_until

pytestmark = pytest.mark.slow


@pytest.mark.timeout(300)
def test_four_jobs_survive_api_and_scrapyd(system: System) -> None:
    system.slots = 4
    system.variables["SCRAPERSKY_STOP_GRACE"] = "2"
    system.start()
    gates, made = [], []
    for number in range(4):
        gate, names = system.held(30, f"job{number}site", free=10)
        gates.append(gate)
        made.append(system.submit(*names))
    workers = [system.worker(job_id) for job_id in made]
    for job_id in made:
        system.wait_ended(job_id, 10)
    for name in ("api", "node"):
        system.end(name, signal.SIGKILL)
    psutil.Process(workers[1]["pid"]).kill()
    system.start()
    fifth = system.submit("no.test")
    found = {job["id"]: job["state"] for job in system.call("GET", "/jobs")["data"]}
    assert set(found) == {*made, fifth}
    assert {found[job_id] for job_id in made} <= {"running", "queued"}
    system.call("POST", f"/jobs/{made[3]}/cancel")
    most = 0

    def ended() -> bool:
        nonlocal most
        [node] = system.call("GET", "/nodes")["data"]
        most = max(most, node["running"])
        return not system.crawl.rows("SELECT 1 FROM jobs WHERE state IN ('running', 'queued')")

    wait_until(lambda: ended() or most >= 3)
    for gate in gates[:3]:  # the fourth job's sites never answer
        gate.open()
    wait_until(ended, seconds=120)
    found = {job["id"]: job["state"] for job in system.call("GET", "/jobs")["data"]}
    assert [found[job_id] for job_id in made[:3]] == ["completed"] * 3
    assert found[made[3]] == "cancelled"
    assert found[fifth] == "completed_with_errors"
    assert 3 <= most <= 4
    assert [len(system.workers(job_id)) for job_id in made[:3]] == [1, 2, 1]
    wait_until(lambda: not any(psutil.pid_exists(worker["pid"]) for worker in workers))
