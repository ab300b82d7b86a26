"""A whole system for tests: a real PostgreSQL, a real Scrapyd, the API as a process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from support import ROOT, Crawl, wait_until

from scrapersky.config import Config
from scrapersky.tokens import make

SECRET = "4f1c9a7be2d05836a1b7c3d8e9f00112233445566778899aabbccddeeff00112"
ENDED = {"completed", "completed_with_errors", "failed", "cancelled"}


def free_port() -> int:
    """One that nobody listens on now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


@dataclass
class System:
    """Processes that can be killed and started again, and a client of theirs."""

    crawl: Crawl
    home: Path
    slots: int = 2
    api_port: int = field(default_factory=free_port)
    node_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes see."""
        return {
            **self.crawl.environment,
            "SCRAPERSKY_HOME": str(self.home),
            "SCRAPERSKY_JWT_SECRET": SECRET,
            "SCRAPERSKY_NODES": f"http://127.0.0.1:{self.node_port}",
            "SCRAPERSKY_API_URL": self.url,
            "SCRAPERSKY_WORKER_BACKOFF": "0.2",
            "SCRAPERSKY_WEBHOOK_PRIVATE": "true",
            **self.variables,
        }

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.api_port}"

    def start(self) -> None:
        """Node and API; returns when both answer."""
        self.start_node()
        self.start_api()

    def start_node(self) -> None:
        """The node."""
        arguments = ("node", "--port", str(self.node_port), "--slots", str(self.slots))
        self._start("node", arguments, f"http://127.0.0.1:{self.node_port}/workers.json")

    def start_api(self) -> None:
        """The API."""
        arguments = ("api", "--port", str(self.api_port))
        self._start("api", arguments, f"{self.url}/health/ready")

    def _start(self, name: str, arguments: tuple[str, ...], url: str) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "scrapersky.cli.app", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes[name] = process

        def answers() -> bool:
            assert process.poll() is None, self.log(name)
            try:
                return httpx2.get(url, trust_env=False).status_code == 200
            except httpx2.HTTPError:
                return False

        wait_until(answers)

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.home / f"{name}.log").read_text("utf-8", "replace")

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends a process, and returns its status."""
        process = self.processes.pop(name)
        process.send_signal(how)
        return process.wait(timeout=60)

    def client(self) -> httpx2.Client:
        """With a good token."""
        config = Config(jwt_secret=SECRET)
        token, _ = make(config, subject="tester", lifetime=timedelta(hours=1))
        return httpx2.Client(
            base_url=f"{self.url}/api/v3",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The answer's JSON, of a request that succeeds."""
        with self.client() as client:
            answer = client.request(method, path, **options)
        assert answer.status_code < 300, f"{answer.status_code} {answer.text}"
        return answer.json()

    def submit(self, *domains: str, **options: Any) -> str:
        """A job's id."""
        body = {"spider": "homepage", "domains": list(domains), **options}
        return str(self.call("POST", "/jobs", json=body)["job_id"])

    def job(self, job_id: str) -> dict[str, Any]:
        """All about a job."""
        found: dict[str, Any] = self.call("GET", f"/jobs/{job_id}")["data"]
        return found

    def wait_state(self, job_id: str, *states: str, seconds: float = 90) -> dict[str, Any]:
        """Waits until a job is in one of these states, by the database."""
        deadline = time.monotonic() + seconds
        while True:
            row = self.crawl.rows("SELECT * FROM jobs WHERE id = %s", job_id)[0]
            if row["state"] in states:
                return row
            is_late = time.monotonic() > deadline
            over = row["state"] in ENDED
            said = f"{row['state']}: {row['reason']}\n{self.log('api')}"
            assert not is_late, said
            assert not over, said
            time.sleep(0.05)

    def worker(self, job_id: str) -> dict[str, Any]:
        """Waits until a job has a worker at work, which has ended something."""
        query = (
            "SELECT w.* FROM job_workers w JOIN jobs j ON j.id = w.job_id WHERE j.id = %s AND"
            " w.pid IS NOT NULL AND w.closed_at IS NULL"
        )
        wait_until(lambda: bool(self.crawl.rows(query, job_id)))
        return self.crawl.rows(query, job_id)[0]

    def workers(self, job_id: str) -> list[dict[str, Any]]:
        """All that a job had, oldest first."""
        query = "SELECT * FROM job_workers WHERE job_id = %s ORDER BY id"
        return self.crawl.rows(query, job_id)

    def stop(self) -> None:
        """Ends everything, whatever state it is in."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        mark = str(self.home / "node")
        for process_ in psutil.process_iter():
            try:
                if process_.environ().get("SCRAPERSKY_NODE") == mark:
                    process_.kill()
            except (psutil.Error, OSError):
                continue


@pytest.fixture
def system(crawl: Crawl, tmp_path: Path) -> Iterator[System]:
    """Not started yet, so that tests may change its environment."""
    os.environ.pop("SCRAPERSKY_JWT_SECRET", None)
    made = System(crawl, tmp_path)
    yield made
    made.stop()


@pytest.fixture
def running(system: System) -> System:
    """Started."""
    system.start()
    return system
