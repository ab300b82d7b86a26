"""Long lists in and out of the API: what its process holds, and what a row costs."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Thread

import httpx2
import psutil
import psycopg

from benchmarks.process import ROOT, SAMPLE_SECONDS, BenchmarkError, environment, python
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.config import Config
from scrapersky.tokens import make

MEMORY_LIMIT = 100
"""Megabytes that the API's process may grow by."""
PATIENCE = 60
"""Seconds for the API to start."""
FILL = (
    (
        "INSERT INTO domains (id, domain) SELECT gen_random_uuid(), 'p' || n || '.load.test'"
        " FROM generate_series(1, 1000) n"
    ),
    (
        "INSERT INTO pages (id, domain_id, url, page_type, lastmod, first_seen_at, last_seen_at)"
        " SELECT (lpad(to_hex(1767225600000 + n), 12, '0') || '70008000000000000000')::uuid, d.id,"
        " 'https://' || d.domain || '/articles/2026/' || md5(n::text) || '.html',"
        " CASE WHEN mod(n, 50) = 0 THEN 'contact' ELSE 'article' END, '2026-01-01Z', now(), now()"
        " FROM generate_series(1, %s) n JOIN (SELECT id, domain, row_number() OVER () AS number"
        "  FROM domains) d ON d.number = mod(n, 1000) + 1"
    ),
    "ANALYZE pages",
)


def exports(stage: Stage) -> Iterator[Row]:
    """An export in each format, and an import."""
    _, count = stage.sizes.lists
    with stage.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(FILL[0])
            connection.execute(FILL[1].encode(), [count])
            connection.execute(FILL[2])
        for format_ in ("csv", "jsonl", "parquet"):
            with _api(url) as api:
                yield from _measured(
                    stage, api, f"export_{format_}", count, _export(api, format_, count)
                )
        with _api(url) as api:
            yield from _measured(stage, api, "import", count, _import(api, count))


class _Api:
    def __init__(self, process: psutil.Process, client: httpx2.Client) -> None:
        self.process = process
        self.client = client
        self.peak = 0
        self._is_over = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Takes note of its memory meanwhile."""
        thread = Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._is_over = True
            thread.join()

    def _watch(self) -> None:
        while not self._is_over:
            self.peak = max(self.peak, self.process.memory_info().rss)
            time.sleep(SAMPLE_SECONDS)

    @property
    def cpu(self) -> float:
        """Seconds so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


def _measured(
    stage: Stage, api: _Api, name: str, count: int, work: Callable[[], None]
) -> Iterator[Row]:
    before, cpu = api.process.memory_info().rss, api.cpu
    with api.watched():
        work()
    cpu = api.cpu - cpu
    grown = (api.peak - before) / 1e6
    stage.say(f"{name}: {cpu:.1f} s of the API's CPU, {before / 1e6:.0f} MB before")
    yield Row(
        name=f"{name}_memory",
        value=grown,
        unit="MB",
        meaning=f"by which the API's process grew at the peak, {count:,} rows",
        target=Target(MEMORY_LIMIT),
    )
    yield Row(
        name=f"{name}_rows",
        value=count / cpu,
        unit="rows/s",
        meaning="rows a second of the API's CPU",
    )


def _export(api: _Api, format_: str, count: int) -> Callable[[], None]:
    def work() -> None:
        lines = size = 0
        with api.client.stream("GET", "/export/pages", params={"format": format_}) as answer:
            for data in answer.iter_bytes():
                size += len(data)
                lines += data.count(b"\n")
        expected = count + 1 if format_ == "csv" else count
        if answer.status_code != 200 or not size or (format_ != "parquet" and lines != expected):
            raise BenchmarkError(f"{answer.status_code}: {lines:,} lines, not {expected:,}")

    return work


def _import(api: _Api, count: int) -> Callable[[], None]:
    def work() -> None:
        body = (f"n{number}.load.test\n".encode() for number in range(count))
        headers = {"Content-Type": "text/plain"}
        answer = api.client.post("/domains/import", content=body, headers=headers)
        found = answer.json().get("data", {}).get("added")
        if found != count:
            raise BenchmarkError(f"{answer.status_code}: {found} added, not {count:,}")

    return work


@contextmanager
def _api(url: str) -> Iterator[_Api]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    secret = token_hex(32)
    with TemporaryDirectory() as home:
        process = subprocess.Popen(
            python("scrapersky.cli.app", "api", "--port", str(port)),
            cwd=ROOT,
            env=environment(
                DATABASE_URL=url,
                SCRAPERSKY_HOME=home,
                SCRAPERSKY_JWT_SECRET=secret,
                SCRAPERSKY_NODES="",
            ),
            stdout=subprocess.DEVNULL,
            stderr=(Path(home) / "log").open("wb"),
        )
        token, _ = make(Config(jwt_secret=secret), subject="bench", lifetime=timedelta(hours=1))
        client = httpx2.Client(
            base_url=f"http://127.0.0.1:{port}/api/v3",
            headers={"Authorization": f"Bearer {token}"},
            timeout=600,
            trust_env=False,
        )
        try:
            with client:
                _wait(client)
                yield _Api(psutil.Process(process.pid), client)
        finally:
            process.terminate()
            process.wait()


def _wait(client: httpx2.Client) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if client.get("/jobs").status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(SAMPLE_SECONDS)
    raise BenchmarkError("The API does not answer.")
