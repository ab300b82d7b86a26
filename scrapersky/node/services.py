"""Two more of Scrapyd's web services: the workers as they are, and a signal to one of them."""

import os
import signal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil
from scrapyd.webservice import WsResource, param

from scrapersky import __version__

SIGNALS = {"INT": signal.SIGINT, "KILL": signal.SIGKILL}


class Workers(WsResource):  # type: ignore[misc] # Scrapyd has no types
    """`GET /workers.json`: those that wait, those that run, and how the others ended."""

    def render_GET(self, txrequest: Any) -> dict[str, Any]:  # noqa: ARG002, N802 - Scrapyd's
        """The whole state of the node."""
        launcher, queues = self.root.launcher, self.root.poller.queues
        memory = psutil.virtual_memory()
        return {
            "slots": launcher.max_proc,
            "pending": [message["_job"] for queue in queues.values() for message in queue.list()],
            "running": launcher.alive(),
            "exits": {worker: how.as_dict() for worker, how in launcher.exits.items()},
            "load": list(os.getloadavg()),
            "cpus": os.cpu_count(),
            "memory": {"total": memory.total, "available": memory.available},
            "versions": {
                "scrapersky": __version__,
                **{name: _version(name) for name in ("scrapy", "scrapyd")},
            },
        }


class Signal(WsResource):  # type: ignore[misc] # Scrapyd has no types
    """`POST /signal.json`: ends a worker, one too that outlived an earlier Scrapyd."""

    @param("worker")  # type: ignore[untyped-decorator]
    @param("signal", dest="name")  # type: ignore[untyped-decorator]
    def render_POST(self, txrequest: Any, worker: str, name: str) -> dict[str, Any]:  # noqa: ARG002, N802 - Scrapyd's
        """INT asks it to end, KILL ends it."""
        if name not in SIGNALS:
            raise ValueError(f"signal={name!r}: there are {', '.join(SIGNALS)}")
        return {"found": self.root.launcher.send(worker, SIGNALS[name])}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
