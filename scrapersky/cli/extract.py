"""`scrapersky extract`: what is found on a page, without a database."""

import csv
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urljoin

import typer

from scrapersky.cli.output import print_json, standard_output
from scrapersky.config import get_config
from scrapersky.errors import InputError
from scrapersky.exports import json_bytes
from scrapersky.extract.fingerprints import use_rules
from scrapersky.extract.metadata import canonical_url
from scrapersky.extract.metas import first
from scrapersky.extract.page import Headers, parse_page
from scrapersky.extract.record import record
from scrapersky.extract.urls import absolute_url

if TYPE_CHECKING:
    from scrapersky.cli.fetching import Outcome

MAX_BYTES = 50_000_000
"""Of a file. A crawl takes pages of at most `DOWNLOAD_MAXSIZE`."""
NO_URL = "http://localhost/"
"""The address of a file whose address nobody said, the page itself neither."""

app = typer.Typer(add_completion=False)


@dataclass(slots=True, frozen=True)
class _Body:
    content: bytes
    url: str
    content_type: str | None = None
    headers: Headers = ()


@app.command(epilog="Example: scrapersky extract https://example.com")
def extract(
    source: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="Saved pages, addresses, or - for HTML."),
    ] = None,
    *,
    url: Annotated[
        str | None, typer.Option("--url", help="The address that the files were saved from.")
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option(
            "--index",
            metavar="TSV",
            help="Columns file and url: the address of each file; alone: all its files.",
        ),
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One line a file, in the order given.")
    ] = False,
) -> None:
    """Print everything that is found on a page, as JSON.

    A URL is fetched as a crawl would: robots.txt is obeyed, private addresses are refused.
    """
    addresses = {} if index is None else _addresses(index)
    sources = source or list(addresses)
    if not sources:
        raise InputError("Name a file, an address, or - for standard input.")
    use_rules(get_config().technology_rules)
    records = _records(sources, addresses, url)
    if jsonl:
        with standard_output() as stream:
            for entry in records:
                stream.write(json_bytes(entry) + b"\n")
                stream.flush()
        return
    for entry in records:
        print_json(entry)


def _records(
    sources: list[str], addresses: dict[str, str], url: str | None
) -> Iterator[dict[str, Any]]:
    fetched = _fetched(name for name in sources if _is_url(name))
    for name in sources:
        try:
            body = _body(name, addresses, url, fetched)
        except InputError as error:
            if len(sources) == 1:
                raise
            yield {"file": name, "error": str(error)}
            continue
        yield {"file": name, **_timed(body)}


def _timed(body: _Body) -> dict[str, Any]:
    """The record, and the CPU time that it took, in milliseconds."""
    began = time.process_time()
    page = parse_page(
        body.content, url=body.url, content_type=body.content_type, headers=body.headers
    )
    found = record(page)
    return {**found, "ms": round((time.process_time() - began) * 1000, 2)}


def _body(
    name: str, addresses: dict[str, str], url: str | None, fetched: "dict[str, Outcome]"
) -> _Body:
    if name in fetched:
        return _answer(name, fetched[name])
    content = sys.stdin.buffer.read(MAX_BYTES) if name == "-" else _file(name)
    known = addresses.get(name) or addresses.get(Path(name).name) or url
    return _Body(content, page_address(known, content))


def page_address(known: str | None, content: bytes) -> str:
    """An index may hold host names, or paths; of a page without an address its own word counts."""
    if known and "://" in known[:10]:
        return known
    declared = _declared_address(content)
    if not known or known.startswith("/"):
        return urljoin(declared or NO_URL, known or "")
    return f"http://{known}"


def _declared_address(content: bytes) -> str | None:
    page = parse_page(content, url="", content_type=None)
    found = canonical_url(page)
    return found.value if found else absolute_url("", first(page.metas, "og:url"))


def _file(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}.") from error


def _answer(name: str, outcome: "Outcome") -> _Body:
    if isinstance(outcome, Exception):
        raise InputError(f"{name} was not fetched: {outcome}")
    headers = tuple(
        (key.decode("latin-1").lower(), value.decode("latin-1"))
        for key, values in outcome.headers.items()
        for value in values
    )
    return _Body(outcome.body, outcome.url, dict(headers).get("content-type"), headers)


def _fetched(urls: Iterable[str]) -> "dict[str, Outcome]":
    wanted = list(dict.fromkeys(urls))
    if not wanted:
        return {}
    from scrapersky.cli.fetching import fetch_pages  # noqa: PLC0415 - files need no Scrapy

    return fetch_pages(wanted)


def _is_url(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))


def _addresses(index: Path) -> dict[str, str]:
    try:
        with index.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            if not {"file", "url"} <= set(rows.fieldnames or ()):
                raise InputError(f"{index} has no columns named file and url, parted by tabs.")
            return {row["file"]: row["url"] for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{index} cannot be read: {error}.") from error
