"""`scrapersky frontier`: what is in Redis."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.cli import options
from scrapersky.cli.database import query
from scrapersky.cli.jobs import parse_id
from scrapersky.cli.output import cell, console, print_json
from scrapersky.db import jobs, workers
from scrapersky.errors import ConfigError, JobError
from scrapersky.exports import plain
from scrapersky.frontier import status as redis_status
from scrapersky.frontier.feed import FeedKeys
from scrapersky.frontier.server import RedisServer
from scrapersky.states import JobState

LETTERS = 10
"""Dead letters that are shown."""

app = typer.Typer(
    help="The frontier in Redis: who crawls what.", no_args_is_help=True, add_completion=False
)
T = TypeVar("T")
Job = Annotated[str, typer.Argument(help="The job's id.")]
Act = Callable[[RedisServer, AsyncSession], Awaitable[T]]


@app.command(epilog="Example: scrapersky frontier status")
def status(
    job: Annotated[
        str | None, typer.Argument(help="The job's id. Without it: all that run.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Show what waits, what is leased by whom, dead letters, and the rate."""
    job_id = None if job is None else parse_id(job)
    found = _with_redis(lambda server, session: _status(server, session, job_id))
    if as_json:
        print_json(found)
        return
    if not found["jobs"]:
        console.print("Nothing of the kind is in Redis.")
    for row in found["jobs"]:
        _print_job(row)
    _print_letters(found["dead_letters"], found["letters"])


@app.command(epilog="Example: scrapersky frontier requeue 0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60")
def requeue(
    job: Job,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="The leases of living workers too.")
    ] = False,
    letters: Annotated[
        bool, typer.Option("--dead-letters", help="Push dead letters of its feed once more.")
    ] = False,
) -> None:
    """Let the leases of dead workers wait again now, without blame, not when they expire."""
    job_id = parse_id(job)
    count, pushed = _with_redis(
        lambda server, session: _requeue(server, session, job_id, everything, letters)
    )
    console.print(f"{count} leases wait again.")
    if letters:
        console.print(f"{pushed} messages were pushed once more.")


@app.command(epilog="Example: scrapersky frontier drain 0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60")
def drain(job: Job) -> None:
    """Stop a job's workers: what is in flight ends, the rest waits for `--job`."""
    job_id = parse_id(job)
    alive = _with_redis(lambda server, session: _drain(server, session, job_id))
    if alive:
        console.print(f"The job is paused. {alive} workers end what they have begun, and close.")
    else:
        console.print("The job is paused. Nothing of it is left in Redis.")


def _with_redis(act: "Act[T]") -> T:
    async def run(session: AsyncSession) -> T:
        server = RedisServer.configured()
        if server is None:
            raise ConfigError("Redis is not configured: set REDIS_URL.")
        try:
            await server.check()
            return await act(server, session)
        finally:
            await server.close()

    return query(run)


async def _status(
    server: RedisServer, session: AsyncSession, job_id: UUID | None
) -> dict[str, Any]:
    if job_id is None:
        rows = (await session.execute(jobs.running(100))).mappings().all()
    else:
        rows = [await jobs.get(session, job_id)]
    shown = []
    for row in rows:
        found = await redis_status.job_status(server, row["id"])
        if found is not None:
            names = {str(one["id"]): one for one in await workers.of_job(session, row["id"])}
            shown.append(_described(found.as_dict(), plain(row), names))
    total, letters = await redis_status.dead_letters(server, LETTERS)
    return {"jobs": shown, "dead_letters": total, "letters": letters}


def _described(
    found: dict[str, Any], job: dict[str, Any], names: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    ended = job["targets_completed"] + job["targets_error"]
    for worker in found["workers"]:
        known = names.get(worker["worker"])
        worker["name"] = f"{known['node']}:{known['pid']}" if known else worker["worker"]
        worker["alive"] = bool(known and known["alive"])
    return found | {"spider": job["spider"], "left": job["targets_total"] - ended}


async def _requeue(
    server: RedisServer, session: AsyncSession, job_id: UUID, everything: bool, letters: bool
) -> tuple[int, int]:
    job = await jobs.get(session, job_id)
    found = await redis_status.job_status(server, job_id)
    holders = [UUID(worker.worker) for worker in found.workers] if found else []
    alive = {row["id"] for row in await workers.alive(session, job_id)}
    chosen = [holder for holder in holders if everything or holder not in alive]
    count = await redis_status.requeue(server, job_id, chosen)
    feed = FeedKeys.of(RedisServer.settings(), job["spider"])
    return count, await redis_status.requeue_letters(server, feed) if letters else 0


async def _drain(server: RedisServer, session: AsyncSession, job_id: UUID) -> int:
    job = await jobs.get(session, job_id, lock=True)
    if job["state"] not in {JobState.RUNNING, JobState.PAUSED}:
        raise JobError(f"Job {job_id} is {job['state']}: there is nothing to drain.")
    if job["state"] == JobState.RUNNING:
        await jobs.set_state(session, job, JobState.PAUSED, "Drained.")
    alive = len(await workers.alive(session, job_id))
    if not alive:
        await redis_status.forget(server, job_id)
    return alive


def _print_job(row: dict[str, Any]) -> None:
    facts = Table.grid(padding=(0, 2))
    facts.add_row("job", f"{row['job']} ({row['spider']})")
    facts.add_row("left", f"{row['left']}")
    facts.add_row("waiting", f"{row['waiting']} in Redis, {row['later']} held up")
    facts.add_row("leased", f"{row['leased']}")
    facts.add_row("rate", f"{row['rate']:.1f} domains a second")
    console.print(facts)
    if row["workers"]:
        table = Table(
            "worker", "leased", "oldest lease", "last heartbeat", "", box=None, pad_edge=False
        )
        for worker in row["workers"]:
            table.add_row(
                escape(worker["name"]),
                str(worker["leased"]),
                _seconds(worker["oldest_seconds"]),
                _seconds(worker["silent_seconds"], " ago"),
                "" if worker["alive"] else "dead",
            )
        console.print(table)
    console.print()


def _seconds(value: float | None, rest: str = "") -> str:
    return "" if value is None else f"{value:.0f} s{rest}"


def _print_letters(total: int, letters: list[dict[str, Any]]) -> None:
    console.print(f"{total} dead letters")
    if letters:
        table = Table("at", "reason", "message", box=None, pad_edge=False)
        for letter in letters:
            values = (letter.get("at"), letter.get("reason"), letter.get("message"))
            table.add_row(*(escape(cell(value)) for value in values))
        console.print(table)
