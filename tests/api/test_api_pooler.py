"""The whole system behind a pooler that gives each transaction another server connection."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from api_stage import System, free_port
from support import company, wait_until

from scrapersky.db.session import parse_url

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed"),
]


@pytest.fixture
def pooled(system: System, tmp_path: Path) -> Iterator[System]:
    """Everything goes through pgbouncer in transaction mode, over two server connections."""
    url = parse_url(system.crawl.url)
    sockets = Path(str(url.query["host"]))
    owner = pwd.getpwuid(sockets.stat().st_uid)
    port, folder = free_port(), sockets.parent / "pooler"
    folder.mkdir()
    (folder / "users.txt").write_text(f'"{url.username}" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={sockets} port={url.query.get('port', '5432')}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {folder}/users.txt\npool_mode = transaction\n"
        "default_pool_size = 2\nmax_client_conn = 200\nserver_reset_query =\n"
    )
    if os.getuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    as_owner = ["-u", owner.pw_name] if os.getuid() == 0 else []
    process = subprocess.Popen(
        [str(PROGRAM), *as_owner, str(folder / "pgbouncer.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    direct = system.crawl.url
    pooled = f"postgresql://{url.username}@127.0.0.1:{port}/{url.database}"

    def answers() -> bool:
        assert process.poll() is None, "pgbouncer does not start"
        try:
            psycopg.connect(pooled, prepare_threshold=None).close()
        except psycopg.OperationalError:
            return False
        return True

    try:
        wait_until(answers)
        system.crawl.url = pooled
        yield system
    finally:
        system.stop()
        system.crawl.url = direct
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def test_jobs_behind_a_pooler(pooled: System) -> None:
    names = [f"s{number}.test" for number in range(20)]
    for name in names:
        pooled.crawl.web.web.add(name, company(name))
    pooled.start()
    jobs = [pooled.submit(*names[start : start + 10]) for start in (0, 10)]
    for job_id in jobs:
        pooled.wait_state(job_id, "completed")
        assert pooled.job(job_id)["targets"]["completed"] == 10
        with pooled.client() as client, client.stream("GET", f"/jobs/{job_id}/events") as answer:
            assert any(line == "event: end" for line in answer.iter_lines())
