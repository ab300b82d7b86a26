"""`scrapersky crawl`: Scrapy's own, from wherever it is typed."""

import json
import subprocess
import sys
from pathlib import Path

from support import Crawl, company


def run(crawl: Crawl, where: Path, *arguments: str, text: str | None = None) -> tuple[int, str]:
    """Runs `scrapersky crawl …` in a directory. Returns its status and log."""
    done = subprocess.run(
        [sys.executable, "-m", "scrapersky.cli.app", "crawl", *arguments],
        cwd=where,
        env=crawl.environment,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr


def test_a_crawl_from_anywhere(crawl: Crawl, tmp_path: Path) -> None:
    for name in ("a.test", "b.test", "c.test"):
        crawl.web.web.add(name, company(name))
    given = ["a.test", "www.b.test", "-O", "out.jsonl", "-s", "LOG_LEVEL=ERROR"]
    assert run(crawl, tmp_path, *given) == (0, "")
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert {json.loads(line)["domain"] for line in lines} == {"a.test", "b.test"}

    status, log = run(crawl, tmp_path, "--file", "-", text="c.test\n")
    assert (status, crawl.domain("c.test")["status"]) == (0, "completed"), log
    job = crawl.job()
    assert (job["source"], job["state"]) == ("file", "completed")
    assert run(crawl, tmp_path, "--job", str(job["id"]))[0] == 0


def test_pending_domains(crawl: Crawl, tmp_path: Path) -> None:
    crawl.command("domains", "add", "a.test", "b.test")
    crawl.web.web.add("a.test", company())
    status, log = run(crawl, tmp_path, "--limit", "1")
    assert status == 0, log
    rows = crawl.rows("SELECT domain, status FROM domains ORDER BY domain")
    assert [row["status"] for row in rows] == ["completed", "pending"]


def test_what_cannot_be_crawled(crawl: Crawl, tmp_path: Path) -> None:
    cases = {
        ("a.test", "--file", "x.csv"): "domains and file exclude each other",
        ("--job", "7"): "job='7'",
        ("",): "domains=''",
        ("a.test", "--spider", "homepages"): "There is no spider homepages.",
    }
    for arguments, message in cases.items():
        status, log = run(crawl, tmp_path, *arguments)
        assert status == 2, log
        assert message in log
        assert "Traceback" not in log
