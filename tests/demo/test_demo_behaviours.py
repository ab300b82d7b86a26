import gzip
import socket
import zlib
from collections.abc import Iterator

import pytest
from demo_client import asked, everything, get

from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import (
    BadGzip,
    Close,
    Drip,
    FailFirst,
    Garbage,
    GzipBomb,
    Hang,
    Huge,
    PerScheme,
    Redirect,
    Reset,
    Site,
    Slow,
    Truncate,
    Web,
    page,
)

HELLO = page("<h1>Hello")
SITE = Site(
    paths={
        "/hang": Hang(),
        "/slow": Slow(0.01, HELLO),
        "/drip": Drip(HELLO, seconds=0),
        "/close": Close(),
        "/reset": Reset(),
        "/reset-in-body": Reset(b"<h1>Hel"),
        "/truncate": Truncate(HELLO, missing=5),
        "/garbage": Garbage(),
        "/absolute": Redirect("https://elsewhere.test/"),
        "/relative": Redirect("hang?", status=302),
        "/template?x=1": Redirect("{scheme}://www.{host}{target}"),
        "/per-scheme": PerScheme(http=Redirect("https://{host}{target}"), https=HELLO),
        "/huge": Huge(2),
        "/huge-undeclared": Huge(2, declared=False),
        "/bomb": GzipBomb(3),
        "/bad-gzip": BadGzip(),
    }
)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServerThread]:
    with DemoServerThread(Web({"a.test": SITE})) as running:
        yield running


def test_hang_takes_the_request_and_says_nothing(server: DemoServerThread) -> None:
    with asked(server, "a.test", "/hang") as raw:
        raw.setblocking(False)
        assert get(server, "a.test", "/slow").status == 200  # the server is alive meanwhile
        assert server.requests[-2].path == "/hang"
        with pytest.raises(BlockingIOError):
            raw.recv(1)


def test_slow_answers_in_the_end(server: DemoServerThread) -> None:
    assert get(server, "a.test", "/slow").body == HELLO.body


def test_drip_sends_every_byte(server: DemoServerThread) -> None:
    assert get(server, "a.test", "/drip").body == HELLO.body


def test_close_ends_in_good_order_without_a_byte(server: DemoServerThread) -> None:
    with asked(server, "a.test", "/close") as raw:
        assert everything(raw) == b""


@pytest.mark.parametrize("path", ["/reset", "/reset-in-body"])
def test_reset_is_seen_as_a_reset(server: DemoServerThread, path: str) -> None:
    with asked(server, "a.test", path) as raw, pytest.raises(ConnectionResetError):
        everything(raw)


def test_reset_in_body_promises_more_than_it_sends(server: DemoServerThread) -> None:
    with asked(server, "a.test", "/reset-in-body") as raw:
        begin = raw.recv(65_536)
    assert b"Content-Length: 8\r\n" in begin
    assert begin.endswith(b"\r\n\r\n<h1>Hel")


def test_truncate_leaves_out_what_it_promised(server: DemoServerThread) -> None:
    with asked(server, "a.test", "/truncate") as raw:
        head, _, body = everything(raw).partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % (len(HELLO.body) + 5) in head
    assert body == HELLO.body


def test_garbage_is_not_http(server: DemoServerThread) -> None:
    with asked(server, "a.test", "/garbage") as raw:
        assert everything(raw) == Garbage().data


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/absolute", 301, "https://elsewhere.test/"),
        ("/relative", 302, "hang?"),
        ("/template?x=1", 301, "http://www.a.test/template?x=1"),
        ("/per-scheme", 301, "https://a.test/per-scheme"),
    ],
)
def test_redirect(server: DemoServerThread, path: str, status: int, location: str) -> None:
    answer = get(server, "a.test", path)
    assert (answer.status, answer.headers["Location"]) == (status, location)


def test_huge_sends_what_it_declares(server: DemoServerThread) -> None:
    answer = get(server, "a.test", "/huge")
    assert answer.headers["Content-Length"] == "2000000"
    assert len(answer.body) == 2_000_000


def test_huge_can_keep_its_size_to_itself(server: DemoServerThread) -> None:
    answer = get(server, "a.test", "/huge-undeclared")
    assert "Content-Length" not in answer.headers
    assert len(answer.body) == 2_000_000


def test_huge_stops_when_the_client_leaves(server: DemoServerThread) -> None:
    with asked(server, "a.test", "/huge") as raw:
        raw.recv(100)
    assert get(server, "a.test", "/slow").status == 200


def test_gzip_bomb_unpacks_to_megabytes(server: DemoServerThread) -> None:
    answer = get(server, "a.test", "/bomb")
    assert len(answer.body) < 10_000
    assert len(gzip.decompress(answer.body)) == 3_000_000


def test_bad_gzip_cannot_be_unpacked(server: DemoServerThread) -> None:
    answer = get(server, "a.test", "/bad-gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    with pytest.raises((EOFError, zlib.error, gzip.BadGzipFile)):
        gzip.decompress(answer.body)


def test_fail_first_works_after_its_failures(server: DemoServerThread) -> None:
    server.web.add("later.test", Site(paths={"/": FailFirst(2, HELLO)}))
    statuses = [get(server, "later.test").status for _ in range(4)]
    assert statuses == [503, 503, 200, 200]


def test_a_behaviour_leaves_the_connection_usable(server: DemoServerThread) -> None:
    with asked(server, "a.test", "/slow") as raw:
        first = _one(raw)
        raw.sendall(b"GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert _one(raw) == first


def _one(raw: socket.socket) -> bytes:
    received = b""
    while len(received) < len(HELLO.wire):
        received += raw.recv(65_536)
    return received
