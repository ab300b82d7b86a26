"""A whole system for tests: a real PostgreSQL, a real Scrapyd, the API as a process."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg
import pytest
from support import ROOT, Crawl, wait_until

from scrapersky.config import Config
from scrapersky.demo.behaviours import Answer, Behaviour, give
from scrapersky.demo.exchange import Exchange
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Site, Web, page
from scrapersky.tokens import make

SECRET = "4f1c9a7be2d05836a1b7c3d8e9f00112233445566778899aabbccddeeff00112"
WEBHOOK_KEY = "a-key-for-webhooks"
ENDED = {"completed", "completed_with_errors", "failed", "cancelled"}
HELD = page("<title>Held</title><p>But sure.</p>")


def free_port() -> int:
    """One that nobody listens on now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


class Gate:
    """A behaviour of sites: they answer once the test opens it, however long that takes."""

    def __init__(self) -> None:
        self._opened: Future[None] = Future()

    def before(self, then: Answer) -> Behaviour:
        """What stands behind it instead of a small page."""
        return _Behind(self, then)

    def open(self) -> None:
        """Lets through who waits, and who comes."""
        self._opened.set_result(None)

    async def answer(self, exchange: Exchange) -> None:
        """Answers with a small page."""
        await self.before(HELD).answer(exchange)

    async def passed(self) -> None:
        """Waits in the event loop of the server, which is another thread's."""
        await asyncio.shield(asyncio.wrap_future(self._opened))


@dataclass(frozen=True)
class _Behind:
    gate: Gate
    then: Answer

    async def answer(self, exchange: Exchange) -> None:
        await self.gate.passed()
        await give(self.then, exchange)


