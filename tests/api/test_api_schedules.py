"""Schedules through the API and the commands."""

import json
from typing import Any

import pytest
from api_stage import System
from support import company

BODY: dict[str, Any] = {
    "name": "nightly",
    "spider": "homepage",
    "cron": "30 2 * * *",
    "time_zone": "Europe/Berlin",
    "filter": {"text": "a"},
}
WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"cron": "61 2 * * *"}, 422, "cron="),
    ({"cron": "x" * 300}, 422, "cron"),
    ({"time_zone": "Mars"}, 422, "time_zone="),
    ({"spider": "moon"}, 422, "There are: homepage"),
    ({"arguments": {"file": "/etc/passwd"}}, 422, "file"),
    ({"arguments": {"colour": 1}}, 422, "no argument"),
    ({"filter": {"colour": 1}}, 422, "colour"),
    ({"filter": None}, 422, "filter"),
    ({"filter": {"limit": 2**70}}, 422, "limit"),
    ({"filter": {"text": "\0"}}, 422, "NUL"),
    ({"overlap": "often"}, 422, "overlap"),
    ({"catch_up": "some"}, 422, "catch_up"),
    ({"workers": 3}, 422, "REDIS_URL"),
    ({"name": ""}, 422, "name"),
    ({"name": " x"}, 422, "name"),
    ({"name": "\0"}, 422, "name"),
    ({"name": "nightly"}, 409, "already"),
    ({"priority": 101}, 422, "priority"),
    ({"webhook_url": "ftp://a.test"}, 422, "webhook_url"),
]


def test_by_the_api(running: System) -> None:
    crawl = running.crawl
    crawl.web.web.add("a.test", company())
    crawl.command("domains", "add", "a.test", "b.test")

    made = running.call("POST", "/schedules", json=BODY)["data"]
    path = f"/schedules/{made['id']}"
    assert len(made["next_runs"]) == 5
    assert made["next_runs"][0].endswith(("00:30:00Z", "01:30:00Z"))
    assert running.call("GET", path)["data"] == made
    listed = running.call("GET", "/schedules")
    assert (listed["data"], listed["next"]) == ([made], None)
    with running.client() as client:
        for change, status, says in WRONG:
            answer = client.post("/schedules", json={**BODY, "name": "other", **change})
            assert answer.status_code == status, change
            assert says in answer.json()["detail"], change
            if status == 422:
                answer = client.patch(path, json=change)
                assert answer.status_code == status, change
        nobody = "/schedules/018f0000-0000-7000-8000-000000000000"
        service_id = running.call("GET", "/services/homepage")["data"]["id"]
        for method, where in (
            ("GET", nobody),
            ("PATCH", nobody),
            ("DELETE", nobody),
            ("POST", f"{nobody}/run"),
            ("GET", f"{nobody}/firings"),
            ("DELETE", f"/schedules/{service_id}"),
        ):
            answer = client.request(method, where, json={} if method == "PATCH" else None)
            assert answer.status_code == 404, (method, where)
    assert running.call("GET", "/schedules")["data"] == [made]

    answer = running.call("POST", f"{path}/run")
    assert answer["status_url"] == f"/api/v3/status/{answer['job_id']}"
    running.wait_state(answer["job_id"], "completed")
    assert crawl.fetched() == ["a.test"]
    [firing] = running.call("GET", f"{path}/firings")["data"]
    assert firing["job_id"] == answer["job_id"]
    found = (firing["state"], firing["job_state"], firing["claimed"], firing["is_manual"])
    assert found == ("fired", "completed", 1, True)
    running.call("PATCH", path, json={"filter": {"text": "zzz"}})
    assert running.call("POST", f"{path}/run")["data"]["job_id"] is None
    firings = running.call("GET", f"{path}/firings", params={"limit": 1})
    assert firings["data"][0]["state"] == "skipped"
    after = running.call("GET", f"{path}/firings", params={"after": firings["next"]})
    assert [each["id"] for each in after["data"]] == [firing["id"]]


@pytest.mark.slow
def test_by_commands(running: System) -> None:
    crawl = running.crawl
    crawl.variables |= {
        name: running.environment[name] for name in ("SCRAPERSKY_API_URL", "SCRAPERSKY_JWT_SECRET")
    }
    crawl.command("domains", "add", "b.test")
    crawl.command("schedules", "add", "nightly", "30 2 * * *", "--filter", '{"text": "a"}')
    printed = crawl.command(
        "schedules", "add", "each minute", "* * * * *", "--spider", "sitemap", "-a", "stage=scan",
        "--filter", '{"text": "b"}', "--overlap", "queue", "--catch-up", "all", "--json",
    )  # fmt: skip
    added = json.loads(printed)
    assert (added["arguments"], added["filter"]) == ({"stage": "scan"}, {"text": "b"})
    assert (added["overlap"], added["catch_up"]) == ("queue", "all")
    table = crawl.command("schedules", "list")
    assert "nightly" in table
    assert "each minute" in table
    assert "off" in crawl.command("schedules", "disable", "each minute")
    assert json.loads(crawl.command("schedules", "show", added["id"], "--json"))["next_runs"] == []
    assert "enabled" not in crawl.command("schedules", "enable", "each minute")
    ran = json.loads(crawl.command("schedules", "run", "each minute", "--json"))
    running.wait_state(ran["job_id"], "completed", "completed_with_errors")
    assert ran["job_id"] in crawl.command("schedules", "show", "each minute")
    assert "Nothing to do" in crawl.command("schedules", "run", "nightly")
    assert "is no more" in crawl.command("schedules", "remove", "each minute")
    assert "no schedule 'each minute'" in crawl.command(
        "schedules", "show", "each minute", status=2
    )
    wrong = crawl.command("schedules", "add", "x", "* * * * *", "--filter", "{", status=2)
    assert "no JSON" in wrong
    assert "five fields" in crawl.command("schedules", "add", "x", "noon", status=2)
    assert crawl.rows("SELECT id FROM jobs WHERE id = %s", ran["job_id"]), "its jobs stay"
