"""What tests share beside fixtures: crawls as processes, and waiting without guessing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Site, Slow, page

ROOT = Path(__file__).parent.parent


@dataclass
class Crawl:
    """Commands over a web of their own, into a database of their own."""

    web: DemoServerThread
    url: str
    variables: dict[str, str] = field(default_factory=dict)
    """More of the environment."""
    spider: str = "homepage"

    @property
    def environment(self) -> dict[str, str]:
        """What the commands see."""
        ours = ("SCRAPERSKY_", "DATABASE_", "REDIS_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        here = {"DATABASE_URL": self.url, "SCRAPERSKY_CONNECT_TO": self.web.connect_to}
        return {**inherited, **here, **self.variables}

    def start(
        self, *arguments: str, options: Sequence[str] = (), **settings: object
    ) -> subprocess.Popen[str]:
        """Starts `scrapy crawl SPIDER -a ARGUMENT… -s SETTING…`."""
        command = [sys.executable, "-m", "scrapy", "crawl", self.spider, *options]
        for argument in arguments:
            command += ["-a", argument]
        for name, value in settings.items():
            command += ["-s", f"{name}={value}"]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        *arguments: str,
        options: Sequence[str] = (),
        text: str | None = None,
        status: int = 0,
        **settings: object,
    ) -> str:
        """Runs a crawl to its end. Returns what it logged."""
        process = self.start(*arguments, options=options, **settings)
        _, log = process.communicate(text, timeout=120)
        assert process.returncode == status, log
        return log

    def command(self, *arguments: str, status: int = 0) -> str:
        """Runs `scrapersky …`. Returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "scrapersky.cli.app", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What the database says."""
        with psycopg.connect(self.url, row_factory=dict_row, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def domain(self, name: str) -> dict[str, Any]:
        """One row of `domains`."""
        return self.rows("SELECT * FROM domains WHERE domain = %s", name)[0]

    def job(self) -> dict[str, Any]:
        """The newest job."""
        return self.rows("SELECT * FROM jobs ORDER BY id DESC LIMIT 1")[0]

    def wait(self, query: str, *parameters: object, seconds: float = 60) -> None:
        """Waits until a query gives a row."""
        wait_until(lambda: bool(self.rows(query, *parameters)), seconds=seconds)

    def fetched(self, path: str = "/") -> list[str]:
        """The hosts that were asked for a path, in order."""
        return [request.host for request in self.web.requests if request.path == path]


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Asks until it is so, or fails."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be in time"
        time.sleep(0.02)  # a pause between questions, not a guess at an answer


def end(process: subprocess.Popen[str], how: signal.Signals) -> str:
    """Sends a signal, and waits for the end. Returns the log."""
    process.send_signal(how)
    return process.communicate(timeout=90)[1]


def add_slow_companies(crawl: Crawl, count: int, seconds: float = 0.05) -> list[str]:
    """Sites that take their time, so that there is a middle of the crawl."""
    answer = page("<title>Slow</title><p>But sure</p>")
    names = [f"s{number}.test" for number in range(count)]
    for name in names:
        crawl.web.web.add(name, Site(paths={"/": Slow(seconds, answer)}))
    return names


def company(title: str = "A company") -> Site:
    """A site with a homepage and nothing else."""
    return Site(paths={"/": page(f"<title>{title}</title><p>We make {title} all day.</p>")})
