"""The generated web, served by another process: nginx where it is installed, else the demo's."""

import gzip
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.process import ROOT, BenchmarkError, environment, python
from scrapersky.demo.certificate import identity
from scrapersky.demo.load import ROBOTS, VARIANTS, load_web
from scrapersky.demo.request import Request

SIZE = 60_000
"""Bytes of a homepage, before compression."""
PATIENCE = 30
"""Seconds within which the server has to answer."""
NGINX = """
daemon off;
worker_processes 1;
worker_rlimit_nofile {handles};
pid {folder}/pid;
error_log stderr error;
events {{ worker_connections {handles}; }}
http {{
    access_log off;
    sendfile on;
    keepalive_timeout 300;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    ssl_certificate {folder}/identity.pem;
    ssl_certificate_key {folder}/identity.pem;
    ssl_session_tickets off;
    server {{
        listen 127.0.0.1:{http} backlog=4096;
        listen 127.0.0.1:{https} ssl backlog=4096;
        server_name ~^d\\d*(?<digit>\\d)\\.load\\.test$;
        root {folder}/web;
        default_type "text/html; charset=utf-8";
        location = / {{
            add_header Content-Encoding gzip;
            try_files /$digit.gz =404;
        }}
        location = /robots.txt {{ default_type text/plain; }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class ServedWeb:
    """Where the web is: `d<number>.load.test`, any number, on ports 80 and 443."""

    server: str
    """What serves it, with its version."""
    connect_to: str
    """The value of SCRAPERSKY_CONNECT_TO."""


@contextmanager
def served_web() -> Iterator[ServedWeb]:
    """Serves until the end of the `with`."""
    nginx = shutil.which("nginx")
    with _by_nginx(nginx) if nginx else _by_demo() as web:
        yield web


def homepage(number: int) -> tuple[bytes, bytes]:
    """A homepage of the generated web: its body as it is, and gzipped."""
    request = Request("http", "GET", f"d{number}.load.test", "/", "", False, True)
    answer = load_web(size=SIZE).find(request)
    assert isinstance(answer, bytes)  # noqa: S101 - no host fails in this web
    body = answer.partition(b"\r\n\r\n")[2]
    return body, gzip.compress(body, 6, mtime=0)


@contextmanager
def _by_demo() -> Iterator[ServedWeb]:
    command = python("scrapersky.demo", "--load", "--size", str(SIZE))
    with _running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - as asked for
        line = process.stdout.readline()
        if not line:
            raise BenchmarkError("`python -m scrapersky.demo --load` does not serve.")
        yield ServedWeb("scrapersky.demo", json.loads(line)["connect_to"])


@contextmanager
def _by_nginx(nginx: str) -> Iterator[ServedWeb]:
    http, https = _free_ports(2)
    with TemporaryDirectory(prefix="scrapersky-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the worker of root's nginx is another user
        _write_files(folder / "web")
        (folder / "identity.pem").write_bytes(identity())
        config = folder / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, http=http, https=https, handles=20_000))
        with _running([nginx, "-e", "stderr", "-p", name, "-c", str(config)]) as process:
            _wait_for(http, process)
            rules = f"*.test:80=127.0.0.1:{http},*.test:443=127.0.0.1:{https}"
            yield ServedWeb(_nginx_version(nginx), rules)


def _write_files(web: Path) -> None:
    web.mkdir()
    (web / "robots.txt").write_bytes(ROBOTS.partition(b"\r\n\r\n")[2])
    for digit in range(10):
        (web / f"{digit}.gz").write_bytes(homepage(digit % VARIANTS)[1])


@contextmanager
def _running(command: list[str], stdout: int | None = None) -> "Iterator[subprocess.Popen[bytes]]":
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=stdout) as process:
        try:
            yield process
        finally:
            process.terminate()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise BenchmarkError(f"nginx does not answer on port {port}.")


def _nginx_version(nginx: str) -> str:
    said = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=False).stderr
    return said.strip().removeprefix("nginx version: ")
