"""Four jobs run, and the API and Scrapyd are killed and started again."""

import signal

import psutil
import pytest
from api_stage import System
from support import wait_until
from test_api_endings import begun, slow_sites

from scrapersky.demo.behaviours import Hang
from scrapersky.demo.site import Site

pytestmark = pytest.mark.slow


@pytest.mark.timeout(300)
def test_four_jobs_survive_api_and_scrapyd(system: System) -> None:
    system.slots = 4
    system.variables["SCRAPERSKY_STOP_GRACE"] = "2"
    system.start()
    names = slow_sites(system, 120, 4.0)
    made = [system.submit(*names[start : start + 40]) for start in range(0, 120, 40)]
    endless = [f"endless{number}.test" for number in range(20)]
    for name in endless:
        system.crawl.web.web.add(name, Site(paths={"/": Hang()}))
    made.append(system.submit(*endless))
    workers = [*(begun(system, job_id) for job_id in made[:3]), system.worker(made[3])]
    for name in ("api", "node"):
        system.end(name, signal.SIGKILL)
    psutil.Process(workers[1]["pid"]).kill()
    system.start()
    fifth = system.submit("no.test")
    listed = {job["id"] for job in system.call("GET", "/jobs")["data"]}
    assert listed == {*made, fifth}
    most = 0
    states = [system.job(job_id)["state"] for job_id in made]
    assert set(states) <= {"running", "queued", "completed"}
    system.call("POST", f"/jobs/{made[3]}/cancel")

    def ended() -> bool:
        nonlocal most
        [node] = system.call("GET", "/nodes")["data"]
        most = max(most, node["running"])
        rows = system.crawl.rows("SELECT 1 FROM jobs WHERE state IN ('running', 'queued')")
        return not rows

    wait_until(ended, seconds=120)
    found = {job["id"]: job["state"] for job in system.call("GET", "/jobs")["data"]}
    assert [found[job_id] for job_id in made[:3]] == ["completed"] * 3
    assert found[made[3]] == "cancelled"
    assert found[fifth] == "completed_with_errors"
    assert most <= 4
    assert [len(system.workers(job_id)) for job_id in made[:3]] == [1, 2, 1]
    wait_until(lambda: not any(psutil.pid_exists(worker["pid"]) for worker in workers))
