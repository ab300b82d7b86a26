"""`scrapersky demo`: the real crawl over a bundled web."""

import os
import subprocess
import sys
from typing import Annotated, Any

import typer

from scrapersky.cli.domains import print_company
from scrapersky.cli.output import console, query
from scrapersky.db import companies
from scrapersky.demo.companies import DEMO_DOMAINS, demo_web
from scrapersky.demo.server import DemoServerThread

SAMPLES = 3
# A hanging host should not hold up somebody who only looks.
SETTINGS = {"DOWNLOAD_TIMEOUT": "2", "RETRY_DELAY": "1"}


def demo(
    quiet: Annotated[bool, typer.Option("--quiet", help="Without the crawl's log.")] = False,
) -> None:
    """Crawl a bundled web of invented companies, and show what came of it.

    It is served on this machine's loopback, so nothing leaves the machine; the rows go to the
    embedded database, even where DATABASE_URL names another.
    """
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("SCRAPERSKY_DATABASE_URL", None)
    console.print(
        f"A web of {len(DEMO_DOMAINS)} invented companies on this machine; crawling it with"
        " `scrapy crawl homepage`.\n"
    )
    with DemoServerThread(demo_web(), log_requests=False) as server:
        status = _crawl(server.connect_to, quiet)
    if status != 0:
        raise typer.Exit(status)
    for found in query(lambda session: companies.samples(session, DEMO_DOMAINS, SAMPLES)):
        console.print()
        print_company(found)
    console.print(
        "\nNow with domains of your own:\n"
        '  make crawl DOMAINS="example.com example.org"\n'
        "  .venv/bin/scrapersky domains show example.com\n"
        "  .venv/bin/scrapersky jobs list"
    )


def _crawl(connect_to: str, quiet: bool) -> int:
    command = [sys.executable, "-m", "scrapy", "crawl", "homepage"]
    command += ["-a", f"domains={','.join(DEMO_DOMAINS)}"]
    for name, value in SETTINGS.items():
        command += ["-s", f"{name}={value}"]
    if quiet:
        command += ["-L", "ERROR"]
    environment: dict[str, Any] = {
        **os.environ,
        "SCRAPERSKY_CONNECT_TO": connect_to,
        "SCRAPY_SETTINGS_MODULE": "scrapersky.settings",
    }
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own
