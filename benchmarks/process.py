"""What a process used, from its start to its end."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import psutil

ROOT = Path(__file__).parent.parent
SAMPLE_SECONDS = 0.1


class BenchmarkError(Exception):
    """What was to be measured did not do what it should."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process, with those that it waited for, used."""

    cpu: float
    """Seconds of user and system time."""
    wall: float
    """Seconds."""
    memory: float = 0.0
    """Megabytes resident at the peak. Of the process itself, sampled."""
    handles: int = 0
    """Open file descriptors at the peak. The same."""


def measure(
    command: Sequence[str], environment: Mapping[str, str], *, watched: bool = False
) -> Usage:
    """Runs a command of the project to its end.

    Args:
        command: what to run.
        environment: all of its environment.
        watched: whether to sample memory and handles.

    Raises:
        BenchmarkError: it ended with another status than 0.
    """
    with TemporaryFile("w+") as log:
        before, began = _cpu(resource.RUSAGE_CHILDREN), time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=log
        )
        memory, handles = _watch(process) if watched else (0, 0)
        status = process.wait()
        cpu, wall = _cpu(resource.RUSAGE_CHILDREN) - before, time.perf_counter() - began
        if status != 0:
            log.seek(0)
            raise BenchmarkError(f"{' '.join(command)} ended with {status}:\n{log.read()}")
    return Usage(cpu, wall, memory / 1e6, handles)


def python(module: str, *arguments: str) -> list[str]:
    """The command of a module, with this interpreter."""
    return [sys.executable, "-m", module, *arguments]


def environment(**variables: str) -> dict[str, str]:
    """This process's, without what configures the project, and with `variables`."""
    ours = ("SCRAPERSKY_", "DATABASE_", "REDIS_", "SCRAPY_", "PG")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | variables


def own_cpu() -> float:
    """Seconds of user and system time that this process has used."""
    return _cpu(resource.RUSAGE_SELF)


def _cpu(who: int) -> float:
    # Of children those that have ended: so only one is measured at a time.
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _watch(process: "subprocess.Popen[bytes]") -> tuple[int, int]:
    memory = handles = 0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            memory = max(memory, watched.memory_info().rss)
            handles = max(handles, watched.num_fds())
        except psutil.Error:  # it has ended meanwhile
            break
        time.sleep(SAMPLE_SECONDS)
    return memory, handles
