"""The end of a job is told: signed, tried again, recorded."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from api_stage import WEBHOOK_KEY, System
from support import wait_until

pytestmark = pytest.mark.slow


class Listener(ThreadingHTTPServer):
    """Answers with the statuses that it is given, the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = [204]
        self.heard: list[tuple[dict[str, str], bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_signed_and_tried_again(running: System, listener: Listener) -> None:
    listener.statuses = [500, 204]
    url = f"http://127.0.0.1:{listener.server_port}/hook"
    job_id = running.submit("no.test", webhook_url=url)
    query = "SELECT 1 FROM webhook_deliveries WHERE job_id = %s AND "
    running.crawl.wait(query + "http_status = 500 AND next_at IS NOT NULL", job_id)
    running.crawl.rows("UPDATE webhook_deliveries SET next_at = now()")
    told = "delivered_at IS NOT NULL AND next_at IS NULL AND attempts = 2"
    running.crawl.wait(query + told, job_id)
    assert len(listener.heard) == 2
    headers, body = listener.heard[-1]
    message = json.loads(body)
    assert (message["job_id"], message["state"]) == (job_id, "completed_with_errors")
    time, _, signature = headers["X-ScraperSky-Signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(
        WEBHOOK_KEY.encode(), f"{time}.".encode() + body, hashlib.sha256
    ).hexdigest()
    assert signature == expected


def test_private_addresses_are_refused(system: System, listener: Listener) -> None:
    system.variables["SCRAPERSKY_WEBHOOK_PRIVATE"] = "false"
    system.start()
    url = f"http://localhost:{listener.server_port}/hook"
    job_id = system.submit("no.test", webhook_url=url)
    system.crawl.wait(
        "SELECT 1 FROM webhook_deliveries WHERE job_id = %s AND error ~ 'private'", job_id
    )
    assert listener.heard == []


def test_one_delivery_an_end(running: System, listener: Listener) -> None:
    url = f"http://127.0.0.1:{listener.server_port}/hook"
    job_id = running.submit("no.test", webhook_url=url)
    running.wait_state(job_id, "completed_with_errors")
    wait_until(lambda: len(listener.heard) == 1)
    other = running.submit("no.test", webhook_url=url)
    running.wait_state(other, "completed_with_errors")
    wait_until(lambda: len(listener.heard) == 2)
    assert [json.loads(body)["job_id"] for _, body in listener.heard] == [job_id, other]
