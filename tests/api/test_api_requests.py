"""What is asked for: lists of all forms, the same request twice, and all that is wrong."""

import gzip
import random
import string
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from api_stage import System
from support import company

pytestmark = pytest.mark.slow


def test_a_list_as_a_file(running: System) -> None:
    running.crawl.web.web.add("a.test", company())
    for kind, body in (
        ("text/plain", b"a.test\n# no\nno domain\n"),
        ("text/csv", b"name,website\nA,https://www.a.test/about\n"),
        ("application/gzip", gzip.compress(b"a.test\n")),
    ):
        answer = running.call(
            "POST",
            "/jobs",
            params={"spider": "homepage", "priority": 3},
            content=body,
            headers={"Content-Type": kind},
        )
        job = running.wait_state(answer["job_id"], "completed")
        assert (job["targets_total"], job["priority"], job["source"]) == (1, 3, "upload"), kind
    assert list((running.home / "uploads").iterdir()) == []


def test_a_list_without_a_domain_fails_with_a_reason(running: System) -> None:
    answer = running.call(
        "POST",
        "/jobs",
        params={"spider": "homepage"},
        content=b"what?\n",
        headers={"Content-Type": "text/plain"},
    )
    job = running.wait_state(answer["job_id"], "failed")
    assert job["reason"] == "There is no usable domain in what was given."


def test_domains_of_the_table(running: System) -> None:
    for name in ("a.test", "b.test", "ba.test"):
        running.crawl.web.web.add(name, company())
        running.crawl.rows("INSERT INTO domains (id, domain) VALUES (gen_random_uuid(), %s)", name)
    body = {"spider": "homepage", "filter": {"status": "pending", "text": "b"}}
    job_id = running.call("POST", "/jobs", json=body)["job_id"]
    running.wait_state(job_id, "completed")
    assert sorted(running.crawl.fetched("/")) == ["b.test", "ba.test"]


def test_the_same_request_twice_is_one_job(running: System) -> None:
    body = {"spider": "homepage", "domains": ["a.test"]}
    headers = {"Idempotency-Key": "order-1"}
    first = running.call("POST", "/jobs", json=body, headers=headers)["job_id"]
    assert running.call("POST", "/jobs", json=body, headers=headers)["job_id"] == first
    with running.client() as client:
        other = client.post("/jobs", json={**body, "priority": 1}, headers=headers)
    assert other.status_code == 422
    assert first in other.json()["detail"]
    assert len(running.crawl.rows("SELECT id FROM jobs")) == 1


def test_pages_of_jobs(running: System) -> None:
    made = [running.submit(f"s{number}.test") for number in range(5)]
    seen: list[str] = []
    after = None
    while True:
        params = {"limit": 2} | ({"after": after} if after else {})
        page = running.call("GET", "/jobs", params=params)
        seen += [job["id"] for job in page["data"]]
        after = page["next"]
        if after is None:
            break
    assert seen == made[::-1]


def test_spiders_with_their_schemas(running: System) -> None:
    [*_, spider] = running.call("GET", "/spiders")["data"]
    assert spider["arguments"]["additionalProperties"] is False
    assert "domains" in spider["command"]["properties"]
    assert "domains" not in spider["arguments"]["properties"]


