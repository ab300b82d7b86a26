import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scrapersky.demo.companies import DEMO_DOMAINS


@contextmanager
def _demo(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "scrapersky.demo", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def _ask(port: int, host: str) -> tuple[int, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": host})
        response = connection.getresponse()
        return response.status, len(response.read())
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_the_demo_until_it_is_told_to_stop(number: signal.Signals) -> None:
    with _demo() as (process, line):
        assert line["domains"] == DEMO_DOMAINS
        assert f"*.test:443=127.0.0.1:{line['https_port']}" in line["connect_to"]
        assert _ask(line["http_port"], "brot-und-donner.test")[0] == 200
        with pytest.raises(ConnectionResetError):
            _ask(line["http_port"], "scissors-hotline.test")
        process.send_signal(number)
        assert process.wait(10) == 0


def test_it_serves_the_generated_web_of_a_size() -> None:
    with _demo("--load", "--size", "9000", "--latency", "0.001") as (_, line):
        assert line["domains"][1] == "d1.load.test"
        status, length = _ask(line["http_port"], "d77.load.test")
        assert status == 200
        assert 8_000 < length < 13_000
