"""Jobs that are watched: events, logs, and stops that a person makes."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from api_stage import System
from support import wait_until
from test_api_endings import begun, slow_sites

pytestmark = pytest.mark.slow


def test_events_to_the_end(running: System) -> None:
    job_id = running.submit(*slow_sites(running, 128, 0.5))
    seen: list[Any] = []
    ends: list[Any] = []
    with running.client() as client, client.stream("GET", f"/jobs/{job_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            if line.startswith("data: "):
                (ends if kind == "end" else seen).append(json.loads(line.removeprefix("data: ")))
    assert ends[0]["state"] == "completed"
    assert ends[0]["targets"]["completed"] == 128
    done = [news["targets"]["completed"] for news in seen]
    assert done == sorted(done)
    assert len(set(done)) > 2, "it was told while it ran"
    assert "domains" in ends[0]["line"]


def test_events_are_fresh(running: System) -> None:
    """What the database knew two seconds before an event, and a little, the event says."""
    job_id = running.submit(*slow_sites(running, 96, 0.5))
    begun(running, job_id)
    known: list[tuple[float, int]] = []
    query = "SELECT targets_completed FROM jobs WHERE id = %s"
    with running.client() as client, client.stream("GET", f"/jobs/{job_id}/events") as answer:
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            at, news = time.monotonic(), json.loads(line.removeprefix("data: "))
            old = [count for when, count in known if at - when >= 2]
            assert not old or news["targets"]["completed"] >= old[-1]
            known.append((at, running.crawl.rows(query, job_id)[0]["targets_completed"]))
    assert len(known) > 2


def test_pause_and_resume(system: System) -> None:
    system.variables["SCRAPERSKY_STOP_GRACE"] = "20"
    system.start()
    names = slow_sites(system, 96, 0.5)
    job_id = system.submit(*names)
    begun(system, job_id)
    assert system.call("POST", f"/jobs/{job_id}/pause")["status"] == "paused"
    wait_until(lambda: system.workers(job_id)[0]["closed_at"] is not None)
    job = system.wait_state(job_id, "paused")
    assert job["reason"] == "Paused by tester."
    assert job["targets_completed"] < 96
    wait_until(lambda: system.call("GET", "/nodes")["data"][0]["running"] == 0)
    assert system.call("POST", f"/jobs/{job_id}/resume")["status"] == "queued"
    system.wait_state(job_id, "completed")
    assert len(system.workers(job_id)) == 2
    with system.client() as client:
        assert client.post(f"/jobs/{job_id}/cancel").status_code == 409


def test_errors_are_tried_again_in_a_new_job(running: System) -> None:
    job_id = running.submit("no.test", "nor.test")
    running.wait_state(job_id, "completed_with_errors")
    new = running.call("POST", f"/jobs/{job_id}/retry")["job_id"]
    assert new != job_id
    assert running.wait_state(new, "completed_with_errors")["targets_total"] == 2


def test_a_log_of_a_gigabyte(running: System) -> None:
    """Its end comes at once, and the API does not grow by it."""
    job_id = running.submit("no.test")
    running.wait_state(job_id, "completed_with_errors")
    [worker] = running.workers(job_id)
    path = Path(running.home) / "node" / "logs" / "scrapersky" / "homepage" / f"{worker['id']}.log"
    wait_until(path.exists)
    with path.open("r+b") as file:  # sparse: it takes no room
        file.seek(1_000_000_000)
        file.write(b"\n" + b"".join(b"line %d\n" % number for number in range(500)))
    with running.client() as client:
        text = client.get(f"/jobs/{job_id}/log", params={"lines": 3}).text
        assert text.splitlines() == ["line 497", "line 498", "line 499"]
        followed = client.get(f"/jobs/{job_id}/log", params={"lines": 1, "follow": True}).text
        assert followed == "line 499\n"
        everything = client.get(f"/jobs/{job_id}/log", params={"lines": 10_000})
        assert len(everything.content) <= 2_000_000
        missing = client.get(f"/jobs/{job_id}/log", params={"worker": job_id})
        assert missing.status_code == 404
