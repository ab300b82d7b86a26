"""`scrapersky schedules`: what the API starts again and again."""

from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from scrapersky.cli import options
from scrapersky.cli.output import cell, console, print_json
from scrapersky.cli.submit import pair
from scrapersky.client import ApiClient
from scrapersky.config import get_config
from scrapersky.errors import InputError
from scrapersky.states import CatchUp, Overlap

FIRING_COLUMNS = ("due_at", "state", "reason", "job_id", "job_state", "claimed")
FIRINGS = 10
"""So many are shown."""

Schedule = Annotated[str, typer.Argument(help="The schedule's name or id.")]

app = typer.Typer(
    help="Schedules: what the API starts again and again.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("list", epilog="Example: scrapersky schedules list --json")
def list_schedules(as_json: options.AsJson = False) -> None:
    """List schedules, each with its next run."""
    client = ApiClient(get_config())
    rows, after = [], None
    while True:
        page = client.call("GET", "/schedules", params={"after": after} if after else {})
        rows += page["data"]
        after = page["next"]
        if after is None:
            break
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("No schedule yet. Add one: scrapersky schedules add --help")
        return
    table = Table("name", "spider", "when", "zone", "next run (UTC)", box=None, pad_edge=False)
    for row in rows:
        upcoming = _time(row["next_runs"][0]) if row["next_runs"] else "off"
        table.add_row(
            *map(escape, (row["name"], row["spider"], row["cron"])), row["time_zone"], upcoming
        )
    console.print(table)


@app.command(
    epilog='Example: scrapersky schedules add nightly "30 2 * * *" --time-zone Europe/Berlin'
    """ --filter '{"status": "error"}'"""
)
def add(
    name: Annotated[str, typer.Argument(help="What it is to be called.")],
    cron: Annotated[str, typer.Argument(help="Minute, hour, day, month, weekday.")],
    *,
    spider: Annotated[str, typer.Option("--spider", help="Which spider crawls.")] = "homepage",
    filter_: Annotated[
        str,
        typer.Option(
            "--filter", metavar="JSON", help="Which domains of the table, as in POST /jobs."
        ),
    ] = "{}",
    argument: Annotated[
        list[str] | None,
        typer.Option("--argument", "-a", metavar="NAME=VALUE", help="The spider's own argument."),
    ] = None,
    time_zone: Annotated[str, typer.Option("--time-zone", help="In which it is meant.")] = "UTC",
    overlap: Annotated[
        Overlap, typer.Option("--overlap", help="While its last job has not ended.")
    ] = Overlap.SKIP,
    catch_up: Annotated[
        CatchUp, typer.Option("--catch-up", help="What fell due while no API ran.")
    ] = CatchUp.ONE,
    priority: Annotated[int, typer.Option("--priority", min=-100, max=100)] = 0,
    off: Annotated[bool, typer.Option("--off", help="Do not turn it on yet.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Add a schedule, and show when it runs."""
    body = {
        "name": name,
        "cron": cron,
        "spider": spider,
        "filter": _parsed(filter_),
        "arguments": dict(pair(text) for text in argument or ()),
        "time_zone": time_zone,
        "overlap": overlap,
        "catch_up": catch_up,
        "priority": priority,
        "enabled": not off,
    }
    made = ApiClient(get_config()).call("POST", "/schedules", json=body)["data"]
    _print(made, as_json=as_json)


@app.command(epilog="Example: scrapersky schedules show nightly")
def show(schedule: Schedule, as_json: options.AsJson = False) -> None:
    """Show a schedule: its rules, its next five runs, its last firings."""
    client = ApiClient(get_config())
    found = _find(client, schedule)
    path = f"/schedules/{found['id']}/firings"
    firings = client.call("GET", path, params={"limit": FIRINGS})["data"]
    _print(found | {"firings": firings}, as_json=as_json)


@app.command(epilog="Example: scrapersky schedules enable nightly")
def enable(schedule: Schedule, as_json: options.AsJson = False) -> None:
    """Turn a schedule on."""
    _change(schedule, enabled=True, as_json=as_json)


@app.command(epilog="Example: scrapersky schedules disable nightly")
def disable(schedule: Schedule, as_json: options.AsJson = False) -> None:
    """Turn a schedule off. What runs goes on."""
    _change(schedule, enabled=False, as_json=as_json)


@app.command(epilog="Example: scrapersky schedules run nightly")
def run(schedule: Schedule, as_json: options.AsJson = False) -> None:
    """Start a schedule's job now, whatever its rules say."""
    client = ApiClient(get_config())
    answer = client.call("POST", f"/schedules/{_find(client, schedule)['id']}/run")
    if as_json:
        print_json(answer)
    elif "job_id" in answer:
        console.print(f"Job {answer['job_id']} is {answer['status']}.")
    else:
        console.print("Nothing to do: no domain is as it wants them.")


@app.command(epilog="Example: scrapersky schedules remove nightly")
def remove(schedule: Schedule, as_json: options.AsJson = False) -> None:
    """Delete a schedule and the record of its firings. Its jobs stay."""
    client = ApiClient(get_config())
    answer = client.call("DELETE", f"/schedules/{_find(client, schedule)['id']}")
    if as_json:
        print_json(answer["data"])
    else:
        console.print(f"{answer['data']['name']} is no more.", markup=False)


def _find(client: ApiClient, text: str) -> dict[str, Any]:
    try:
        schedule_id = UUID(text)
    except ValueError:
        found = client.call("GET", "/schedules", params={"name": text})["data"]
        if not found:
            raise InputError(
                f"There is no schedule {text!r}. `scrapersky schedules list` shows those there are."
            ) from None
        return dict(found[0])
    return dict(client.call("GET", f"/schedules/{schedule_id}")["data"])


def _change(text: str, *, enabled: bool, as_json: bool) -> None:
    client = ApiClient(get_config())
    path = f"/schedules/{_find(client, text)['id']}"
    _print(client.call("PATCH", path, json={"enabled": enabled})["data"], as_json=as_json)


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError(f"--filter {text}: that is no JSON: {error}.") from None


def _print(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(row)
        return
    facts = Table.grid(padding=(0, 2))
    for key in ("id", "name", "spider", "cron", "time_zone", "overlap", "catch_up", "priority"):
        facts.add_row(key.replace("_", " "), escape(str(row[key])))
    for key in ("filter", "arguments"):
        facts.add_row(key, escape(orjson.dumps(row[key]).decode()))
    facts.add_row("next runs (UTC)", ", ".join(map(_time, row["next_runs"])) or "off")
    console.print(facts)
    if row.get("firings"):
        table = Table(
            *(name.replace("_", " ") for name in FIRING_COLUMNS), box=None, pad_edge=False
        )
        for firing in row["firings"]:
            due = _time(firing["due_at"])
            table.add_row(due, *(escape(cell(firing[name])) for name in FIRING_COLUMNS[1:]))
        console.print()
        console.print(table)


def _time(text: str) -> str:
    return text[:19].replace("T", " ")
