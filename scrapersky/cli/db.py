"""`scrapersky db`: the database itself."""

from typing import Annotated

import typer

from scrapersky.cli.options import AsJson
from scrapersky.cli.output import console, print_json
from scrapersky.config import get_config
from scrapersky.db import embedded, schema
from scrapersky.db.session import database_url
from scrapersky.errors import InputError

app = typer.Typer(
    help="The database: its migrations, and the embedded server.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command(epilog="Example: scrapersky db upgrade")
def upgrade() -> None:
    """Bring the database to the newest migration."""
    url = database_url()
    before = schema.current(url)
    schema.upgrade(url)
    after = schema.current(url)
    moved = "was there already" if before == after else f"came from {before or 'nothing'}"
    console.print(f"{schema.shown(url)} is at {after} ({moved}).", soft_wrap=True)


@app.command(epilog="Example: scrapersky db downgrade base")
def downgrade(
    revision: Annotated[str, typer.Argument(help="A migration's id, -1, or base for none at all.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take migrations back, with the data of the tables that they made."""
    url = database_url()
    if not yes:
        typer.confirm(f"Take {schema.shown(url)} back to {revision}? Data go with it.", abort=True)
    schema.downgrade(url, revision)
    console.print(f"{schema.shown(url)} is at {schema.current(url) or 'nothing'}.", soft_wrap=True)


@app.command(epilog="Example: scrapersky db current")
def current(as_json: AsJson = False) -> None:
    """Say where the database is, and at which migration."""
    url = database_url()
    found = schema.current(url)
    if as_json:
        print_json({"url": schema.shown(url), "migration": found, "newest": schema.HEAD})
        return
    state = "the newest" if found == schema.HEAD else f"the newest is {schema.HEAD}"
    console.print(f"{schema.shown(url)} is at {found or 'no migration'} ({state}).", soft_wrap=True)


@app.command(epilog="Example: scrapersky db stop")
def stop() -> None:
    """Stop the embedded server. The next command that needs it starts it again."""
    _embedded_only("stopped")
    stopped = embedded.stop(get_config().home)
    console.print("Stopped." if stopped else "It was not running.")


@app.command(epilog="Example: scrapersky db reset --yes")
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete the embedded database with all that was crawled."""
    _embedded_only("deleted")
    home = get_config().home
    if not yes:
        typer.confirm(f"Delete the database in {home} with everything in it?", abort=True)
    embedded.reset(home)
    console.print(f"The database in {home} is deleted.")


def _embedded_only(what: str) -> None:
    if get_config().database_url is not None:
        raise InputError(
            f"DATABASE_URL is set, and a server of your own is not {what} from here."
            " Unset it to mean the embedded one."
        )