WRONG: list[tuple[Any, str]] = [
    ({}, "spider"),
    ([], "no object"),
    ("x", "no object"),
    ({"spider": "homepage"}, "either domains or filter"),
    ({"spider": "homepage", "domains": ["a.test"], "filter": {}}, "either domains or filter"),
    ({"spider": "homepage", "domains": []}, "no usable domain"),
    ({"spider": "homepage", "domains": ["???"]}, "no usable domain"),
    ({"spider": "moon", "domains": ["a.test"]}, "There are: homepage"),
    ({"spider": "homepage", "domains": ["a.test"], "colour": 1}, "colour"),
    ({"spider": "homepage", "domains": ["a.test"], "arguments": {"colour": 1}}, "no argument"),
    ({"spider": "homepage", "domains": ["a.test"], "arguments": {"file": "/etc/passwd"}}, "file"),
    ({"spider": "homepage", "domains": ["a.test"], "priority": 1000}, "priority"),
    ({"spider": "homepage", "domains": ["a.test"], "workers": 0}, "workers"),
    ({"spider": "homepage", "domains": ["a.test"], "workers": 2}, "REDIS_URL"),
    ({"spider": "homepage", "domains": ["a.test"], "rate": 5}, "REDIS_URL"),
    ({"spider": "homepage", "domains": ["a.test"], "webhook_url": "ftp://a.test"}, "webhook_url"),
    ({"spider": "homepage", "domains": [1, 2]}, "domains"),
    ({"spider": "home\0page", "domains": ["a.test"]}, "NUL"),
    ({"spider": "homepage", "filter": {"text": "\0"}}, "NUL"),
    ({"spider": "homepage", "filter": {"crawled_after": "12026-01-01T00:00:00Z"}}, "crawled_after"),
]


def test_what_is_wrong_is_said(running: System) -> None:
    with running.client() as client:
        for body, says in WRONG:
            answer = client.post("/jobs", json=body)
            assert answer.status_code == 422, body
            assert says in answer.json()["detail"], body
        wrong = client.post("/jobs", content=b"{}", headers={"Content-Type": "image/png"})
        assert wrong.status_code == 422
        large = client.post(
            "/jobs", content=b" " * 33_000_000, headers={"Content-Type": "application/json"}
        )
        assert large.status_code == 413
        assert client.get(f"/jobs/{uuid4()}").status_code == 404
        assert client.get("/jobs/00000000-0000-0000-0000-000000000000").status_code == 422
    assert running.crawl.rows("SELECT 1 FROM jobs") == []


def junk(rng: random.Random) -> Any:
    """Something that is nearly a body."""
    values: list[Any] = [
        None,
        True,
        -1,
        1e400,
        "",
        "\0",
        "\udcff",
        "x" * 9_000,
        [],
        {},
        [[]],
        2**70,
        "a.test",
    ]
    names = ["spider", "domains", "filter", "arguments", "priority", "rate", "workers", "\0"]
    return {rng.choice(names): rng.choice(values) for _ in range(rng.randrange(6))}


def identifiers(rng: random.Random) -> str:
    """Something that is nearly an id."""
    text = "".join(rng.choices(string.printable + "\u00e4\u2603", k=rng.randrange(1, 60)))
    return rng.choice(
        [text, str(uuid4())[:-1], "../../../etc/passwd", f"{uuid4()}'--", "%00", "None"]
    )


@pytest.mark.timeout(300)
def test_a_thousand_malformed_requests_cost_nothing(running: System) -> None:
    rng = random.Random(7)  # noqa: S311 - the same each time
    with running.client() as client:
        for number in range(1_000):
            if number % 2:
                method, path = rng.choice(
                    [
                        ("GET", ""),
                        ("GET", "/log"),
                        ("GET", "/events"),
                        ("POST", "/cancel"),
                        ("POST", "/pause"),
                        ("GET", "/targets"),
                    ]
                )
                url = httpx2.URL(f"{running.url}/api/v3/jobs/").copy_with(
                    raw_path=f"/api/v3/jobs/{quoted(identifiers(rng))}{path}".encode()
                )
                answer = client.request(method, url)
            else:
                answer = client.post(
                    "/jobs",
                    content=encoded(junk(rng), rng),
                    headers={"Content-Type": "application/json"},
                )
            assert 400 <= answer.status_code < 500, answer.text
    assert running.crawl.rows("SELECT 1 FROM jobs") == []
    [node] = running.call("GET", "/nodes")["data"]
    assert (node["running"], node["pending"], node["reachable"]) == (0, 0, True)
    running.crawl.web.web.add("a.test", company())
    running.wait_state(running.submit("a.test"), "completed")


def quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="/%'")


def encoded(body: Any, rng: random.Random) -> bytes:
    import json

    text = json.dumps(body).encode()
    cut = rng.randrange(len(text) + 1)
    return rng.choice([text, text[:cut], text + b"\xff", b"\x00" * 10, b"[" * 5_000])
