"""`scrapersky demo`: the real crawl over a bundled web."""

import os
import signal
import subprocess
import sys
import threading
from typing import Annotated

import typer

from scrapersky.cli.company import print_company
from scrapersky.cli.database import query
from scrapersky.cli.output import console
from scrapersky.db import domains
from scrapersky.demo.companies import DEMO_DOMAINS, DEMO_OUTCOMES, DEMO_SETTINGS, demo_web
from scrapersky.demo.server import DemoServerThread
from scrapersky.errors import InputError
from scrapersky.progress import program_name

SAMPLES = ("brot-und-donner.test", "kumo-makura.test", "dragon-dental.test")
"""German, Japanese, and English with three offices."""

Port = Annotated[int, typer.Option(min=0, max=65_535, metavar="N", help="0: any that is free.")]


def demo(
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="Without the crawl's log.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the web, until Ctrl-C.")] = False,
    http_port: Port = 0,
    https_port: Port = 0,
    domains: Annotated[bool, typer.Option("--domains", help="Print its domains only.")] = False,
) -> None:
    """Crawl a bundled web of invented companies, and show what came of it.

    It is served on this machine's loopback, so nothing leaves the machine; the rows go to the
    embedded database, even where DATABASE_URL names another. With --serve the web is only served,
    for crawls of your own, into the database of your choice.
    """
    if domains:
        print("\n".join(DEMO_DOMAINS))
        return
    try:
        with DemoServerThread(
            demo_web(), http_port=http_port, https_port=https_port, log_requests=False
        ) as server:
            if serve:
                _serve(server)
                return
            _forget_database()
            broken = sum(code is not None for code in DEMO_OUTCOMES.values())
            _say(
                f"{len(DEMO_DOMAINS)} invented companies on this machine,"
                f" {broken} of them broken on purpose:\n"
            )
            status = _crawl(server.connect_to, quiet=quiet)
    except OSError as error:
        raise InputError(f"The web cannot be served: {error}.") from error
    if status != 0:
        raise typer.Exit(status)
    _show()


def _serve(server: DemoServerThread) -> None:
    stopped = threading.Event()
    # Set here, not left to Python: a shell starts what runs in the background with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    program = program_name()
    settings = " ".join(f"-s {name}={value}" for name, value in DEMO_SETTINGS.items())
    _say(
        f"{len(DEMO_DOMAINS)} invented companies are served until Ctrl-C, on {server.host}:\n"
        f"http on port {server.http_port}, https on port {server.https_port}.\n\n"
        f"To look at them, with a browser: http://localhost:{server.http_port}/\n"
        "To crawl them, in another terminal:\n\n"
        f"export SCRAPERSKY_CONNECT_TO='{server.connect_to}'\n"
        f"{program} crawl brot-und-donner.test dragon-dental.test\n"
        f"{program} demo --domains | {program} crawl --file - {settings}"
    )
    sys.stdout.flush()
    stopped.wait()


def _forget_database() -> None:
    """Leaves the embedded one only. The names count in lower case, too."""
    for name in list(os.environ):
        if name.upper() in {"DATABASE_URL", "SCRAPERSKY_DATABASE_URL"}:
            del os.environ[name]


def _crawl(connect_to: str, *, quiet: bool) -> int:
    command = [sys.executable, "-m", "scrapy", "crawl", "homepage"]
    command += ["-a", f"domains={','.join(DEMO_DOMAINS)}"]
    for name, value in DEMO_SETTINGS.items():
        command += ["-s", f"{name}={value}"]
    if quiet:
        command += ["-L", "ERROR"]
    environment = {
        **os.environ,
        "SCRAPERSKY_CONNECT_TO": connect_to,
        "SCRAPY_SETTINGS_MODULE": "scrapersky.settings",
    }
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own
        interrupted = 0
        while True:
            try:
                return process.wait() or interrupted
            except KeyboardInterrupt:  # it reaches the crawl as well, which knows how to stop
                interrupted = 130


def _show() -> None:
    """Three companies, and what to do next."""
    for domain in SAMPLES:
        found = query(lambda session, domain=domain: domains.find(session, domain))  # type: ignore[misc]
        if found is not None:
            print()
            print_company(found)
    program = program_name()
    _say(
        "\nNow with domains of your own:\n"
        '  make crawl DOMAINS="example.com example.org"\n'
        f"  {program} crawl example.com\n"
        f"  {program} domains show example.com\n"
        f"  {program} jobs list\n"
        f'  psql "$({program} db current | cut -d" " -f1)"'
    )


def _say(text: str) -> None:
    console.print(text, soft_wrap=True, markup=False)
