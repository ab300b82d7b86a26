"""`scrapersky node`: a Scrapyd that runs this project's spiders, alone."""

import os
from typing import Annotated

import typer

from scrapersky.config import get_config
from scrapersky.node import process


def node(
    *,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65_535)] = 6800,
    slots: Annotated[int, typer.Option("--slots", min=0, help="0: as many as cores.")] = 0,
) -> None:
    """Serve a Scrapyd node, until Ctrl-C; its workers are ended first.

    Scrapyd asks nobody who they are: keep its port to those who may run anything here.
    """
    config = get_config()
    folder = process.prepare(config, host=host, port=port, slots=slots)
    environment = process.environment(config)
    os.chdir(folder)
    command = process.command()
    os.execve(command[0], command, environment)  # noqa: S606 - no shell: that is the point
