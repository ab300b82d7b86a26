import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Iterator

import pytest
from demo_client import TIMEOUT, asked, everything, get, opened, over_tls

from scrapersky.demo.server import DemoServer, DemoServerThread
from scrapersky.demo.site import Hang, Port, Site, Web, page


def _site(text: str, *, http: Port = Port.OPEN, https: Port = Port.OPEN) -> Site:
    robots = "User-agent: *\nAllow: /\n"
    return Site(paths={"/": page(text)}, robots=robots, http=http, https=https)


@pytest.fixture(scope="module")
def web() -> Web:
    return Web(
        {
            "one.test": _site("one"),
            "two.test": _site("two"),
            "www.two.test": _site("www two"),
            "bücher.test": _site("idn"),
            "plain.test": _site("plain", https=Port.REFUSED),
            "tls.test": _site("tls", http=Port.REFUSED),
            "broken.test": _site("broken", https=Port.BROKEN),
            "hang.test": Site(default=Hang()),
        }
    )


@pytest.fixture(scope="module")
def server(web: Web) -> Iterator[DemoServerThread]:
    with DemoServerThread(web) as running:
        yield running


@pytest.mark.parametrize(
    ("host", "text"),
    [
        ("one.test", b"one"),
        ("ONE.test:80", b"one"),
        ("www.one.test", b"one"),
        ("two.test", b"two"),
        ("www.two.test", b"www two"),
        ("xn--bcher-kva.test", b"idn"),
    ],
)
def test_the_host_header_chooses_the_site(server: DemoServerThread, host: str, text: bytes) -> None:
    assert get(server, host).body == text


def test_unknown_hosts_and_paths_are_404(server: DemoServerThread) -> None:
    assert get(server, "unknown.test").status == 404
    assert get(server, "one.test", "/unknown").status == 404


def test_robots_and_queries(server: DemoServerThread) -> None:
    assert get(server, "one.test", "/robots.txt").body.startswith(b"User-agent")
    assert get(server, "hang.test", "/?", method="POST").status == 400
    assert get(server, "one.test", "/?from=nowhere").body == b"one"


def test_tls_serves_the_same_sites(server: DemoServerThread) -> None:
    assert over_tls(server, "one.test").endswith(b"\r\n\r\none")
    assert over_tls(server, "tls.test").endswith(b"\r\n\r\ntls")


def test_tls_fails_for_a_broken_host_only(server: DemoServerThread) -> None:
    broken = f"127.0.0.1:{server.broken_port}"
    assert f"broken.test:443={broken},www.broken.test:443={broken}" in server.connect_to
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake[_ ]failure"):
        over_tls(server, "broken.test", port=server.broken_port)
    assert get(server, "broken.test").body == b"broken"


def test_head_has_no_body(server: DemoServerThread) -> None:
    answer = get(server, "one.test", method="HEAD")
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "3", b"")


def test_requests_in_a_row_are_answered_in_a_row(server: DemoServerThread) -> None:
    request = "GET / HTTP/1.1\r\nHost: {}.test\r\n{}\r\n"
    with opened(
        server, request.format("one", "") + request.format("two", "Connection: close\r\n")
    ) as raw:
        received = everything(raw)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.endswith(b"two")


def test_http_1_0_closes(server: DemoServerThread) -> None:
    with opened(server, "GET / HTTP/1.0\r\nHost: one.test\r\n\r\n") as raw:
        assert everything(raw).endswith(b"one")


@pytest.mark.parametrize(
    "request_text",
    [
        "gurgle\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET one.test HTTP/1.1\r\nHost: one.test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: one.test\r\nContent-Length: 5\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(server: DemoServerThread, request_text: str) -> None:
    with opened(server, request_text) as raw:
        assert everything(raw).startswith(b"HTTP/1.1 400 ")


def test_an_endless_head_ends_the_connection(server: DemoServerThread) -> None:
    # A reset is what a kernel says whose data nobody read.
    with contextlib.suppress(ConnectionError), socket.socket() as raw:
        raw.settimeout(TIMEOUT)
        raw.connect((server.host, server.http_port))
        raw.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000)
        assert everything(raw) == b""


def test_connect_to_refuses_what_is_refused(server: DemoServerThread) -> None:
    rules = dict(rule.split("=") for rule in server.connect_to.split(","))
    closed = f"127.0.0.1:{server.closed_port}"
    assert rules["plain.test:443"] == rules["www.plain.test:443"] == closed
    assert rules["tls.test:80"] == closed
    assert "one.test:80" not in rules
    assert rules["*.test:80"] == f"127.0.0.1:{server.http_port}"
    assert list(rules)[-1] == "*.test:443"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.closed_port))


def test_the_closed_port_is_kept(server: DemoServerThread) -> None:
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", server.closed_port))


def test_the_log_says_who_asked_for_what(server: DemoServerThread) -> None:
    before = time.time()
    get(server, "two.test", "/robots.txt?x", headers={"User-Agent": "Tester/1"})
    line = server.requests[-1]
    assert line[1:] == ("http", "two.test", "/robots.txt?x", "Tester/1")
    assert before <= line.time <= time.time()
    over_tls(server, "two.test")
    assert server.requests[-1].scheme == "https"


def test_the_log_can_be_off(web: Web) -> None:
    with DemoServerThread(web, log_requests=False) as server:
        get(server, "one.test")
        assert server.requests == []


def test_stopping_ends_open_connections(web: Web) -> None:
    with DemoServerThread(web) as server:
        raw = asked(server, "hang.test")
        assert get(server, "one.test").status == 200
        port = server.http_port
    with raw, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert server._thread.is_alive() is False


def test_a_port_that_is_taken_is_said_to_the_caller(server: DemoServerThread, web: Web) -> None:
    with pytest.raises(OSError, match="in use"), DemoServerThread(web, http_port=server.http_port):
        pass


async def test_inside_an_event_loop(web: Web) -> None:
    async with DemoServer(web) as server:
        reader, writer = await asyncio.open_connection(server.host, server.http_port)
        writer.write(b"GET / HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n")
        received = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert received.endswith(b"one")
    assert server.requests[0].host == "one.test"


async def test_latency_is_added() -> None:
    web = Web({"one.test": _site("one")}, latency=0.001)
    async with DemoServer(web) as server:
        assert (await asyncio.to_thread(_status, server)) == b"HTTP/1.1 200 OK"


def _status(server: DemoServer) -> bytes:
    with socket.create_connection((server.host, server.http_port), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n")
        return everything(raw).partition(b"\r\n")[0]
