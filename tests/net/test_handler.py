import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from certificates import write_self_signed

from scrapersky.net.handler import _require

ROOT = Path(__file__).parent.parent.parent


class Site(ThreadingHTTPServer):
    """Answers with the name that the client asked for, in the handshake or in the request."""

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Visitor)
        self.names: list[str] = []
        self.closed: dict[str, threading.Event] = {}
        if certificate is not None:
            self.socket = self.encrypted(certificate).wrap_socket(self.socket, server_side=True)

    def encrypted(self, certificate: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _, name, __: self.names.append(name or "-")
        return context


class Visitor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        host = self.headers["Host"]
        self.seen = self.server.closed.setdefault(host, threading.Event())
        if self.path.startswith("/until-closed/"):
            host = str(self.server.closed[self.path.rpartition("/")[2]].wait(20))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(host)))
        self.end_headers()
        self.wfile.write(host.encode())

    def finish(self) -> None:
        super().finish()
        if hasattr(self, "seen"):
            self.seen.set()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's interface
        pass


def _served(site: Site) -> Iterator[Site]:
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from _served(Site())


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "site.pem"
    write_self_signed(path, "a.test", "b.test")
    return path


@pytest.fixture
def secure_site(certificate: Path) -> Iterator[Site]:
    yield from _served(Site(certificate))


def crawl(site: Site, *urls: str, settings: dict[str, Any] | None = None, **env: str) -> Any:
    port = site.server_address[1]
    rules = f"*.test:80=127.0.0.1:{port},*.test:443=127.0.0.1:{port}"
    done = subprocess.run(
        [
            sys.executable,
            *("-W", "error"),
            str(Path(__file__).with_name("crawling.py")),
            json.dumps({"urls": urls, "settings": settings or {}}),
        ],
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SCRAPERSKY_CONNECT_TO": rules} | env,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


def test_pages_are_fetched_where_the_rules_say(site: Site) -> None:
    assert [page[0] for page in crawl(site, "http://a.test/", "http://www.b.test/x")] == [
        "a.test",
        "www.b.test",
    ]


def test_idle_connections_are_closed_and_their_hosts_forgotten(site: Site) -> None:
    first, second = crawl(site, "http://a.test/", "http://b.test/until-closed/a.test")
    assert first == ["a.test", ["a.test"]]
    assert second == ["True", ["b.test"]]


def test_private_addresses_are_not_visited(site: Site) -> None:
    port = site.server_address[1]
    hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "017700000001", "[::1]", "127.1"]
    refused = ["CannotResolveHostError", "private_address"]
    assert crawl(site, *(f"http://{host}:{port}/" for host in hosts)) == [refused] * len(hosts)
    assert not site.closed


def test_a_name_that_does_not_exist(site: Site) -> None:
    assert crawl(site, "https://a.invalid/") == [["CannotResolveHostError", "dns"]]


def test_each_host_is_named_in_the_handshake(secure_site: Site) -> None:
    pages = crawl(secure_site, "https://a.test/", "https://b.test/", "https://other.test/")
    assert [page[0] for page in pages] == ["a.test", "b.test", "other.test"]
    assert secure_site.names == ["a.test", "b.test", "other.test"]


def test_certificates_are_verified_for_each_host(secure_site: Site, certificate: Path) -> None:
    pages = crawl(
        secure_site,
        "https://a.test/",
        "https://other.test/",
        "https://b.test/",
        settings={"DOWNLOAD_VERIFY_CERTIFICATES": True},
        SSL_CERT_FILE=str(certificate),
    )
    assert [page[0] for page in pages] == ["a.test", "DownloadFailedError", "b.test"]


def test_a_client_that_does_not_fit_stops_the_process() -> None:
    with pytest.raises(SystemExit, match="object has no _pool or _factory: this version"):
        _require(object(), "__class__", "_pool", "_factory")
