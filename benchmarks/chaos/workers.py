"""The crawl's processes: kept at their number, whatever happens to them."""

import random
import signal
import subprocess
import time
from collections.abc import Container, Mapping
from pathlib import Path
from typing import IO

from benchmarks.process import ROOT, python

RESPAWN_SECONDS = 0.5
"""Between two starts: while Redis or PostgreSQL is down they end at once."""


class Workers:
    """A fixed number of crawl processes on one job."""

    def __init__(
        self,
        count: int,
        environment: Mapping[str, str],
        folder: Path,
        settings: Mapping[str, object],
    ) -> None:
        self.kills = 0
        self.stops = 0
        self._count = count
        self._environment = environment
        self._log: IO[bytes] = (folder / "workers.log").open("ab")
        self._settings = settings
        self._running: list[subprocess.Popen[bytes]] = []
        self._stopped: list[tuple[float, subprocess.Popen[bytes]]] = []
        self._next_start = 0.0

    def start(self, argument: str) -> None:
        """One more worker."""
        settings = [f"--set={name}={value}" for name, value in self._settings.items()]
        command = python("scrapy", "crawl", "homepage", "-a", argument, *settings)
        self._running.append(
            subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log
            )
        )
        self._next_start = time.monotonic() + RESPAWN_SECONDS

    def keep_up(self, argument: str) -> None:
        """Replaces those that have ended, and wakes those whose time has come."""
        now = time.monotonic()
        for wake_at, process in [pair for pair in self._stopped if pair[0] <= now]:
            process.send_signal(signal.SIGCONT)
            self._stopped.remove((wake_at, process))
        self._running = [process for process in self._running if process.poll() is None]
        while len(self._running) < self._count and now >= self._next_start:
            self.start(argument)

    def kill_one(self, chance: random.Random, joined: Container[int]) -> bool:
        """SIGKILL to one that has joined the job and is awake; False where too few are.

        On a busy machine workers would else be killed faster than they start: nothing would be
        crawled, and nothing proved.
        """
        able = self._able(joined)
        if len(able) < max(self._count // 2, 1):
            return False
        victim = chance.choice(able)
        victim.kill()
        victim.wait()
        self.kills += 1
        return True

    def stop_one(self, chance: random.Random, joined: Container[int], seconds: float) -> bool:
        """SIGSTOP to such a one, for some time."""
        able = self._able(joined)
        if not able:
            return False
        victim = chance.choice(able)
        victim.send_signal(signal.SIGSTOP)
        self._stopped.append((time.monotonic() + seconds, victim))
        self.stops += 1
        return True

    def wait(self, seconds: float) -> list[int]:
        """Wakes all, and waits for their end. Returns their exit statuses."""
        for _, process in self._stopped:
            process.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + seconds
        return [process.wait(max(deadline - time.monotonic(), 0.1)) for process in self._running]

    def close(self) -> None:
        """Kills what is left."""
        for process in self._running:
            process.kill()
            process.wait()
        self._log.close()

    def _able(self, joined: Container[int]) -> "list[subprocess.Popen[bytes]]":
        # To hit one that has not begun would prove nothing.
        asleep = {process.pid for _, process in self._stopped}
        able = [p for p in self._running if p.pid in joined and p.pid not in asleep]
        return [process for process in able if process.poll() is None]
