"""What is left after a crawl was stopped, killed, or lost its database."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from support import Crawl, add_slow_companies, company, end, wait_until

from scrapersky.db import embedded, schema
from scrapersky.db.session import parse_url
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Hang, Site, Slow, page


def test_killed_ten_times_and_resumed(crawl: Crawl) -> None:
    """SIGKILL at a random moment: every target is done in the end, every domain once."""
    names = add_slow_companies(crawl, 150, seconds=0.2)
    chance = random.Random(20261122)  # noqa: S311 - moments, not secrets
    process = crawl.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=4)
    crawl.wait("SELECT 1 FROM jobs WHERE state = 'running'")
    job = crawl.job()["id"]
    for _ in range(10):
        done = crawl.job()["targets_completed"]
        goal = done + chance.randrange(1, 12)
        crawl.wait(f"SELECT 1 FROM jobs WHERE targets_completed >= {goal}")  # noqa: S608 - a number
        end(process, signal.SIGKILL)
        process = crawl.start(f"job={job}", DOMAINS_IN_FLIGHT=4)
    _, log = process.communicate(timeout=120)
    assert process.returncode == 0, log
    ended = crawl.job()
    assert (ended["state"], ended["targets_completed"]) == ("completed", 150)
    assert len(crawl.rows("SELECT 1 FROM jobs")) == 1
    assert len(crawl.rows("SELECT 1 FROM job_targets WHERE state = 'completed'")) == 150
    # Fetched again is only what was in flight when a worker died.
    assert len(crawl.fetched("/")) <= 150 + 10 * 4
    workers = crawl.rows("SELECT closed_at, reason FROM job_workers ORDER BY id")
    assert [row["reason"] for row in workers if row["closed_at"]] == ["finished"]
    assert "nothing is left to do" in crawl.run(f"job={job}")


def test_a_second_worker_needs_redis(crawl: Crawl) -> None:
    names = add_slow_companies(crawl, 60, seconds=0.3)
    process = crawl.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=2)
    crawl.wait("SELECT 1 FROM jobs WHERE state = 'running'")
    log = crawl.run(f"job={crawl.job()['id']}", status=2)
    assert f"is being crawled by process {process.pid}" in log
    end(process, signal.SIGKILL)


def test_one_sigint_finishes_what_is_in_flight(crawl: Crawl) -> None:
    names = add_slow_companies(crawl, 60, seconds=0.3)
    process = crawl.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=6)
    crawl.wait("SELECT 1 FROM jobs WHERE targets_completed >= 6")
    log = end(process, signal.SIGINT)
    assert process.returncode == 0, log
    job = crawl.job()
    assert job["state"] == "paused"
    assert job["reason"].startswith("Stopped by a signal, with ")
    # Each homepage that was fetched is in the database: none was dropped on the way.
    assert len(crawl.fetched("/")) == job["targets_completed"] < 60
    [worker] = crawl.rows("SELECT reason, counters FROM job_workers")
    assert worker["reason"] == "shutdown"
    assert worker["counters"]["done"] == job["targets_completed"]
    crawl.run(f"job={job['id']}")
    assert crawl.job()["state"] == "completed"
    assert sorted(crawl.fetched("/")) == sorted(names)


def test_two_sigints_stop_at_once(crawl: Crawl) -> None:
    crawl.web.web.add("stuck.test", Site(paths={"/": Hang()}, robots=""))
    process = crawl.start("domains=stuck.test", DOWNLOAD_TIMEOUT=600, DOMAIN_TIME_LIMIT=600)
    wait_until(lambda: crawl.fetched("/") == ["stuck.test"])
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    for line in process.stderr:
        if "shutting down gracefully" in line:
            break
    end(process, signal.SIGINT)
    assert crawl.rows("SELECT state FROM job_targets") == [{"state": "pending"}]


def test_a_claim_is_given_back(crawl: Crawl) -> None:
    for name in add_slow_companies(crawl, 40, seconds=0.3):
        crawl.rows("INSERT INTO domains (id, domain) VALUES (gen_random_uuid(), %s)", name)
    process = crawl.start(DOMAINS_IN_FLIGHT=2)
    crawl.wait("SELECT 1 FROM jobs WHERE targets_completed >= 2")
    end(process, signal.SIGKILL)
    assert crawl.rows("SELECT 1 FROM domains WHERE status = 'processing'") != []
    crawl.run()
    assert crawl.rows("SELECT 1 FROM domains WHERE status <> 'completed'") == []
    jobs = crawl.rows("SELECT state, reason FROM jobs ORDER BY id")
    assert [job["state"] for job in jobs] == ["failed", "completed"]
    assert jobs[0]["reason"] == "Its worker died."


def test_what_the_database_refuses_costs_nothing_else(crawl: Crawl) -> None:
    names = [f"c{number}.test" for number in range(20)]
    for name in names:
        crawl.web.web.add(name, company(f"Title of {name}"))
    crawl.rows("ALTER TABLE domains ADD CONSTRAINT picky CHECK (title NOT LIKE '%c13.test%')")
    crawl.run(f"domains={','.join(names)}")
    refused = crawl.domain("c13.test")
    assert (refused["status"], refused["error_code"]) == ("error", "unwritable")
    assert "picky" in refused["error_message"]
    assert refused["title"] is None
    job = crawl.job()
    assert (job["targets_completed"], job["targets_error"]) == (19, 1)


def test_what_can_not_be_written_at_all_stays_pending(crawl: Crawl) -> None:
    for name in ("good.test", "cursed.test"):
        crawl.web.web.add(name, company(name))
    crawl.run("domains=good.test")
    crawl.rows(
        "ALTER TABLE domains ADD CONSTRAINT cursed"
        " CHECK (domain <> 'cursed.test' OR last_crawled_at IS NULL)"
    )
    crawl.run("domains=good.test,cursed.test", status=1)
    job = crawl.job()
    assert (job["state"], job["targets_completed"], job["targets_error"]) == ("failed", 1, 0)
    assert job["reason"] == "1 targets could not be ended; the log says why."


def test_a_domain_that_is_deleted_in_mid_crawl(crawl: Crawl) -> None:
    """It does not come back, it costs no other domain, and the job ends."""
    answer = page("<title>T</title><p>x</p><a href='mailto:ryebakery@gmail.com'>mail</a>")
    names = ["gone.test", *(f"s{number}.test" for number in range(8))]
    for name in names:
        crawl.web.web.add(name, Site(paths={"/": Slow(1, answer)}))
    process = crawl.start(f"domains={','.join(names)}")
    wait_until(lambda: "gone.test" in crawl.fetched("/"))
    crawl.rows("DELETE FROM domains WHERE domain = 'gone.test'")
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert len(crawl.rows("SELECT id FROM domains WHERE status = 'completed'")) == 8
    assert len(crawl.rows("SELECT id FROM contacts")) == 8
    assert crawl.job()["state"] == "completed"


@pytest.fixture
def own_server(tmp_path: Path, web: DemoServerThread) -> Iterator[Crawl]:
    """Crawls into a server that a test may stop."""
    url = embedded.ensure(tmp_path)
    schema.upgrade(parse_url(url))
    yield Crawl(web, url)
    embedded.reset(tmp_path)


def test_a_database_that_goes_away_and_comes_back(own_server: Crawl, tmp_path: Path) -> None:
    crawl = own_server
    names = add_slow_companies(crawl, 80, seconds=0.1)
    process = crawl.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=5)
    crawl.wait("SELECT 1 FROM jobs WHERE targets_completed >= 10")
    embedded.stop(tmp_path)
    before = len(crawl.web.requests)
    assert process.stderr is not None
    for line in process.stderr:
        if "The database is away" in line:
            break
    # It backs off: what is in flight waits for its commit, and nothing new begins.
    assert len(crawl.web.requests) <= before + 2 * 5
    embedded.ensure(tmp_path)
    _, log = process.communicate(timeout=120)
    assert process.returncode == 0, log
    assert crawl.job()["state"] == "completed"
    assert sorted(crawl.fetched("/")) == sorted(names)


def test_a_database_that_stays_away(own_server: Crawl, tmp_path: Path) -> None:
    crawl = own_server
    crawl.variables["SCRAPERSKY_DATABASE_OUTAGE_LIMIT"] = "1"
    names = add_slow_companies(crawl, 80, seconds=0.1)
    process = crawl.start(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=5)
    crawl.wait("SELECT 1 FROM jobs WHERE targets_completed >= 10")
    embedded.stop(tmp_path)
    _, log = process.communicate(timeout=120)
    assert process.returncode == 1, log
    assert "The database stayed away for" in log
    assert "Traceback" not in log
    embedded.ensure(tmp_path)
    [counts] = crawl.rows(
        "SELECT count(*) FILTER (WHERE d.status = 'completed') AS written,"
        " count(*) FILTER (WHERE d.status = 'pending' AND t.state = 'pending') AS pending"
        " FROM domains d JOIN job_targets t ON t.domain_id = d.id"
    )
    assert counts["written"] + counts["pending"] == 80
    assert counts["pending"] > 0
    crawl.run(f"job={crawl.job()['id']}")
    assert crawl.job()["state"] == "completed"


def test_a_database_that_is_not_there(crawl: Crawl) -> None:
    crawl.variables["DATABASE_URL"] = "postgresql://me:secret@127.0.0.1:1/x"
    log = crawl.run("domains=a.test", status=2)
    assert "cannot be reached" in log
    assert "secret" not in log
    assert "Traceback" not in log


def test_a_database_without_tables(crawl: Crawl, empty_database: str) -> None:
    crawl.variables["DATABASE_URL"] = empty_database
    log = crawl.run("domains=a.test", status=2)
    assert "has no tables yet. Run `scrapersky db upgrade`" in log
    assert "Traceback" not in log
    with psycopg.connect(empty_database) as connection:
        count = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert count.fetchone() == (0,)
