"""`scrapersky cancel`: gives a job of the API up."""

from typing import Annotated

import typer

from scrapersky.cli.jobs import parse_id
from scrapersky.cli.options import AsJson
from scrapersky.cli.output import console, print_json
from scrapersky.client import ApiClient
from scrapersky.config import get_config


def cancel(
    job: Annotated[str, typer.Argument(help="The job's id.")], as_json: AsJson = False
) -> None:
    """Cancel a job of the API. Its workers end what they have begun."""
    answer = ApiClient(get_config()).call("POST", f"/jobs/{parse_id(job)}/cancel")
    if as_json:
        print_json(answer)
    else:
        console.print(f"Job {answer['job_id']} is {answer['status']}.")
