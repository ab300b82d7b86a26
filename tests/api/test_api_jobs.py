"""Jobs through the API, from the request to the rows."""

import httpx2
import pytest
from api_stage import System
from support import company

pytestmark = pytest.mark.slow


def test_a_job_from_the_request_to_the_rows(running: System) -> None:
    for name in ("a.test", "b.test"):
        running.crawl.web.web.add(name, company(name))
    answer = running.call(
        "POST",
        "/jobs",
        json={"spider": "homepage", "domains": ["a.test", "b.test", "not a domain"]},
    )
    assert answer["status"] == "pending"
    assert answer["status_url"] == f"/api/v3/status/{answer['job_id']}"
    job_id = answer["job_id"]
    assert running.job(job_id)["id"] == job_id
    running.wait_state(job_id, "completed")
    shown = running.job(job_id)
    assert shown["targets"] == {"total": 2, "completed": 2, "error": 0, "left": 0}
    assert shown["rejected"] == 1
    [worker] = shown["workers"]
    assert (worker["state"], worker["reason"]) == ("ended", "finished")
    assert running.crawl.domain("a.test")["title"] == "a.test"
    targets = running.call("GET", f"/jobs/{job_id}/targets")["data"]
    assert [target["state"] for target in targets] == ["completed", "completed"]


def test_scrapyd_by_hand_makes_a_job_like_any_other(running: System) -> None:
    running.crawl.web.web.add("a.test", company())
    answer = httpx2.post(
        f"{running.node_url()}/schedule.json",
        data={"project": "scrapersky", "spider": "homepage", "domains": "a.test"},
        trust_env=False,
        timeout=60,
    )
    assert answer.json()["status"] == "ok"
    running.crawl.wait("SELECT 1 FROM jobs WHERE state = 'completed'")
    [job] = running.call("GET", "/jobs")["data"]
    assert (job["state"], job["workers_wanted"], job["source"]) == ("completed", 0, "domains")
