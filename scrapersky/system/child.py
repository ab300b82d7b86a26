"""A process that the system needs, in a session of its own: Ctrl-C reaches only who asks for it."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scrapersky.errors import ScraperSkyError
from scrapersky.system.guard import Guard

LAST_LINES = 15
START_SECONDS = 60
MOST_DEATHS = 5
"""Within a minute; then somebody has to look."""


class SystemFailedError(ScraperSkyError):
    """A part of the system does not start, or does not stay."""


class Child:
    """One process, started again where it dies.

    `answers` tells whether it works; `patience` are the seconds that its end may take.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        answers: Callable[[], bool],
        patience: float,
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._folder = folder
        self._log = log
        self._answers = answers
        self._patience = patience
        self._guard: Guard | None = None
        self._deaths: list[float] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, guard: Guard) -> None:
        """Returns when it answers.

        Raises:
            SystemFailedError: it does not.
        """
        self._guard = guard
        self._spawn()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self._lives() or time.monotonic() > deadline:
                raise SystemFailedError(f"The {self.name} does not start:\n{self._said()}")
            time.sleep(0.05)

    def mend(self) -> bool:
        """Starts it again where it died. Returns whether it had.

        Raises:
            SystemFailedError: it dies again and again.
        """
        if self._lives():
            return False
        now = time.monotonic()
        self._deaths = [*(at for at in self._deaths if now - at < 60), now]
        if len(self._deaths) >= MOST_DEATHS:
            raise SystemFailedError(f"The {self.name} dies again and again:\n{self._said()}")
        if self._process is not None:
            self._forget(self._process)
        self._spawn()
        return True

    def stop(self) -> None:
        """Asks it to end (SIGTERM), and ends it where it does not within its patience."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(self._patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._forget(process)

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        if self._guard is not None:
            self._guard.forget(process.pid)

    def _spawn(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self._command,
                cwd=self._folder,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if self._guard is not None:
            self._guard.watch(self._process.pid, self._patience)

    def _lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _said(self) -> str:
        lines = self._log.read_text("utf-8", "replace").splitlines()
        return "\n".join(lines[-LAST_LINES:]) + f"\n({self._log} has all of it.)"
