"""Ways for a job to end that take their time, or need the kernel."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from api_stage import System
from support import Crawl, wait_until
from test_api_endings import assert_unavailable

from scrapersky.db import embedded, schema
from scrapersky.db.session import parse_url
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Site, page

pytestmark = pytest.mark.slow

OUTAGE = 60.0
"""Seconds: longer than those after which a worker without a heartbeat counts as gone."""


@pytest.mark.timeout(300)
def test_the_database_is_gone_for_a_minute(tmp_path: Path, web: DemoServerThread) -> None:
    home = tmp_path / "database"
    home.mkdir()
    url = embedded.ensure(home)
    schema.upgrade(parse_url(url))
    system = System(Crawl(web, url), tmp_path)
    try:
        system.start()
        gate, names = system.held(20, free=5)
        job_id = system.submit(*names)
        system.wait_ended(job_id, 5)
        [worker] = system.workers(job_id)
        embedded.stop(home)
        ends = time.monotonic() + OUTAGE
        while time.monotonic() < ends:
            assert_unavailable(system, f"/jobs/{job_id}")
            assert psutil.pid_exists(worker["pid"])
            time.sleep(1)  # so long is an outage: nothing is waited for
        gate.open()
        embedded.ensure(home)
        system.wait_state(job_id, "completed")
        [only] = system.workers(job_id)
        assert (only["id"], only["reason"]) == (worker["id"], "finished")
    finally:
        system.stop()
        embedded.reset(home)


@contextmanager
def memory_group() -> Iterator[tuple[Path, str]]:
    """A control group below our own, and the name of the file with its limit.

    https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
    https://docs.kernel.org/admin-guide/cgroup-v2.html#memory
    """
    path, limit = _own_group()
    group = path / f"scrapersky-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / limit).write_text("max" if limit == "memory.max" else "-1")
    except OSError as error:
        with suppress(OSError):
            group.rmdir()
        pytest.skip(f"no control group can be made here: {error}")
    try:
        yield group, limit
    finally:
        wait_until(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def _own_group() -> tuple[Path, str]:
    root = Path("/sys/fs/cgroup")
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return root / "memory" / path.lstrip("/"), "memory.limit_in_bytes"
        if not controllers and (root / "cgroup.controllers").exists():
            return root / path.lstrip("/"), "memory.max"
    pytest.skip("there are no control groups for memory here")


@pytest.mark.skipif(not Path("/proc/self/cgroup").exists(), reason="Linux only")
def test_the_kernel_ends_a_worker_for_want_of_memory(running: System) -> None:
    gate, names = running.held(20, free=5)
    large = page("<title>Large</title>" + "<p>All work and no play.</p>" * 200_000)
    for name in names[5:10]:
        running.crawl.web.web.add(name, Site(paths={"/": gate.before(large)}))
    job_id = running.submit(*names)
    worker = running.worker(job_id)
    running.wait_ended(job_id, 5)
    with memory_group() as (group, limit):
        (group / "cgroup.procs").write_text(str(worker["pid"]))
        (group / limit).write_text(str(4_000_000))  # what it allocates from now on
        gate.open()
        wait_until(lambda: running.workers(job_id)[0]["closed_at"] is not None)
    running.wait_state(job_id, "completed")
    first, second = running.workers(job_id)
    assert first["reason"] == (
        "Its worker was killed (SIGKILL): by somebody, or because memory ran out."
    )
    assert (first["exit_status"], second["reason"]) == (-9, "finished")
