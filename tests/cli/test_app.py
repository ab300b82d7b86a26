"""The command as a whole: its help, its completion, and one line for each mistake."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from scrapersky.cli.app import app, main
from scrapersky.cli.lazy import COMMANDS


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A command, and all below it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{path} {name}")


def test_every_command_has_an_example_of_itself() -> None:
    known = dict(commands(typer.main.get_command(app), "scrapersky"))
    assert len(known) > 15
    for path, command in known.items():
        if not hasattr(command, "commands"):
            assert command.epilog.startswith(f"Example: {path}"), path


def test_summaries_are_those_of_the_commands() -> None:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert command.help.partition("\n\n")[0].replace("\n", " ") == COMMANDS[name]


def test_help_imports_no_database() -> None:
    code = (
        "import sys\n"
        "from scrapersky.cli.app import app\n"
        "app(['--help'], standalone_mode=False)\n"
        "sys.exit(any(name in sys.modules for name in ('sqlalchemy', 'scrapy', 'alembic')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "contacts" in done.stdout


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("scrapersky ", list(COMMANDS)),
        ("scrapersky domains e", ["export"]),
        ("scrapersky domains list --error dn", ["dns", "dns_temporary"]),
        ("scrapersky domains list --curation M", ["Maybe"]),
        ("scrapersky jobs list --state pa", ["paused"]),
        ("scrapersky crawl --spi", ["--spider"]),
    ],
)
def test_completion(
    typed: str,
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("_SCRAPERSKY_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    monkeypatch.setattr(sys, "argv", ["scrapersky"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out.split() == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("domain", "No such command 'domain'. Did you mean 'domains'? See scrapersky --help."),
        ("domains list --nope", "No such option: --nope"),
        ("domains list --status done", "'done' is not one of 'pending'"),
        ("domains list --after 7", "should be a valid UUID"),
        ("domains list --limit 0", "should be greater than or equal to 1"),
        ("domains list --crawled-after soon", "'soon' is neither a date"),
        ("domains list --crawled-before 2026-13-01", "'2026-13-01' is neither a date"),
        ("domains export", "Missing argument 'FILE'"),
        ("domains export x.csv --format xml", "'xml' is not one of 'csv', 'jsonl'"),
        ("domains show localhost", "'localhost' cannot be used"),
        ("contacts list --domain localhost", "'localhost' cannot be used"),
        ("contacts list --min-confidence 2", "should be less than or equal to 1"),
        ("jobs show 7", "is no job's id"),
        ("jobs targets 7", "is no job's id"),
        ("crawl --set DOMAINS_IN_FLIGHT", "a setting is written NAME=VALUE"),
    ],
)
def test_mistakes_are_one_line(
    typed: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["scrapersky", *typed.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("scrapersky: ")
    assert message in error
    assert error.count("\n") == 1


def test_no_colour_where_none_is_wanted() -> None:
    environment = os.environ | {"NO_COLOR": "1", "FORCE_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "scrapersky.cli.app", "--help"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b[3" not in done.stdout
