"""`scrapersky status`: how a job of the API goes."""

from typing import Annotated, Any

import orjson
import typer
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from scrapersky.cli.jobs import parse_id
from scrapersky.cli.options import AsJson
from scrapersky.cli.output import cell, console, print_json
from scrapersky.client import ApiClient
from scrapersky.config import get_config


def status(
    job: Annotated[
        str | None, typer.Argument(help="The job's id. Without it: the newest jobs.")
    ] = None,
    *,
    watch_it: Annotated[bool, typer.Option("--watch", help="Until it has ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how a job of the API goes: state, counts, rate, workers, last errors."""
    client = ApiClient(get_config())
    if job is None:
        _print_jobs(client.call("GET", "/jobs")["data"], as_json=as_json)
        return
    job_id = str(parse_id(job))
    if watch_it:
        watch(client, job_id)
        return
    found = client.call("GET", f"/status/{job_id}")["data"]
    if as_json:
        print_json(found)
        return
    _print_job(found)


def watch(client: ApiClient, job_id: str) -> None:
    """Shows a job's events until it has ended. Leaves with status 1 where it did not end well."""
    state = ""
    with Live(console=console, auto_refresh=False) as live:
        while not state:
            with client.stream(f"/jobs/{job_id}/events") as answer:
                for line in answer.iter_lines():
                    if line.startswith("data: "):
                        news = orjson.loads(line.removeprefix("data: "))
                        live.update(Text(_line(news)), refresh=True)
                    elif line == "event: end":
                        state = "ended"
    if news["state"] not in {"completed", "completed_with_errors"}:
        raise typer.Exit(1)


def _line(news: dict[str, Any]) -> str:
    reason = f": {news['reason']}" if news["reason"] else ""
    return f"{_shown(news['state'])}{reason} \u00b7 {news.get('line', '')}"


def _shown(state: str) -> str:
    return state.replace("_", " ")


def _print_jobs(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    table = Table("job", "spider", "state", "targets", "left", "created", box=None, pad_edge=False)
    for row in rows:
        counts = row["targets"]
        shown = (row["id"], row["spider"], _shown(row["state"]), counts["total"], counts["left"])
        table.add_row(*map(str, shown), row["created_at"][:19])
    console.print(table if rows else "No job yet.")


def _print_job(job: dict[str, Any]) -> None:
    counts = job["targets"]
    facts = Table.grid(padding=(0, 2))
    facts.add_row("job", job["id"])
    facts.add_row("spider", job["spider"])
    reason = f": {escape(job['reason'])}" if job["reason"] else ""
    facts.add_row("state", f"{_shown(job['state'])}{reason}")
    facts.add_row(
        "targets",
        f"{counts['total']} ({counts['completed']} completed, {counts['error']} errors,"
        f" {counts['left']} left)",
    )
    if job["progress"]:
        facts.add_row("now", escape(job["progress"]["line"]))
    console.print(facts)
    _print_rows(job["workers"], ("id", "node", "state", "reason"))
    _print_rows(job["last_errors"], ("domain", "error_code", "error_message"))


def _print_rows(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    if not rows:
        return
    table = Table(*(column.replace("_", " ") for column in columns), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(cell(row[column])) for column in columns))
    console.print()
    console.print(table)
