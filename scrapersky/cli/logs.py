"""`scrapersky logs`: what a worker of a job logs."""

from typing import Annotated, Any

import typer

from scrapersky.cli.jobs import parse_id
from scrapersky.cli.output import standard_output
from scrapersky.client import ApiClient
from scrapersky.config import get_config


def logs(
    job: Annotated[str, typer.Argument(help="The job's id.")],
    *,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, max=10_000, help="How many of the last.")
    ] = 200,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="And those that come.")] = False,
    worker: Annotated[
        str | None, typer.Option("--worker", metavar="ID", help="Without it: the newest.")
    ] = None,
) -> None:
    """Print what a worker of a job logs."""
    params: dict[str, Any] = {"lines": lines, "follow": follow}
    if worker is not None:
        params["worker"] = str(parse_id(worker))
    client = ApiClient(get_config())
    with (
        client.stream(f"/jobs/{parse_id(job)}/log", **params) as answer,
        standard_output() as stream,
    ):
        for part in answer.iter_bytes():
            stream.write(part)
            stream.flush()
