"""`scrapersky sitemap`: what stands in sitemaps and robots.txt files, without a database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from scrapersky.cli.output import cell, console, standard_output
from scrapersky.errors import InputError
from scrapersky.exports import json_bytes
from scrapersky.net.fetch import fetch
from scrapersky.sitemaps.entries import Problem
from scrapersky.sitemaps.reader import SitemapReader
from scrapersky.sitemaps.robots import MAX_ROBOTS, sitemap_urls

CHUNK = 256 * 1024
_ERRORS = (
    Problem.NOT_A_SITEMAP,
    Problem.BYTES_LIMIT,
    Problem.ENTRIES_LIMIT,
    Problem.EFFORT_LIMIT,
    Problem.BAD_GZIP,
    Problem.TRUNCATED,
)
"""What may have cost entries, the worst first."""

app = typer.Typer(
    help="Sitemaps: what files and URLs say, without a database.",
    no_args_is_help=True,
    add_completion=False,
)

Files = Annotated[list[str], typer.Argument(metavar="FILES", help="Paths or URLs.")]
AsLines = Annotated[bool, typer.Option("--jsonl", help="Print JSON lines, one a file.")]


@app.command(epilog="Example: scrapersky sitemap parse https://example.com/sitemap.xml")
def parse(
    files: Files,
    *,
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="URL", help="Address of the folder the files lie in."),
    ] = None,
    as_lines: AsLines = False,
) -> None:
    """Read sitemaps and feeds of any kind."""
    _print((_parsed(file, base) for file in files), as_lines=as_lines)


@app.command(epilog="Example: scrapersky sitemap robots https://example.com/robots.txt")
def robots(
    files: Files,
    *,
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="URL", help="Address of the robots.txt itself."),
    ] = None,
    as_lines: AsLines = False,
) -> None:
    """Read which sitemaps robots.txt files name."""
    _print((_named(file, base) for file in files), as_lines=as_lines)


def _parsed(file: str, base: str | None) -> dict[str, Any]:
    folder = base if base is None or base.endswith("/") else f"{base}/"
    url = file if _is_url(file) else f"{folder}{Path(file).name}" if folder else ""
    reader = SitemapReader(url=url)
    urls: list[str] = []
    error: str | None = None
    try:
        for chunk in _chunks(file):
            urls += (entry.url for entry in reader.feed(chunk))
            if reader.is_full:
                break
    except InputError as failure:
        error = str(failure)
    urls += (entry.url for entry in reader.close())
    problems = reader.problems
    return {
        "file": file,
        "kind": reader.kind,
        "urls": urls,
        "lastmods": reader.lastmod_count,
        "error": error or next((str(code) for code in _ERRORS if code in problems), None),
        "generator": reader.generator,
        "problems": {str(code): count for code, count in problems.items()},
        "unread": error is not None,
    }


def _named(file: str, base: str | None) -> dict[str, Any]:
    data, error = bytearray(), None
    try:
        for chunk in _chunks(file):
            data += chunk
            if len(data) >= MAX_ROBOTS:
                break
    except InputError as failure:
        error = str(failure)
    urls = sitemap_urls(bytes(data), file if _is_url(file) else base or "")
    return {
        "file": file,
        "kind": "robots",
        "urls": urls,
        "lastmods": 0,
        "error": error,
        "generator": None,
        "problems": {},
        "unread": error is not None,
    }


def _chunks(file: str) -> Iterator[bytes]:
    if _is_url(file):
        yield from fetch(file)
        return
    try:
        with Path(file).open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error


def _is_url(file: str) -> bool:
    return file.lower().startswith(("http://", "https://"))


def _print(results: Iterator[dict[str, Any]], *, as_lines: bool) -> None:
    unread = 0
    table = Table(
        "file", "kind", "urls", "dates", "generator", "problems", box=None, pad_edge=False
    )
    with standard_output() as stream:
        for result in results:
            unread += result.pop("unread")
            if as_lines:
                stream.write(json_bytes(result, orjson.OPT_APPEND_NEWLINE))
            else:
                table.add_row(*(escape(text) for text in _row(result)))
    if not as_lines:
        console.print(table)
    if unread:
        raise typer.Exit(1)


def _row(result: dict[str, Any]) -> list[str]:
    counts = {**result["problems"]}
    problems = [f"{code} ({count:,})" if count > 1 else code for code, count in counts.items()]
    error = result["error"] or ""
    if error and error not in counts:
        problems.insert(0, error)
    return [
        result["file"],
        result["kind"],
        f"{len(result['urls']):,}",
        f"{result['lastmods']:,}",
        cell(result["generator"]),
        ", ".join(problems),
    ]
