"""Jobs that are watched: events, logs, and stops that a person makes."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx2
import pytest
from api_stage import System
from support import wait_until

pytestmark = pytest.mark.slow


def test_events_to_the_end(running: System) -> None:
    held = [running.held(10, f"part{number}site") for number in range(3)]
    job_id = running.submit(*(name for _, names in held for name in names))
    gates = [gate for gate, _ in held]
    seen: list[Any] = []
    ends: list[Any] = []
    with running.client() as client, client.stream("GET", f"/jobs/{job_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for kind, news in events(answer):
            (ends if kind == "end" else seen).append(news)
            if gates and news["targets"]["completed"] == 30 - 10 * len(gates):
                gates.pop(0).open()  # it goes on when what was done has been told
    assert gates == []
    assert ends[0]["state"] == "completed"
    assert ends[0]["targets"]["completed"] == 30
    done = [news["targets"]["completed"] for news in seen]
    assert done == sorted(done)
    assert {0, 10, 20, 30} <= set(done)
    assert "domains" in ends[0]["line"]


def test_events_are_fresh(running: System) -> None:
    """The API looks once a second: what was known before the last look but one is told."""
    gate, names = running.held(12, free=6)
    job_id = running.submit(*names)
    running.wait_ended(job_id, 6)
    told = first_events(running, job_id, 2)
    assert told[-1]["targets"]["completed"] == 6
    gate.open()
    running.wait_ended(job_id, 12)
    told = first_events(running, job_id, 2)
    assert told[-1]["targets"]["completed"] == 12


def first_events(system: System, job_id: str, count: int) -> list[Any]:
    """Those with which a stream begins, up to the end of the job."""
    with system.client() as client, client.stream("GET", f"/jobs/{job_id}/events") as answer:
        return [news for _, news in islice(events(answer), count)]


def events(answer: httpx2.Response) -> Iterator[tuple[str, Any]]:
    kind = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def test_pause_and_resume(running: System) -> None:
    gate, names = running.held(20, free=10)
    job_id = running.submit(*names)
    running.wait_ended(job_id, 10)
    assert running.call("POST", f"/jobs/{job_id}/pause")["status"] == "paused"
    wait_until(lambda: running.workers(job_id)[0]["closed_at"] is not None)
    job = running.wait_state(job_id, "paused")
    assert job["reason"] == "Paused by tester."
    assert job["targets_completed"] == 10
    wait_until(lambda: running.call("GET", "/nodes")["data"][0]["running"] == 0)
    gate.open()
    assert running.call("POST", f"/jobs/{job_id}/resume")["status"] == "queued"
    running.wait_state(job_id, "completed")
    assert len(running.workers(job_id)) == 2
    with running.client() as client:
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
    path = running.worker_log(worker["id"])
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
