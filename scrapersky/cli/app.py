"""`scrapersky`: crawls, and everything around them."""

import sys

import typer
from typer.exceptions import TyperException

from scrapersky.cli.lazy import LazyGroup
from scrapersky.errors import InputError, ScraperSkyError, refuse

app = typer.Typer(
    name="scrapersky", cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False
)


@app.callback(epilog="Example: scrapersky crawl example.com")
def _root() -> None:
    """Takes domains, gives back rows in PostgreSQL."""


def main() -> None:
    """The command's entry point: what its user can put right is one line and status 2."""
    try:
        sys.exit(app(prog_name="scrapersky", standalone_mode=False))
    except ScraperSkyError as error:
        refuse(error)
    except TyperException as error:
        _refuse_usage(error)
    except typer.Abort:
        sys.stderr.write("Aborted.\n")
        sys.exit(1)


def _refuse_usage(error: TyperException) -> None:
    # The prefix is pydantic's, by which typer checks values.
    message = " ".join(error.format_message().replace("Value error, ", "").split())
    if not message:  # no arguments at all: the help has been printed instead
        sys.exit(error.exit_code)
    context = getattr(error, "ctx", None)
    where = f" See {context.command_path} --help." if context else ""
    refuse(InputError(f"{message}{'' if message[-1] in '.?' else '.'}{where}"))


if __name__ == "__main__":
    main()
