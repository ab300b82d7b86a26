"""`scrapersky token`: makes tokens for the API, and takes them back."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from scrapersky.cli.database import query
from scrapersky.cli.jobs import parse_id
from scrapersky.cli.output import console, when
from scrapersky.config import get_config
from scrapersky.db import tokens
from scrapersky.errors import InputError
from scrapersky.exports import plain
from scrapersky.tokens import make

PERSON = timedelta(hours=12)
SERVICE_DAYS = 365


def token(
    name: Annotated[str, typer.Argument(help="Whose it is; nothing follows from it.")] = "person",
    *,
    service: Annotated[
        bool, typer.Option("--service", help="Long-lived, recorded, can be revoked.")
    ] = False,
    days: Annotated[
        int, typer.Option("--days", min=1, max=3650, help="Of a service's token.")
    ] = SERVICE_DAYS,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="ID", help="Let this one count no more.")
    ] = None,
    list_them: Annotated[bool, typer.Option("--list", help="List those of services.")] = False,
) -> None:
    """Make a token for the API: for a person and 12 hours, or for a service and a year.

    Only the token goes to standard output.
    """
    if revoke is not None:
        _revoke(revoke)
    elif list_them:
        _list()
    elif service:
        _make_for_service(name, timedelta(days=days))
    else:
        text, _ = make(get_config(), subject=name, lifetime=PERSON)
        print(text)


def _make_for_service(name: str, lifetime: timedelta) -> None:
    _, ends = make(get_config(), subject=name, lifetime=lifetime)
    token_id = query(lambda session: tokens.create(session, name, ends))
    text, _ = make(get_config(), subject=name, lifetime=lifetime, token_id=token_id)
    print(text)
    typer.echo(f"Revoke it: scrapersky token --revoke {token_id}", err=True)


def _revoke(text: str) -> None:
    token_id = parse_id(text)
    if not query(lambda session: tokens.revoke(session, token_id)):
        raise InputError(f"There is no token {token_id}. `scrapersky token --list` shows them.")
    console.print("It counts no more.")


def _list() -> None:
    rows = [plain(row) for row in query(tokens.listed)]
    table = Table("token", "name", "created (UTC)", "until", "revoked", box=None, pad_edge=False)
    for row in rows:
        times = (when(row[name]) for name in ("created_at", "expires_at", "revoked_at"))
        table.add_row(str(row["id"]), row["name"], *times)
    console.print(table if rows else "No service has a token.")
