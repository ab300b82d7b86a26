"""README and docs/ say what the code has: all of it, and nothing else."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from pydantic import AliasChoices
from scrapy.settings import Settings, default_settings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.spider import iter_spider_classes
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from scrapersky import settings
from scrapersky.arguments import CrawlArguments
from scrapersky.cli.app import app
from scrapersky.config import Config
from scrapersky.crawl.sitemap_file import COSTS_ENTRIES
from scrapersky.crawl.spider import DomainSpider
from scrapersky.crawl.walk import Refusal
from scrapersky.db.tables import metadata
from scrapersky.outcomes import OUTCOMES
from scrapersky.sitemaps.page_types import PageType
from scrapersky.states import (
    JOB_TRANSITIONS,
    TARGET_TRANSITIONS,
    ContactKind,
    CurationStatus,
    DomainStatus,
    FoundVia,
    JobState,
    TargetState,
)
from spiders import homepage

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]

Rows = dict[str, list[str]]


def section(path: Path, heading: str) -> str:
    """What stands under a heading of the second level."""
    parts = re.split(r"^## ", path.read_text("utf-8"), flags=re.MULTILINE)
    found = [part for part in parts[1:] if part.partition("\n")[0] == heading]
    assert len(found) == 1, f"{path.name} has {len(found)} sections named {heading!r}"
    return found[0].partition("\n")[2]


def rows(text: str, header: str) -> Rows:
    """The rows of all tables whose first column has that header, by the code in that column."""
    found: Rows = {}
    is_wanted = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            is_wanted = False
        elif cells[0] == header:
            is_wanted = True
        elif is_wanted and (code := re.fullmatch(r"`([^`]+)`", cells[0])):
            assert code[1] not in found, f"{code[1]} stands there twice"
            found[code[1]] = cells[1:]
    return found


def codes(text: str) -> set[str]:
    """What stands between backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def arrows(text: str) -> set[tuple[str, str]]:
    """The transitions in a section's mermaid diagram."""
    diagram = text.partition("```mermaid")[2].partition("```")[0]
    found = re.findall(r"^\s*(\w+) --> (\w+)", diagram, flags=re.MULTILINE)
    return {(before, after) for before, after in found}


def pairs(transitions: dict[Any, frozenset[Any]]) -> set[tuple[str, str]]:
    return {(str(before), str(after)) for before, all_ in transitions.items() for after in all_}


# --- docs/errors.md ---------------------------------------------------------------------------


def test_every_error_code() -> None:
    table = rows((DOCS / "errors.md").read_text("utf-8"), "Code")
    assert set(table) == {str(code) for code in OUTCOMES}
    for code, outcome in OUTCOMES.items():
        meaning, transient, distance, advice = table[code]
        said = (meaning, transient, distance)
        is_transient = "yes" if outcome.transient else "no"
        assert said == (outcome.meaning, is_transient, str(outcome.distance)), code
        assert advice, code


def test_every_code_of_a_sitemap() -> None:
    text = (DOCS / "sitemap-crawl.md").read_text("utf-8")
    assert set(rows(text, "Code of a file")) == {*map(str, COSTS_ENTRIES), *map(str, Refusal)}
    assert set(rows(text, "`found_via`")) == set(map(str, FoundVia))
    assert set(map(str, PageType)) <= codes(section(DOCS / "sitemap-crawl.md", "Page types"))


def test_which_failures_fall_through() -> None:
    text = section(DOCS / "errors.md", "Fallbacks")
    sentence = text.split("leads on to the next URL:")[1].split(". ")[0]
    assert codes(sentence) == {str(code) for code in homepage.NO_CONNECTION}
    sentence = text.split("After ")[1].split(" the same host")[0]
    assert codes(sentence) == {str(code) for code in homepage.NO_SUCH_HOST}


# --- docs/jobs.md -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "states"),
    [("Job states", JobState), ("Target states", TargetState), ("Domain states", DomainStatus)],
)
def test_every_state(heading: str, states: Iterable[str]) -> None:
    assert set(rows(section(DOCS / "jobs.md", heading), "State")) == set(map(str, states))