@dataclass
class System:
    """Processes that can be killed and started again, and a client of theirs."""

    crawl: Crawl
    home: Path
    slots: int = 2
    api_port: int = field(default_factory=free_port)
    node_ports: list[int] = field(default_factory=lambda: [free_port()])
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes see."""
        path = [self.variables.get("PYTHONPATH", ""), str(ROOT / "tests" / "patient")]
        return {
            **self.crawl.environment,
            "SCRAPERSKY_HOME": str(self.home),
            "SCRAPERSKY_JWT_SECRET": SECRET,
            "SCRAPERSKY_NODES": ",".join(map(self.node_url, range(len(self.node_ports)))),
            "SCRAPERSKY_API_URL": self.url,
            "SCRAPERSKY_WORKER_BACKOFF": "0.2",
            "SCRAPERSKY_WEBHOOK_PRIVATE": "true",
            "SCRAPERSKY_WEBHOOK_SECRET": WEBHOOK_KEY,
            "SCRAPY_SETTINGS_MODULE": "patient_settings",
            **self.variables,
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
        }

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.api_port}"

    def node_url(self, number: int = 0) -> str:
        """Where a node is."""
        return f"http://127.0.0.1:{self.node_ports[number]}"

    # --- processes --------------------------------------------------------------------------

    def start(self) -> None:
        """Nodes and API; returns when all answer."""
        for number in range(len(self.node_ports)):
            self._launch_node(number)
        self._launch_api()
        for number in range(len(self.node_ports)):
            self._await(node_name(number), f"{self.node_url(number)}/workers.json")
        self._await("api", f"{self.url}/health/ready")

    def start_node(self, number: int = 0) -> None:
        """A node; returns when it answers."""
        self._launch_node(number)
        self._await(node_name(number), f"{self.node_url(number)}/workers.json")

    def start_api(self, path: str = "/health/ready") -> None:
        """The API; returns when that path answers well."""
        self._launch_api()
        self._await("api", f"{self.url}{path}")

    def _launch_node(self, number: int) -> None:
        name = node_name(number)
        home = self.home if number == 0 else self.home / name
        arguments = ("node", "--port", str(self.node_ports[number]), "--slots", str(self.slots))
        self._launch(name, arguments, SCRAPERSKY_HOME=str(home))

    def _launch_api(self) -> None:
        self._launch("api", ("api", "--port", str(self.api_port)))

    def _launch(self, name: str, arguments: tuple[str, ...], **variables: str) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "scrapersky.cli.app", *arguments],
                cwd=ROOT,
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _await(self, name: str, url: str) -> None:
        def answers() -> bool:
            assert self.processes[name].poll() is None, self.log(name)
            try:
                return httpx2.get(url, trust_env=False).status_code == 200
            except httpx2.HTTPError:
                return False

        wait_until(answers)

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.home / f"{name}.log").read_text("utf-8", "replace")

    def worker_log(self, worker_id: object) -> Path:
        """The file that a worker of the first node writes to."""
        return self.home / "node" / "logs" / "scrapersky" / "homepage" / f"{worker_id}.log"

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends a process, and returns its status."""
        process = self.processes.pop(name)
        process.send_signal(how)
        return process.wait(timeout=60)

    def stop(self) -> None:
        """Ends everything, whatever state it is in."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.processes.clear()
        self.kill_workers()

    def kill_workers(self) -> None:
        """Ends what nodes started."""
        for process in psutil.process_iter():
            try:
                if process.environ().get("SCRAPERSKY_NODE", "").startswith(f"{self.home}/"):
                    process.kill()
            except (psutil.Error, OSError):
                continue

    # --- requests ---------------------------------------------------------------------------

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

    # --- sites ------------------------------------------------------------------------------

    def held(self, count: int, name: str = "held", *, free: int = 0) -> tuple[Gate, list[str]]:
        """Sites behind a gate, the first `free` of which stand before it; and their names."""
        gate = Gate()
        names = [f"{name}{number}.test" for number in range(count)]
        for number, one in enumerate(names):
            answer = HELD if number < free else gate
            self.crawl.web.web.add(one, Site(paths={"/": answer}))
        return gate, names

    # --- what the database says -------------------------------------------------------------

    def wait_state(self, job_id: str, *states: str, seconds: float = 90) -> dict[str, Any]:
        """Waits until a job is in one of these states."""
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

    def wait_ended(self, job_id: str, count: int) -> None:
        """Waits until so many of a job's targets have ended, of those that are not held back."""
        self.crawl.wait(
            "SELECT 1 FROM jobs WHERE id = %s AND targets_completed + targets_error >= %s",
            job_id,
            count,
        )

    def worker(self, job_id: str) -> dict[str, Any]:
        """Waits until a job has a worker at work."""
        query = (
            "SELECT w.* FROM job_workers w JOIN jobs j ON j.id = w.job_id WHERE j.id = %s AND"
            " w.pid IS NOT NULL AND w.closed_at IS NULL"
        )
        wait_until(lambda: bool(self.crawl.rows(query, job_id)), seconds=150)
        return self.crawl.rows(query, job_id)[0]

    def workers(self, job_id: str) -> list[dict[str, Any]]:
        """All that a job had, oldest first."""
        query = "SELECT * FROM job_workers WHERE job_id = %s ORDER BY id"
        return self.crawl.rows(query, job_id)


def node_name(number: int) -> str:
    """Under which a node's process is kept."""
    return "node" if number == 0 else f"node{number}"


@pytest.fixture
def system(crawl: Crawl, tmp_path: Path) -> Iterator[System]:
    """Not started yet, so that tests may change its environment."""
    os.environ.pop("SCRAPERSKY_JWT_SECRET", None)
    made = System(crawl, tmp_path)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def lasting_system(
    lasting_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """One for all tests that neither kill it nor change its environment."""
    os.environ.pop("SCRAPERSKY_JWT_SECRET", None)
    with DemoServerThread(Web({})) as web:
        made = System(Crawl(web, lasting_database), tmp_path_factory.mktemp("system"))
        made.variables |= {"SCRAPERSKY_STOP_GRACE": "3", "SCRAPERSKY_WORKER_LOSSES": "1"}
        made.start()
        yield made
        made.stop()


@pytest.fixture
def running(lasting_system: System) -> Iterator[System]:
    """Started, with a database and a web of which nobody has made use yet."""
    yield lasting_system
    lasting_system.kill_workers()
    wait_until(lambda: _is_emptied(lasting_system.crawl))
    lasting_system.crawl.web.web._sites.clear()
    lasting_system.crawl.web._server.requests.clear()


def _is_emptied(crawl: Crawl) -> bool:
    try:
        crawl.rows("TRUNCATE jobs, domains, tokens CASCADE")
    except psycopg.errors.DeadlockDetected:  # the API looks after jobs meanwhile
        return False
    return True
