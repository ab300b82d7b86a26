"""`scrapersky submit`: a job for the API."""

from pathlib import Path
from typing import Annotated, Any

import typer

from scrapersky.cli.options import AsJson
from scrapersky.cli.output import console, print_json
from scrapersky.cli.status import watch
from scrapersky.client import ApiClient
from scrapersky.config import get_config
from scrapersky.errors import InputError
from scrapersky.progress import program_name

PIECE = 1_000_000
"""Bytes of a list that are in memory at once."""


def submit(
    domain: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="Domains, or URLs on them.")
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Or a list of any length.")
    ] = None,
    spider: Annotated[str, typer.Option("--spider", help="Which spider crawls.")] = "homepage",
    argument: Annotated[
        list[str] | None,
        typer.Option("--argument", "-a", metavar="NAME=VALUE", help="The spider's own argument."),
    ] = None,
    priority: Annotated[int, typer.Option("--priority", min=-100, max=100)] = 0,
    rate: Annotated[
        float | None, typer.Option("--rate", help="Domains a second. Needs Redis.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="How many crawl it together.")
    ] = None,
    webhook: Annotated[
        str | None, typer.Option("--webhook", metavar="URL", help="Where to POST its end.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="The same key makes one job, however often.")
    ] = None,
    watch_it: Annotated[bool, typer.Option("--watch", help="And watch it to its end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Submit a job to the API at SCRAPERSKY_API_URL."""
    if (domain is None) == (file is None):
        raise InputError("Give domains, or --file.")
    options: dict[str, Any] = {"spider": spider, "priority": priority}
    options |= {"rate": rate, "workers": workers, "webhook_url": webhook}
    given = {name: value for name, value in options.items() if value is not None}
    headers = {} if key is None else {"Idempotency-Key": key}
    client = ApiClient(get_config())
    if file is None:
        own = dict(pair(text) for text in argument or ())
        body = {**given, "domains": domain, "arguments": own}
        answer = client.call("POST", "/jobs", json=body, headers=headers)
    else:
        params = [*given.items(), *(("argument", text) for text in argument or ())]
        answer = _send(client, file, params, headers)
    if as_json:
        print_json(answer)
    else:
        console.print(f"Job {answer['job_id']} is {answer['status']}.")
    if watch_it:
        watch(client, answer["job_id"])
    elif not as_json:
        console.print(
            f"Watch it: {program_name()} status --watch {answer['job_id']}", soft_wrap=True
        )


def pair(text: str) -> tuple[str, str]:
    """An argument as it was typed: NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--argument {text}: an argument is written NAME=VALUE.")
    return name, value


def _send(client: ApiClient, file: Path, params: Any, headers: dict[str, str]) -> Any:
    try:
        with file.open("rb") as stream:
            pieces = iter(lambda: stream.read(PIECE), b"")
            sent = {**headers, "Content-Type": "text/csv"}
            return client.call("POST", "/jobs", content=pieces, params=params, headers=sent)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from None
