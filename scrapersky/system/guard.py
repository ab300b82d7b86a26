"""Ends the parts of the system where what started them died without doing so (SIGKILL).

A process of its own that reads a pipe: the kernel closes it with whoever held its other end. The
embedded PostgreSQL is not among the parts: others may use it.
"""

import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

import psutil


class Guard:
    """The end of the pipe that must not close before its time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scrapersky.system.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # out of Ctrl-C's reach
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()

    def watch(self, pid: int, patience: float) -> None:
        """A part has begun; when it is to end it gets so many seconds for that."""
        self._say(f"{pid} {patience}")

    def forget(self, pid: int) -> None:
        """A part has ended."""
        self._say(f"{pid}")

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with suppress(OSError):  # it was killed: then the parts stay where this one is killed, too
            print(line, file=self._process.stdin, flush=True)


def follow(lines: Iterable[str]) -> None:
    """Takes note of parts until the lines end; then ends those that are left, the newest first."""
    left: dict[int, tuple[psutil.Process, float]] = {}
    for line in lines:
        pid, _, patience = line.partition(" ")
        left.pop(int(pid), None)
        with suppress(psutil.NoSuchProcess):
            if patience:
                left[int(pid)] = psutil.Process(int(pid)), float(patience)
    for process, seconds in reversed(left.values()):
        _end(process, seconds)


def _end(process: psutil.Process, patience: float) -> None:
    try:
        process.terminate()
        process.wait(patience)
    except psutil.TimeoutExpired:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    except psutil.NoSuchProcess:
        return


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        follow(sys.stdin)
