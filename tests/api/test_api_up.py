"""`scrapersky up`, and the commands that speak to it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from api_stage import free_port
from redis import Redis
from support import ROOT, company, wait_until

from benchmarks.redis_server import programs
from scrapersky.db import embedded
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Hang, Site

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path, web: DemoServerThread) -> dict[str, str]:
    """An own home, and a redis-server on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "redis-server").symlink_to(next(iter(programs().values())))
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SCRAPERSKY_", "DATABASE_", "REDIS_"))
    }
    return {
        **inherited,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "SCRAPERSKY_HOME": str(tmp_path / "home"),
        "SCRAPERSKY_CONNECT_TO": web.connect_to,
        "SCRAPERSKY_STOP_GRACE": "2",
        "SCRAPERSKY_API_URL": f"http://127.0.0.1:{free_port()}",
    }


@pytest.fixture
def up(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The system; it has said where it is."""
    port = environment["SCRAPERSKY_API_URL"].rpartition(":")[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapersky.cli.app", "up", "--port", port, "--node-port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.strip().endswith(" status"):
            break
    assert "ScraperSky is up at" in said, said
    assert "Without Redis" not in said
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def command(environment: dict[str, str], *arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "scrapersky.cli.app", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def ours(environment: dict[str, str]) -> list[psutil.Process]:
    """All processes that know this home."""
    found = []
    for process in psutil.process_iter():
        try:
            named = " ".join(process.cmdline()) + process.environ().get("SCRAPERSKY_HOME", "")
            if environment["SCRAPERSKY_HOME"] in named:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def test_a_job_over_all_slots_and_an_end_in_order(
    up: subprocess.Popen[str], environment: dict[str, str], web: DemoServerThread, tmp_path: Path
) -> None:
    names = [f"s{number}.test" for number in range(30)]
    for name in names:
        web.web.add(name, company(name))
    listed = tmp_path / "domains.txt"
    listed.write_text("\n".join(names))
    said = command(environment, "submit", "--file", str(listed), "--workers", "2", "--watch")
    assert "completed" in said
    job_id = said.split()[1]
    shown = command(environment, "status", job_id, "--json")
    assert '"completed":30' in shown.replace(" ", "")
    assert "Job " in command(environment, "logs", job_id)
    assert job_id in command(environment, "status")
    with Redis(unix_socket_path=str(tmp_path / "home" / "redis" / "redis.sock")) as client:
        assert client.ping()
    assert "cannot be cancelled" in command(environment, "cancel", job_id, status=2)
    begin_one_that_lasts(environment, web)
    up.send_signal(signal.SIGINT)
    rest, _ = up.communicate(timeout=90)
    assert rest.strip().endswith("Stopped.")
    assert up.returncode == 0
    wait_until(lambda: not ours(environment))


def begin_one_that_lasts(environment: dict[str, str], web: DemoServerThread) -> None:
    """A job whose worker waits for a site."""
    web.web.add("held.test", Site(paths={"/": Hang()}))
    command(environment, "submit", "held.test")
    wait_until(lambda: "held.test" in [request.host for request in web.requests])


def test_nothing_outlives_one_that_is_killed(
    up: subprocess.Popen[str], environment: dict[str, str], web: DemoServerThread, tmp_path: Path
) -> None:
    """Except PostgreSQL, which others may use."""
    begin_one_that_lasts(environment, web)
    names = {name_of(process) for process in ours(environment)}
    assert {"scrapyd", "scrapyd.runner", "api", "redis", "guard"} <= names
    up.kill()
    up.communicate(timeout=60)
    left: set[str] = set()

    def is_over() -> bool:
        nonlocal left
        left = {name_of(process) for process in ours(environment)} - {"postgres", ""}
        return not left

    wait_until(is_over)
    assert embedded.is_alive(tmp_path / "home")
    embedded.stop(tmp_path / "home")


def name_of(process: psutil.Process) -> str:
    """Which part of the system it is; of a process that has just ended: nothing."""
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return ""
    marks = {
        "scrapyd.runner": "scrapyd.runner",
        "-m scrapyd ": "scrapyd",
        "cli.app api": "api",
        "redis.sock": "redis",
        "system.guard": "guard",
        "cli.app up": "up",
        "postgres": "postgres",
    }
    return next((name for mark, name in marks.items() if mark in f"{line} "), line)


def test_what_dies_is_started_again(up: subprocess.Popen[str], environment: dict[str, str]) -> None:
    [api] = [one for one in ours(environment) if "api" in one.cmdline()[-6:]]
    api.kill()
    assert up.stdout is not None
    assert up.stdout.readline() == "The API had died and was started again.\n"
    wait_until(lambda: answers(environment))


def answers(environment: dict[str, str]) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "scrapersky.cli.app", "status"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def test_a_port_that_is_taken(environment: dict[str, str], web: DemoServerThread) -> None:
    said = command(environment, "up", "--port", str(web.http_port), status=2)
    assert f"Port {web.http_port}" in said
    assert "--port" in said


def test_no_api_there(environment: dict[str, str]) -> None:
    said = command(environment, "submit", "a.test", status=2)
    assert "cannot be reached" in said
    assert said.count("\n") == 1
