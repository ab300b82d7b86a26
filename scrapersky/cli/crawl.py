"""`scrapersky crawl`: the friendly form of `scrapy crawl`."""

import os
from typing import Annotated

import typer

from scrapersky.errors import InputError

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: scrapersky crawl example.com example.org -O out.jsonl")
def crawl(
    domain: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="Domains, or URLs on them.")
    ] = None,
    *,
    file: Annotated[
        str | None,
        typer.Option(
            "--file", "-f", metavar="FILE", help="A list of domains; - for standard input."
        ),
    ] = None,
    job: Annotated[
        str | None, typer.Option("--job", metavar="ID", help="Go on with this job.")
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="N", help="How many pending domains to claim, at most."),
    ] = None,
    standing: Annotated[
        bool, typer.Option("--standing", help="Work on what is pushed to Redis, for ever.")
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-O", metavar="FILE", help="Write items to this file too, begun anew."
        ),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="NAME=VALUE", help="A setting; can be repeated."),
    ] = None,
    spider: Annotated[str, typer.Option("--spider", help="Which spider crawls.")] = "homepage",
) -> None:
    """Crawl domains, and write what is found to the database.

    Without domains, a file or a job: those that are pending in the database. Exit status 0: the
    job is done, or was stopped on purpose; 1: the crawl failed; 2: it cannot be done as asked.
    """
    # An empty name, as of an unset variable, is refused: it must not become "those pending".
    domains = None if domain is None else ",".join(domain)
    given = {"domains": domains, "file": file, "job": job, "limit": limit}
    given["standing"] = "true" if standing else None
    command = ["scrapy", "crawl", spider]
    for name, value in given.items():
        command += ["-a", f"{name}={value}"] if value is not None else []
    for value in setting or ():
        if "=" not in value:
            raise InputError(f"--set {value}: a setting is written NAME=VALUE.")
        command += ["-s", value]
    if output is not None:
        command += ["-O", output]
    _scrapy(command)


def _scrapy(command: list[str]) -> None:
    """Ends the process with the crawl's status."""
    from scrapy.cmdline import execute  # noqa: PLC0415 - help and completion do without
    from scrapy.utils.conf import closest_scrapy_cfg  # noqa: PLC0415 - the same

    if not closest_scrapy_cfg():
        os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "scrapersky.settings")
    execute(command)
