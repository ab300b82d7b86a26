"""Commands whose modules are imported when one of them is asked for.

SQLAlchemy, psycopg and the demo's web take a second to import, and `scrapersky --help` or a press
of Tab needs none of them.
"""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "up": "Start the whole system on this machine: PostgreSQL, Redis, a Scrapyd node, the API.",
    "submit": "Submit a job to the API at SCRAPERSKY_API_URL.",
    "status": "Show how a job of the API goes: state, counts, rate, workers, last errors.",
    "cancel": "Cancel a job of the API. Its workers end what they have begun.",
    "logs": "Print what a worker of a job logs.",
    "crawl": "Crawl domains, and write what is found to the database.",
    "demo": "Crawl a bundled web of invented companies, and show what came of it.",
    "extract": "Print everything that is found on a page, as JSON.",
    "domains": "Domains, and what was found on them.",
    "contacts": "Contacts: e-mail addresses, phone numbers, profiles.",
    "pages": "Pages that sites list in their sitemaps.",
    "sitemap": "Sitemaps: what files and URLs say, without a database.",
    "jobs": "Jobs: every crawl is one.",
    "schedules": "Schedules: what the API starts again and again.",
    "frontier": "The frontier in Redis: who crawls what.",
    "api": "Serve the HTTP API, which gives jobs to the nodes in SCRAPERSKY_NODES.",
    "node": "Serve a Scrapyd node, until Ctrl-C; its workers are ended first.",
    "token": "Make a token for the API: for a person and 12 hours, or for a service and a year.",
    "db": "The database: its migrations, and the embedded server.",
}
"""The modules of `scrapersky.cli` that are commands, with the first sentence of their help."""


class LazyGroup(TyperGroup):
    """Knows its commands' names and summaries; imports those that are run."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Imported()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Their names, in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the same
        """What stands for the command in a list of commands."""
        summary = COMMANDS.get(cmd_name)
        return None if summary is None else TyperCommand(cmd_name, help=summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is to be run, or completed."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, self.commands[name] if name and found else None, rest


class _Imported(MutableMapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        module = import_module(f"scrapersky.cli.{name}")
        if hasattr(module, "app"):
            command = typer.main.get_command(module.app)
        else:
            single = typer.Typer(add_completion=False)
            single.command(epilog=f"Example: scrapersky {name}")(getattr(module, name))
            command = typer.main.get_command(single)
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __setitem__(self, name: str, command: Any) -> None:
        raise NotImplementedError("The commands are those of COMMANDS.")

    def __delitem__(self, name: str) -> None:
        raise NotImplementedError("The commands are those of COMMANDS.")
