"""What measurements stand on: a server, databases, a web, lists of domains."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import psycopg
from psycopg.sql import SQL, Identifier
from rich.console import Console

from benchmarks.web import ServedWeb, served_web
from scrapersky.db import embedded, schema
from scrapersky.db.session import parse_url
from scrapersky.net.file_limit import raise_file_limit

TEMPLATE = "template_bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    slope: tuple[int, int]
    """Domains of two crawls: what the second takes longer is free of the start-up."""
    rounds: int
    """Pairs of each comparison."""
    growth: tuple[int, int]
    """Domains of a small and a large crawl."""
    growth_rounds: int
    """Large crawls, each with four small ones around it."""
    upsert: int
    """Domains, each with three contacts."""
    starts: int
    """How often each start-up is measured."""
    pages: int
    """Pages that are extracted in a loop."""
    sitemap: tuple[int, int]
    """Files of a site, and pages in each."""
    lists: tuple[int, int]
    """Domains, and pages."""


FULL = Sizes(
    slope=(500, 2_000),
    rounds=5,
    growth=(1_000, 20_000),
    growth_rounds=3,
    upsert=20_000,
    starts=5,
    pages=400,
    sitemap=(20, 50_000),
    lists=(200_000, 1_000_000),
)
QUICK = Sizes(
    slope=(200, 700),
    rounds=1,
    growth=(500, 2_000),
    growth_rounds=1,
    upsert=4_000,
    starts=2,
    pages=80,
    sitemap=(4, 50_000),
    lists=(20_000, 100_000),
)


class Stage:
    """Each thing is made when it is first asked for, and taken away at the end of the `with`."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self._console = Console(stderr=True, highlight=False)
        self._resources = ExitStack()
        self._numbers = count(1)

    def __enter__(self) -> Self:
        raise_file_limit()  # inherited by what is measured
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def say(self, text: str) -> None:
        """A line of progress."""
        self._console.print(f"[dim]{text}[/dim]")

    @cached_property
    def folder(self) -> Path:
        """A temporary directory."""
        folder = TemporaryDirectory(prefix="scrapersky-bench-")
        return Path(self._resources.enter_context(folder))

    @cached_property
    def web(self) -> ServedWeb:
        """The generated web."""
        return self._resources.enter_context(served_web())

    @cached_property
    def server(self) -> str:
        """The URL of an embedded PostgreSQL of this run's own."""
        home = self.folder / "home"
        self._resources.callback(embedded.reset, home)
        url = embedded.ensure(home)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(TEMPLATE)))
        schema.upgrade(parse_url(database_url(url, TEMPLATE)))
        return url

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh database at the newest migration."""
        name = f"bench_{next(self._numbers)}"
        create = SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(create.format(Identifier(name), Identifier(TEMPLATE)))
            # What the server has yet to write out should not fall into the measurement.
            connection.execute("CHECKPOINT")
        yield database_url(self.server, name)
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def domain_list(self, length: int) -> Path:
        """A file with the first domains of the web."""
        file = self.folder / f"{length}.txt"
        if not file.exists():
            file.write_text("".join(f"d{number}.load.test\n" for number in range(length)), "utf-8")
        return file


def database_url(server: str, name: str) -> str:
    """The URL of a database of a server."""
    named = parse_url(server).set(drivername="postgresql", database=name)
    return named.render_as_string(hide_password=False)
