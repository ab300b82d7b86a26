"""`scrapersky`: everything beside the crawl itself."""

import typer

from scrapersky.cli import db, demo, domains, jobs
from scrapersky.errors import ScraperSkyError, refuse

app = typer.Typer(
    name="scrapersky",
    help="Takes domains, gives back rows in PostgreSQL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(db.app, name="db")
app.add_typer(jobs.app, name="jobs")
app.add_typer(domains.app, name="domains")
app.command()(demo.demo)


def main() -> None:
    """The command's entry point: what its user can put right is one line and status 2."""
    try:
        app()
    except ScraperSkyError as error:
        refuse(error)


if __name__ == "__main__":
    main()
