"""What it costs to begin."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.process import Usage, environment, measure, python
from benchmarks.row import Row
from benchmarks.stage import Stage
from scrapersky.db import embedded

ENSURE = (
    "import sys; from pathlib import Path; from scrapersky.db import embedded;"
    " embedded.ensure(Path(sys.argv[1]))"
)


def startup(stage: Stage) -> Iterator[Row]:
    """The shortest runs, the quickest of several each."""
    home = stage.folder / "startup"
    runs: dict[str, tuple[str, Callable[[], Usage]]] = {
        "interpreter": ("`python -c pass`, for comparison", lambda: _run("-c", "pass")),
        "help": ("`scrapersky --help`", lambda: _run("-m", "scrapersky.cli.app", "--help")),
        "crawl": ("a crawl of one domain, from start to end", lambda: _crawl(stage)),
        "embedded_fresh": (
            "a process that makes and starts the embedded server",
            lambda: _embedded(home, reset=True),
        ),
        "embedded_stopped": (
            "a process that starts the embedded server with its data",
            lambda: _embedded(home),
        ),
        "embedded_running": (
            "a process that finds the embedded server running",
            lambda: _ensure(home),
        ),
    }
    try:
        for name, (meaning, run) in runs.items():
            usages = [run() for _ in range(stage.sizes.starts)]
            stage.say(f"start-up: {name}")
            for unit, values in (
                ("cpu", [usage.cpu for usage in usages]),
                ("elapsed", [usage.wall for usage in usages]),
            ):
                yield Row(
                    name=f"startup_{name}_{unit}",
                    value=min(values) * 1000,
                    unit="ms",
                    meaning=f"{'CPU' if unit == 'cpu' else 'elapsed time'} of {meaning}",
                )
    finally:
        embedded.reset(home)


def _run(*arguments: str, **variables: str) -> Usage:
    return measure([sys.executable, *arguments], environment(**variables))


def _crawl(stage: Stage) -> Usage:
    command = python("scrapy", "crawl", "homepage", "-a", "domains=d1.load.test")
    with stage.database() as url:
        return measure(
            command,
            environment(
                SCRAPY_SETTINGS_MODULE="scrapersky.settings",
                SCRAPERSKY_CONNECT_TO=stage.web.connect_to,
                DATABASE_URL=url,
            ),
        )


def _embedded(home: Path, *, reset: bool = False) -> Usage:
    (embedded.reset if reset else embedded.stop)(home)
    return _ensure(home)


def _ensure(home: Path) -> Usage:
    return _run("-c", ENSURE, str(home))
