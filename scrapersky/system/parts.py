"""What the system is made of: Redis, a node, the API."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import httpx2

from scrapersky.config import Config
from scrapersky.errors import InputError
from scrapersky.node import process
from scrapersky.system.child import Child

HOST = "127.0.0.1"
STOP_SECONDS = 15.0
"""For a part's own end, beside the grace of the workers."""


def free_port(wanted: int, option: str) -> int:
    """A port on loopback to listen on: the wanted one, or with 0 any.

    Raises:
        InputError: somebody else has it.
    """
    try:
        with closing(socket.create_server((HOST, wanted))) as listening:
            return int(listening.getsockname()[1])
    except OSError as error:
        raise InputError(
            f"Port {wanted} of {HOST} cannot be had ({error.strerror}): is another one running?"
            f" Choose another port with {option}; 0 is any that is free."
        ) from None


def redis(home: Path, environment: dict[str, str]) -> tuple[Child, str] | None:
    """A private Redis and its URL; None where there is no program for it."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        return None
    folder = home / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # who reaches the socket may do everything
    path = folder / "redis.sock"
    path.unlink(missing_ok=True)
    command = [program, "--port", "0", "--unixsocket", str(path), "--dir", str(folder)]
    # PostgreSQL has what it is filled from.
    command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
    child = Child(
        "Redis",
        command,
        environment=environment,
        folder=folder,
        log=home / "logs" / "redis.log",
        answers=lambda: _listens(path),
        patience=STOP_SECONDS,
    )
    return child, f"unix://{path}"


def node(config: Config, environment: dict[str, str], port: int, slots: int) -> Child:
    """A Scrapyd node."""
    folder = process.prepare(config, host=HOST, port=port, slots=slots)
    return Child(
        "Scrapyd node",
        process.command(),
        environment=environment,
        folder=folder,
        log=config.home.resolve() / "logs" / "node.log",
        answers=_answering(f"http://{HOST}:{port}/workers.json"),
        patience=config.stop_grace + STOP_SECONDS,
    )


def api(home: Path, environment: dict[str, str], port: int) -> Child:
    """The API."""
    return Child(
        "API",
        [sys.executable, "-m", "scrapersky.cli.app", "api", "--host", HOST, "--port", str(port)],
        environment=environment,
        folder=Path.cwd(),
        log=home / "logs" / "api.log",
        answers=_answering(f"http://{HOST}:{port}/health/ready"),
        patience=STOP_SECONDS,
    )


def inherited(config: Config, **more: str) -> dict[str, str]:
    """The environment of all parts: this one's, with a home that is the same everywhere."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])  # noqa: PTH120
    return {**os.environ, "SCRAPERSKY_HOME": str(config.home.resolve()), "PATH": path, **more}


def _answering(url: str) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            return httpx2.get(url, timeout=10, trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False

    return answers


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.connect(str(path))
        return True
    return False
