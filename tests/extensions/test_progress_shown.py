"""The crawl on a real terminal, and in a log."""

import json
import os
import pty
import subprocess
import sys

from support import ROOT, Crawl, company


def on_a_terminal(crawl: Crawl, *arguments: str, columns: int = 80) -> str:
    """Runs a crawl whose standard error is a terminal. Returns what that showed."""
    ours, theirs = pty.openpty()
    environment = {**crawl.environment, "COLUMNS": str(columns), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "homepage", *arguments],
        cwd=ROOT,
        env=environment,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = bytearray()
    try:
        while block := os.read(ours, 65_536):
            shown += block
    except OSError:  # the terminal's way to say that the other end is closed
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return shown.decode()


def test_a_terminal_gets_a_live_line_and_a_table(crawl: Crawl) -> None:
    crawl.web.web.add("a.test", company())
    shown = on_a_terminal(crawl, "-a", "domains=a.test,gone.invalid")
    assert "/2 domains " in shown
    assert "completed with errors" in shown
    assert "gone.invalid" in shown
    assert "scrapersky jobs show" in shown
    assert "Traceback" not in shown


def test_no_color(crawl: Crawl) -> None:
    crawl.web.web.add("a.test", company())
    crawl.variables["NO_COLOR"] = "1"
    shown = on_a_terminal(crawl, "-a", "domains=a.test")
    assert "\x1b[32m" not in shown


def test_a_log_gets_lines(crawl: Crawl) -> None:
    crawl.web.web.add("a.test", company())
    log = crawl.run("domains=a.test", LOGSTATS_INTERVAL=60)
    assert "1/1 domains 100%" in log
    job = crawl.job()["id"]
    assert f"Job {job} completed." in log
    [finished] = [line for line in log.splitlines() if f"Job {job} completed." in line]
    assert finished.endswith(f" job={job}")
    assert "\x1b" not in log


def test_json_when_asked_for(crawl: Crawl) -> None:
    crawl.variables["SCRAPERSKY_LOG_FORMAT"] = "json"
    crawl.web.web.add("a.test", company("refuse me"))
    crawl.rows("ALTER TABLE domains ADD CONSTRAINT picky CHECK (title NOT LIKE '%refuse%')")
    lines = [json.loads(line) for line in crawl.run("domains=a.test").splitlines()]
    job = str(crawl.job()["id"])
    assert {line["job"] for line in lines if "job" in line} == {job}
    [refused] = [line for line in lines if line.get("domain")]
    assert (refused["domain"], refused["level"]) == ("a.test", "WARNING")
    assert all(set(line) >= {"time", "level", "logger", "message"} for line in lines)
