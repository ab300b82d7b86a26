"""`scrapersky up`: the whole system on this machine."""

import signal
import threading
from contextlib import ExitStack
from datetime import timedelta
from typing import Annotated

import typer

from scrapersky.cli.output import console
from scrapersky.config import Config, get_config
from scrapersky.db import embedded, schema
from scrapersky.db.session import database_url
from scrapersky.progress import program_name
from scrapersky.system import parts
from scrapersky.system.child import Child
from scrapersky.system.guard import Guard
from scrapersky.tokens import make, secret

MEND_SECONDS = 1.0
Port = Annotated[int, typer.Option(min=0, max=65_535, metavar="N", help="0: any that is free.")]


def up(
    *,
    port: Port = 8000,
    node_port: Port = 6800,
    slots: Annotated[int, typer.Option("--slots", min=0, help="0: as many as cores.")] = 0,
) -> None:
    """Start the whole system on this machine: PostgreSQL, Redis, a Scrapyd node, the API.

    PostgreSQL is the embedded one, unless DATABASE_URL is set; Redis a private one where there is
    a redis-server on the PATH, unless REDIS_URL is set. Ctrl-C stops all of it, the workers first.
    """
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    config = get_config()
    secret(config)
    port = parts.free_port(port, "--port")
    node_port = parts.free_port(node_port, "--node-port")
    with ExitStack() as stack:
        _start_database(config, stack)
        children = _start(config, stack, port, node_port, slots, stopped=stopped)
        _greet(config, port, has_redis=len(children) > 2 or config.redis_url is not None)
        while not stopped.wait(MEND_SECONDS):
            for child in children:
                if child.mend():
                    console.print(f"The {child.name} had died and was started again.")
        console.print("Stopping: the workers end what they have begun.")
    console.print("Stopped.")


def _start_database(config: Config, stack: ExitStack) -> None:
    was_there = config.database_url is not None or embedded.is_alive(config.home)
    schema.prepare()
    database_url()
    if not was_there:
        stack.callback(embedded.stop, config.home)


def _start(
    config: Config,
    stack: ExitStack,
    port: int,
    node_port: int,
    slots: int,
    *,
    stopped: threading.Event,
) -> list[Child]:
    """In this order; they are stopped in the opposite one."""
    home = config.home.resolve()
    environment = parts.inherited(config, SCRAPERSKY_NODES=f"http://{parts.HOST}:{node_port}")
    children: list[Child] = []
    guard = stack.enter_context(Guard())

    def begin(child: Child) -> None:
        if stopped.is_set():
            raise typer.Exit(130)
        stack.callback(child.stop)
        child.start(guard)
        children.append(child)

    if config.redis_url is None and (private := parts.redis(home, environment)) is not None:
        child, environment["REDIS_URL"] = private
        begin(child)
    begin(parts.node(config, environment, node_port, slots))
    begin(parts.api(home, environment, port))
    return children


def _greet(config: Config, port: int, *, has_redis: bool) -> None:
    url = f"http://{parts.HOST}:{port}"
    token, _ = make(config, subject="up", lifetime=timedelta(hours=12))
    shared = (
        ""
        if has_redis
        else ("Without Redis a job has one worker: set REDIS_URL, or install redis-server.\n")
    )
    text = (
        f"ScraperSky is up at {url} (documentation: {url}/docs), until Ctrl-C.\n{shared}\n"
        f"export TOKEN={token}\n\n"
        f'curl -X POST {url}/api/v3/jobs -H "Authorization: Bearer $TOKEN" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        '  -d \'{"spider": "homepage", "domains": ["example.com"]}\'\n\n'
        f"{program_name()} status"
    )
    console.print(text, soft_wrap=True, markup=False)
