"""`scrapersky frontier`: what it shows, and what it does."""

import json
import signal

from redis import Redis
from support import Crawl, add_slow_companies, end


def test_status_requeue_and_drain(shared: Crawl, redis_url: str) -> None:
    names = add_slow_companies(shared, 90, seconds=3)
    victim = shared.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=4)
    shared.wait("SELECT 1 FROM jobs WHERE targets_completed >= 8")
    job = str(shared.job()["id"])
    with Redis.from_url(redis_url) as client:
        client.lpush("scrapersky:dead", b"\xff not ours", b'{"reason": "r", "message": "m"}')
    found = json.loads(shared.command("frontier", "status", job, "--json"))
    [row] = found["jobs"]
    assert row["leased"] == sum(worker["leased"] for worker in row["workers"]) >= 4
    assert row["waiting"] > 0
    assert row["left"] <= 82
    assert [worker["alive"] for worker in row["workers"]] == [True]
    assert found["dead_letters"] == 2
    shown = shared.command("frontier", "status")
    assert f"{victim.pid}" in shown
    assert "2 dead letters" in shown
    assert "0 leases wait again" in shared.command("frontier", "requeue", job)
    end(victim, signal.SIGKILL)
    assert "dead" in shared.command("frontier", "status", job)
    said = shared.command("frontier", "requeue", job)
    assert int(said.split()[0]) >= 4
    assert "Nothing of it is left in Redis" in shared.command("frontier", "drain", job)
    assert shared.job()["state"] == "paused"
    assert "Nothing of the kind" in shared.command("frontier", "status", job)
    shared.run(f"job={job}")
    assert shared.job()["state"] == "completed"
    assert shared.rows("SELECT 1 FROM job_targets WHERE expiries > 0") == []


def test_drain_closes_workers(shared: Crawl) -> None:
    names = add_slow_companies(shared, 200, seconds=2)
    process = shared.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=4)
    shared.wait("SELECT 1 FROM jobs WHERE targets_completed >= 4")
    job = str(shared.job()["id"])
    assert "1 workers end what they have begun" in shared.command("frontier", "drain", job)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    [worker] = shared.rows("SELECT reason FROM job_workers")
    assert worker["reason"] == "drained"
    row = shared.job()
    assert (row["state"], row["reason"]) == ("paused", "Drained.")
    assert len(shared.fetched("/")) == row["targets_completed"] < 200
    assert "there is nothing to drain" not in shared.command("frontier", "drain", job)


def test_without_redis(crawl: Crawl) -> None:
    assert "set REDIS_URL" in crawl.command("frontier", "status", status=2)


def test_requeue_of_dead_letters(shared: Crawl, redis_url: str) -> None:
    names = add_slow_companies(shared, 1)
    shared.run(f"domains={names[0]}")
    job = str(shared.job()["id"])
    with Redis.from_url(redis_url) as client:
        letter = {"feed": True, "message": '{"domain": "again.test"}'}
        client.lpush("scrapersky:dead", json.dumps(letter), b"\xff\xfe", b"[]", b"{}")
        said = shared.command("frontier", "requeue", job, "--dead-letters")
        assert "1 messages were pushed once more" in said
        assert client.lrange("homepage:start_urls", 0, -1) == [b'{"domain": "again.test"}']