@pytest.mark.parametrize(
    ("heading", "transitions"),
    [("Job states", JOB_TRANSITIONS), ("Target states", TARGET_TRANSITIONS)],
)
def test_every_transition_is_in_the_diagram(
    heading: str, transitions: dict[Any, frozenset[Any]]
) -> None:
    assert arrows(section(DOCS / "jobs.md", heading)) == pairs(transitions)


def test_every_job_transition_has_its_maker() -> None:
    lines = re.findall(
        r"^\| `(\w+)` \| `(\w+)` \| (.+) \|$",
        section(DOCS / "jobs.md", "Job states"),
        flags=re.MULTILINE,
    )
    assert sorted((before, after) for before, after, _ in lines) == sorted(pairs(JOB_TRANSITIONS))


# --- docs/data.md -----------------------------------------------------------------------------


DATA = [DOCS / "data.md", DOCS / "data-jobs.md"]


def sections() -> dict[str, Path]:
    """By table, the page that has its section."""
    return {
        name: page
        for page in DATA
        for name in re.findall(r"^## `(\w+)`$", page.read_text("utf-8"), re.MULTILINE)
    }


def test_every_table_has_a_section() -> None:
    assert sorted(sections()) == sorted(metadata.tables)


@pytest.mark.parametrize("table", metadata.tables.values(), ids=str)
def test_every_column_with_its_type(table: Table) -> None:
    documented = rows(section(sections()[table.name], f"`{table.name}`"), "Column")
    types = {name: cells[0] for name, cells in documented.items()}
    assert types == {column.name: sql_type(column.type) for column in table.columns}


@pytest.mark.parametrize("table", metadata.tables.values(), ids=str)
def test_every_index(table: Table) -> None:
    documented = rows(section(sections()[table.name], f"`{table.name}`"), "Index")
    expected = {str(index.name) for index in table.indexes}
    expected |= {str(c.name) for c in table.constraints if str(c.name).startswith(("pk_", "uq_"))}
    assert set(documented) == expected
    assert all(cells[0] for cells in documented.values())


def test_every_value_of_curation_and_contacts() -> None:
    columns = rows(section(DOCS / "data.md", "`domains`"), "Column")
    assert set(map(str, CurationStatus)) <= codes(columns["curation_status"][1])
    columns = rows(section(DOCS / "data.md", "`contacts`"), "Column")
    assert set(map(str, ContactKind)) <= codes(columns["kind"][1])


def sql_type(column_type: Any) -> str:
    compiled: str = column_type.compile(dialect=cast("Any", postgresql).dialect())
    return compiled.lower().replace("timestamp with time zone", "timestamptz")


# --- settings and environment -----------------------------------------------------------------


def names_in_settings() -> set[str]:
    return {name for name in vars(settings) if name.isupper() and not name.startswith("_")}


def own_settings() -> set[str]:
    return {name for name in names_in_settings() if not hasattr(default_settings, name)}


def test_every_setting_with_its_value() -> None:
    table = rows((DOCS / "settings.md").read_text("utf-8"), "Setting")
    assert set(table) == names_in_settings()
    for name, (value, default, why) in table.items():
        assert (default == "own") == (name in own_settings()), name
        assert why, name
        actual = getattr(settings, name)
        if isinstance(actual, bool | int | float):
            assert value == str(actual), name
        elif isinstance(actual, str) and name != "USER_AGENT":
            assert value == f"`{actual}`", name


def test_own_settings_are_in_the_readme() -> None:
    table = rows(section(README, "Settings"), "Setting")
    assert set(table) == own_settings()
    for name, (value, _) in table.items():
        assert value.replace(",", "") == str(getattr(settings, name)), name


def variables() -> set[str]:
    return {name for names in variables_by_field().values() for name in names}


def variables_by_field() -> dict[str, list[str]]:
    found = {}
    for name, field in Config.model_fields.items():
        alias = field.validation_alias
        prefix = Config.model_config.get("env_prefix", "")
        named = [f"{prefix}{name}".upper()]
        if isinstance(alias, AliasChoices):
            named = [str(choice) for choice in alias.choices]
        found[name] = named
    return found


