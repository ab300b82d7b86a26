"""Several nodes: the emptiest gets the next worker; where one dies another goes on."""

import signal

import psutil
import pytest
from api_stage import System, free_port, node_name
from support import wait_until

pytestmark = pytest.mark.slow


def test_two_nodes(system: System) -> None:
    system.node_ports.append(free_port())
    system.variables["SCRAPERSKY_STOP_GRACE"] = "1"
    system.start()
    gates, made = [], []
    for number in range(3):
        gate, names = system.held(20, f"job{number}site", free=5)
        gates.append(gate)
        made.append(system.submit(*names))
        system.wait_ended(made[-1], 5)
    urls = [system.workers(job_id)[0]["scrapyd"] for job_id in made]
    assert urls[0] != urls[1], "the second job found more room on the other node"
    shown = {node["url"]: node for node in system.call("GET", "/nodes")["data"]}
    assert sorted(node["running"] for node in shown.values()) == [1, 2]
    # Three run; the node of the first job goes down, with all that it runs.
    lost, kept = urls[0], urls[1]
    dead = [job_id for job_id, url in zip(made, urls, strict=True) if url == lost]
    pids = [system.worker(job_id)["pid"] for job_id in dead]
    number = [system.node_url(0), system.node_url(1)].index(lost)
    system.end(node_name(number), signal.SIGKILL)
    for pid in pids:
        psutil.Process(pid).kill()
    for gate in gates:
        gate.open()
    for job_id in made:
        system.wait_state(job_id, "completed")
    for job_id, url in zip(made, urls, strict=True):
        workers = system.workers(job_id)
        assert workers[-1]["scrapyd"] == (kept if job_id in dead else url)
        assert workers[-1]["reason"] == "finished"
        assert len(workers) == 1 + (job_id in dead)
        if job_id in dead:
            gone = f"Its node {lost} is gone, and so is its worker."
            assert workers[0]["reason"] == gone
    nodes = {node["url"]: node for node in system.call("GET", "/nodes")["data"]}
    assert (nodes[lost]["reachable"], nodes[kept]["reachable"]) == (False, True)
    assert "does not answer" in nodes[lost]["error"]
    # It comes back, and is used again.
    system.start_node(number)
    _, names = system.held(20, "more")
    again = [system.submit(*names) for _ in range(2)]
    used = [system.worker(job_id)["scrapyd"] for job_id in again]
    assert sorted(used) == sorted([lost, kept])
    for job_id in again:
        system.call("POST", f"/jobs/{job_id}/cancel")
    wait_until(lambda: all(system.workers(job_id)[0]["closed_at"] for job_id in again))
