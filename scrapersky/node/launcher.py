"""Scrapyd's launcher, with a memory for exits, an eye for orphans, and an end in order."""

import os
import signal
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
from scrapyd.launcher import Launcher as ScrapydLauncher
from twisted.internet import reactor
from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import Logger
from twisted.python.failure import Failure

from scrapersky.config import get_config

log = Logger()

EXITS_KEPT = 1_000
STDERR_KEPT = 4_000
"""Bytes of the end of what a worker wrote to standard error."""
MARK = "SCRAPERSKY_NODE"
"""In a worker's environment: the home of the node that started it."""
ORPHANS_SECONDS = 1.0
"""Between two looks at the orphans."""


@dataclass(slots=True)
class Exit:
    """How a worker's process ended."""

    status: int | None
    signal: int | None
    stderr: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {"status": self.status, "signal": self.signal, "stderr": self.stderr}


class Launcher(ScrapydLauncher):  # type: ignore[misc] # Scrapyd has no types
    """Starts crawls in its slots.

    A Scrapyd that was killed leaves its crawls running. The next one of the same directory finds
    them, and leaves their slots to them until they end.
    """

    max_proc: int

    def __init__(self, config: Any, app: Any) -> None:
        super().__init__(config, app)
        self.exits: OrderedDict[str, Exit] = OrderedDict()
        self.orphans: dict[str, psutil.Process] = {}
        self._is_stopping = False
        self._reserved: list[int] = []

    def startService(self) -> None:  # noqa: N802 - Twisted's name
        """Opens the slots that no orphan has."""
        os.environ[MARK] = os.getcwd()  # noqa: PTH109 - what the workers inherit is a text
        self.orphans = dict(_orphans())
        for worker, process in self.orphans.items():
            log.info(
                "Worker {worker} runs since before (pid {pid}).", worker=worker, pid=process.pid
            )
        slots, self.max_proc = self.max_proc, max(self.max_proc - len(self.orphans), 0)
        super().startService()
        self._reserved = list(range(self.max_proc, slots))
        self.max_proc = slots
        self._look_at_orphans()

    def stopService(self) -> Any:  # noqa: N802 - Twisted's name
        """Asks the workers to end, and waits for them: then Scrapyd itself ends."""
        super().stopService()
        self._is_stopping = True
        self._look_at_orphans()
        ends = [process.deferred for process in self.processes.values()]
        for worker in self.alive():
            self.send(worker, signal.SIGINT)
        call: Any = reactor
        killing = call.callLater(get_config().stop_grace, self._kill)
        return DeferredList([*map(_followed, ends), self._orphans_ended()]).addCallback(
            lambda _: killing.active() and killing.cancel()
        )

    def alive(self) -> dict[str, int]:
        """The living workers and their processes' ids."""
        ours = {process.job: process.pid for process in self.processes.values()}
        return {**{worker: process.pid for worker, process in self.orphans.items()}, **ours}

    def send(self, worker: str, number: int) -> bool:
        """Sends a signal to a worker. False: there is none of that id here."""
        for process in self.processes.values():
            if process.job == worker and process.transport.pid:
                process.transport.signalProcess(number)
                return True
        orphan = self.orphans.get(worker)
        if orphan is None or not orphan.is_running():
            return False
        orphan.send_signal(number)
        return True

    def _get_message(self, slot: int) -> None:
        if not self._is_stopping:
            super()._get_message(slot)

    def _spawn_process(self, message: dict[str, Any], slot: int) -> None:
        super()._spawn_process(message, slot)
        self._watch(self.processes[slot])

    def _watch(self, process: Any) -> None:
        """Remembers what Scrapyd only logs."""
        said = bytearray()
        log_error, end = process.errReceived, process.processEnded

        def heard(data: bytes) -> None:
            said.extend(data)
            del said[:-STDERR_KEPT]
            log_error(data)

        def ended(status: Failure) -> None:
            value: Any = status.value
            self._remember(
                process.job, Exit(value.exitCode, value.signal, said.decode("utf-8", "replace"))
            )
            end(status)

        process.errReceived, process.processEnded = heard, ended

    def _remember(self, worker: str, how: Exit) -> None:
        self.exits[worker] = how
        while len(self.exits) > EXITS_KEPT:
            self.exits.popitem(last=False)

    def _look_at_orphans(self) -> None:
        for worker, process in list(self.orphans.items()):
            if not _lives(process):
                del self.orphans[worker]
                if self._reserved:
                    self._get_message(self._reserved.pop())
        if self.orphans and not self._is_stopping:
            call: Any = reactor
            call.callLater(ORPHANS_SECONDS, self._look_at_orphans)

    def _orphans_ended(self) -> "Deferred[None]":
        done: Deferred[None] = Deferred()
        call: Any = reactor

        def look() -> None:
            self._look_at_orphans()
            if self.orphans:
                call.callLater(0.1, look)
            else:
                done.callback(None)

        look()
        return done

    def _kill(self) -> None:
        for worker in self.alive():
            self.send(worker, signal.SIGKILL)


def _followed(deferred: "Deferred[Any]") -> "Deferred[None]":
    follower: Deferred[None] = Deferred()

    def told(result: Any) -> Any:
        follower.callback(None)
        return result

    deferred.addBoth(told)
    return follower


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _orphans() -> Iterator[tuple[str, psutil.Process]]:
    """Workers that a Scrapyd in this directory started, and left behind."""
    here = os.environ[MARK]
    for process in psutil.process_iter():
        try:
            jobs = [part for part in process.cmdline() if part.startswith("_job=")]
            if jobs and process.environ().get(MARK) == here and _lives(process):
                yield jobs[0].removeprefix("_job="), process
        except (psutil.Error, OSError):
            continue
