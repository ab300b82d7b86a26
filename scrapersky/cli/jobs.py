"""`scrapersky jobs`: what was crawled when, and what came of it."""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.cli import options
from scrapersky.cli.database import query
from scrapersky.cli.export_file import export_rows
from scrapersky.cli.output import console, duration, print_json, print_page, when
from scrapersky.db import jobs, workers
from scrapersky.db.export_fields import JOBS
from scrapersky.db.job_listings import JobFilter, job_rows
from scrapersky.db.listings import newest_jobs, target_page
from scrapersky.errors import InputError
from scrapersky.exports import plain
from scrapersky.states import JobState, TargetState

TARGET_COLUMNS = ("domain", "state", "attempts", "error_code", "error_message", "ended_at")

app = typer.Typer(help="Jobs: every crawl is one.", no_args_is_help=True, add_completion=False)


@app.command("list", epilog="Example: scrapersky jobs list --state paused --limit 5")
def list_jobs(
    state: Annotated[JobState | None, typer.Option(help="In this state.")] = None,
    spider: Annotated[str | None, typer.Option(help="Of this spider.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, at most.")] = 20,
    as_json: options.AsJson = False,
) -> None:
    """List jobs, the newest first."""
    rows = query(lambda session: _list(session, state, spider, limit))
    if as_json:
        print_json(rows)
        return
    if not rows:
        none = "No job yet. Start one: scrapersky crawl example.com"
        console.print("No such job." if state or spider else none)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("job", no_wrap=True, min_width=36)  # it is there to be copied
    table.add_column("spider")
    table.add_column("state")
    for name in ("targets", "completed", "errors"):
        table.add_column(name, justify="right")
    table.add_column("started (UTC)")
    table.add_column("took", justify="right")
    for row in rows:
        counts = (row["targets_total"], row["targets_completed"], row["targets_error"])
        took = duration(row["started_at"], row["ended_at"])
        table.add_row(
            str(row["id"]),
            row["spider"],
            _shown_state(row),
            *map(str, counts),
            when(row["started_at"]),
            took,
        )
    console.print(table)


@app.command(epilog="Example: scrapersky jobs show 0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60")
def show(
    job: Annotated[str, typer.Argument(help="The job's id.")], as_json: options.AsJson = False
) -> None:
    """Show one job: its state, its workers, and its errors by code."""
    job_id = parse_id(job)
    found = query(lambda session: _show(session, job_id))
    if as_json:
        print_json(found)
        return
    row = found["job"]
    left = row["targets_total"] - row["targets_completed"] - row["targets_error"]
    facts = Table.grid(padding=(0, 2))
    facts.add_row("job", str(row["id"]))
    facts.add_row("spider", row["spider"])
    facts.add_row("state", _shown_state(row) + (f": {row['reason']}" if row["reason"] else ""))
    facts.add_row("from", _source(row))
    facts.add_row(
        "targets",
        f"{row['targets_total']} ({row['targets_completed']} completed,"
        f" {row['targets_error']} errors, {left} left)",
    )
    if row["rejected"] or row["duplicates"]:
        facts.add_row("list", f"{row['rejected']} no domains, {row['duplicates']} twice")
    facts.add_row("started", f"{when(row['started_at'])} UTC" if row["started_at"] else "")
    facts.add_row("took", duration(row["started_at"], row["ended_at"]))
    console.print(facts)
    _print_errors(found["errors"])
    _print_workers(found["workers"])
    if left and row["state"] != JobState.CANCELLED and not row["alive"]:
        console.print(f"\nGo on: {_going_on(row)}", soft_wrap=True)


@app.command(
    epilog="Example: scrapersky jobs targets 0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60 --error dns"
)
def targets(
    job: Annotated[str, typer.Argument(help="The job's id.")],
    *,
    state: Annotated[TargetState | None, typer.Option(help="In this state.")] = None,
    error: options.Error = None,
    limit: options.Limit = 50,
    after: options.After = None,
    as_json: options.AsJson = False,
) -> None:
    """List a job's domains, and what became of each."""
    job_id = parse_id(job)
    rows = query(
        lambda session: target_page(
            session, job_id, state=state, error=error, after=after, limit=limit + 1
        )
    )
    if as_json:
        print_json([plain(row) for row in rows[:limit]])
    else:
        print_page(rows, limit, TARGET_COLUMNS, nothing="No such target.")


@app.command(epilog="Example: scrapersky jobs export jobs.parquet --state completed")
def export(
    file: options.Target,
    *,
    state: Annotated[JobState | None, typer.Option(help="In this state.")] = None,
    spider: Annotated[str | None, typer.Option(help="Of this spider.")] = None,
    format_: options.As = None,
    bom: options.Bom = False,
) -> None:
    """Write jobs to a file: CSV, JSON lines or Parquet, one row a job, the newest first."""
    wanted = JobFilter(state=state, spider=spider)
    export_rows(
        file,
        format_,
        bom=bom,
        fields=JOBS,
        read=lambda session, after, limit: job_rows(session, wanted, after=after, limit=limit),
        noun="jobs",
    )


def parse_id(text: str) -> UUID:
    """A job's id as it was typed."""
    try:
        return UUID(text)
    except ValueError:
        raise InputError(f"{text!r} is no job's id: those are UUIDs.") from None


async def _list(
    session: AsyncSession, state: JobState | None, spider: str | None, limit: int
) -> list[dict[str, Any]]:
    found = await newest_jobs(session, state=state, spider=spider, limit=limit)
    return [await _with_life(session, row) for row in found]


async def _show(session: AsyncSession, job_id: UUID) -> dict[str, Any]:
    job = await jobs.get(session, job_id)
    return {
        "job": await _with_life(session, job),
        "errors": [plain(row) for row in await jobs.errors(session, job_id)],
        "workers": [plain(row) for row in await workers.of_job(session, job_id)],
    }


async def _with_life(session: AsyncSession, row: RowMapping) -> dict[str, Any]:
    running = row["state"] in {JobState.PENDING, JobState.RUNNING}
    alive = running and bool(await workers.alive(session, row["id"]))
    return plain(row) | {"alive": alive}


def _shown_state(row: dict[str, Any]) -> str:
    state = str(row["state"]).replace("_", " ")
    dead = row["state"] in {JobState.PENDING, JobState.RUNNING} and not row["alive"]
    return f"{state}, but its worker is dead" if dead else state


def _going_on(row: dict[str, Any]) -> str:
    spider = "" if row["spider"] == "homepage" else f" --spider {row['spider']}"
    return f"scrapersky crawl --job {row['id']}{spider}"


def _source(row: dict[str, Any]) -> str:
    arguments = row["arguments"]
    if row["source"] == "file":
        return f"the file {arguments['file']}"
    if row["source"] == "pending":
        return "pending domains in the database"
    return str(arguments.get("domains", ""))[:100]


def _print_errors(errors: list[dict[str, Any]]) -> None:
    if not errors:
        return
    table = Table("error", "", "for example", box=None, pad_edge=False)
    for row in errors:
        table.add_row(row["error_code"], str(row["count"]), row["example"])
    console.print()
    console.print(table)


def _print_workers(found: list[dict[str, Any]]) -> None:
    if not found:
        return
    table = Table("worker", "started (UTC)", "last heartbeat", "closed", box=None, pad_edge=False)
    for row in found:
        name = f"{row['node']}:{row['pid']}"
        closed = row["reason"] or ("" if row["alive"] else "died")
        table.add_row(name, when(row["started_at"]), when(row["heartbeat_at"]), closed)
    console.print()
    console.print(table)