def test_every_environment_variable_is_in_the_readme() -> None:
    text = section(README, "Environment variables")
    assert {name for names in variables_by_field().values() for name in names[:1]} == set(
        rows(text, "Variable")
    )
    assert variables() <= codes(text)


def test_every_environment_variable_is_in_the_settings_page() -> None:
    text = section(DOCS / "settings.md", "Environment variables")
    table = rows(text, "Variable")
    assert set(table) == variables()
    for field, names in variables_by_field().items():
        default = Config.model_fields[field].default
        shown = {None: "unset", "": "empty"}.get(default, str(default))
        assert table[names[0]][0].strip("`") == shown, names[0]


# --- README -----------------------------------------------------------------------------------


def spiders() -> Iterator[tuple[str, type[CrawlArguments]]]:
    loaded = Settings()
    loaded.setmodule(settings)
    loader = SpiderLoader.from_settings(loaded)
    for name in loader.list():
        spider = loader.load(name)
        assert issubclass(spider, DomainSpider)
        yield name, spider.arguments_model


def test_spiders_are_found() -> None:
    assert {spider.name for spider in iter_spider_classes(homepage)} <= {n for n, _ in spiders()}


def test_every_spider_with_its_arguments() -> None:
    text = section(README, "Spiders")
    table = rows(text, "Spider")
    known = dict(spiders())
    assert set(table) == set(known)
    for name, model in known.items():
        assert codes(table[name][-1]) == set(model.model_fields), name
    explained = {field for model in known.values() for field in model.model_fields}
    assert set(rows(text, "Argument")) == explained


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The commands below a group. Typer's groups are click's, or look like them."""
    if hasattr(command, "commands"):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")
    else:
        yield path, command


def test_every_command_with_its_options() -> None:
    table = rows(section(README, "Commands"), "Command")
    known = dict(commands(typer.main.get_command(app), "scrapersky"))
    assert len(known) > 1
    assert set(table) == set(known)
    for name, command in known.items():
        for parameter in command.params:
            is_option = parameter.param_type_name == "option"
            shown = parameter.opts[0] if is_option else parameter.name.upper()
            assert shown == "--help" or shown in codes(table[name][-1]), f"{name} {shown}"


def test_every_make_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, flags=re.MULTILINE))
    assert targets
    assert set(rows(section(README, "Commands"), "Make target")) == {f"make {t}" for t in targets}


def test_the_start_is_two_commands() -> None:
    blocks = re.findall(r"```\w*\n(.*?)```", section(README, "Start"), flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    assert lines == ["make demo", "make test"]


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {target for target, _ in links(README)}
    assert {page.relative_to(ROOT).as_posix() for page in PAGES if page != README} <= linked


# --- the rest ---------------------------------------------------------------------------------


def test_every_dependency_is_a_decision() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = [
        (heading, {re.split(r"[\[><=;~! ]", requirement)[0] for requirement in requirements})
        for heading, requirements in (
            ("What it is built on", project["project"]["dependencies"]),
            ("What it is developed with", project["dependency-groups"]["dev"]),
        )
    ]
    for heading, names in named:
        text = section(DOCS / "decisions.md", heading)
        assert set(re.findall(r"^\*\*([\w-]+)\*\*: \w", text, flags=re.MULTILINE)) == names


def test_the_changelog_has_what_is_not_released() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "\n## [Unreleased]\n" in text


def links(path: Path) -> list[tuple[str, str]]:
    """Relative links: path and fragment."""
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    found = [target.partition("#") for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    return [(file, anchor) for file, _, anchor in found if "://" not in file]


def slugs(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page: Path) -> None:
    for file, anchor in links(page):
        target = page.parent / file if file else page
        assert target.exists(), f"{page.name} links to {file}"
        assert not anchor or anchor in slugs(target), f"{page.name} links to {file}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_is_long(page: Path) -> None:
    assert len(page.read_text("utf-8").splitlines()) <= 400
