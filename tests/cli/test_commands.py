"""`scrapersky`, as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

from support import ROOT, Crawl, company

from scrapersky.db import embedded, schema


def test_jobs_and_domains(crawl: Crawl) -> None:
    assert "No job yet" in crawl.command("jobs", "list")
    crawl.web.web.add("a.test", company("A [b]old[/b] name"))
    crawl.run("domains=a.test,gone.invalid")

    [job] = json.loads(crawl.command("jobs", "list", "--json"))
    assert (job["state"], job["targets_total"]) == ("completed_with_errors", 2)
    assert job["id"] in crawl.command("jobs", "list")
    shown = crawl.command("jobs", "show", job["id"])
    assert "completed with errors" in shown
    assert "2 (1 completed, 1 errors, 0 left)" in shown
    assert "gone.invalid" in shown
    found = json.loads(crawl.command("jobs", "show", job["id"], "--json"))
    assert found["errors"] == [{"error_code": "dns", "count": 1, "example": "gone.invalid"}]
    assert found["workers"][0]["reason"] == "finished"

    shown = crawl.command("domains", "show", "https://www.A.test/")
    assert "A [b]old[/b] name" in shown
    row = json.loads(crawl.command("domains", "show", "a.test", "--json"))
    assert (row["domain"], row["status"], len(row["crawls"])) == ("a.test", "completed", 1)
    assert "The name does not exist" in crawl.command("domains", "show", "gone.invalid")


def test_mistakes(crawl: Crawl) -> None:
    nobody = "0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60"
    assert "is no job's id" in crawl.command("jobs", "show", "7", status=2)
    assert f"There is no job {nobody}" in crawl.command("jobs", "show", nobody, status=2)
    assert "is not in the database" in crawl.command("domains", "show", "b.test", status=2)
    assert "cannot be used" in crawl.command("domains", "show", "localhost", status=2)
    assert "DATABASE_URL is set" in crawl.command("db", "reset", "--yes", status=2)
    crawl.variables["SCRAPERSKY_DATABASE_POOL_SIZE"] = "0"
    log = crawl.command("jobs", "list", status=2)
    assert log.startswith("scrapersky: SCRAPERSKY_DATABASE_POOL_SIZE='0' cannot be used")


def test_a_crawl_names_a_bad_environment(crawl: Crawl) -> None:
    crawl.variables["SCRAPERSKY_CONNECT_TO"] = "nonsense"
    log = crawl.run("domains=a.test", status=2)
    assert log.startswith("scrapersky: ")
    assert "nonsense" in log
    crawl.variables["SCRAPERSKY_DATABASE_OUTAGE_LIMIT"] = "soon"
    log = crawl.run("domains=a.test", status=2)
    assert log.startswith("scrapersky: SCRAPERSKY_DATABASE_OUTAGE_LIMIT='soon'")
    assert "Traceback" not in log


def test_the_embedded_database(crawl: Crawl, tmp_path: Path) -> None:
    crawl.variables |= {"SCRAPERSKY_HOME": str(tmp_path / "home"), "DATABASE_URL": ""}
    assert "is at no migration" in crawl.command("db", "current")
    assert f"is at {schema.HEAD} (came from nothing)" in crawl.command("db", "upgrade")
    assert "was there already" in crawl.command("db", "upgrade")
    assert "the newest" in crawl.command("db", "current")
    assert crawl.command("db", "stop") == "Stopped.\n"
    assert crawl.command("db", "stop") == "It was not running.\n"
    assert "No job yet" in crawl.command("jobs", "list")  # which starts it again
    assert "is at nothing" in crawl.command("db", "downgrade", "base", "--yes")
    assert "is deleted" in crawl.command("db", "reset", "--yes")
    assert not embedded.is_alive(tmp_path / "home")


def test_an_unknown_spider(crawl: Crawl) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "homepages"],
        cwd=ROOT,
        env=crawl.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "scrapersky: There is no spider homepages. There are: homepage, sitemap." in done.stderr
    assert "Traceback" not in done.stderr
