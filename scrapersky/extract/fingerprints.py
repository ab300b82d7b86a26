"""The rules by which technologies are told: ours, and those of a directory of JSON files.

docs/technology.md describes the form.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, Implementation

from scrapersky.errors import ConfigError
from scrapersky.extract.patterns import Pattern, PatternError, compile_pattern

LISTS = ("html", "class", "text", "scripts", "scriptSrc", "frameSrc", "ownUrl", "url")
"""Keys of a rule that hold patterns."""
MAPS = ("meta", "link", "headers", "cookies")
"""Keys of a rule that hold patterns by name: of the meta element, the relation, the header, …"""
RELATIONS = ("implies", "requires", "excludes")
IGNORED = frozenset(
    {"certIssuer", "cpe", "css", "description", "dns", "dom", "icon", "js", "oss", "pricing"}
    | {"probe", "requiresCategory", "robots", "saas", "website", "xhr"}
)
"""Keys of the widely used form that are not looked at: about the product, or not in the page."""
NUMBERS = {1: "CMS", 6: "Shop", 11: "Blog"}
"""The widely used form has numbers for categories; these decide what the CMS is."""

_SHORT = frozenset({"meta", "link", "headers", "cookies", "url"})


@dataclass(slots=True, frozen=True, eq=False)
class Check:
    """One pattern of a rule, and what it is compared with."""

    rule: str
    surface: str
    key: str
    "The name in a map; empty for lists."
    pattern: Pattern


@dataclass(slots=True, frozen=True)
class Rule:
    """What is known of one technology, patterns apart."""

    name: str
    categories: tuple[str, ...]
    implies: tuple[tuple[str, int], ...]
    "Names, and percent of its own confidence."
    requires: tuple[str, ...]
    excludes: tuple[str, ...]


class Rules:
    """Compiled rules: an automaton of all literals, and the checks that each one calls for."""

    def __init__(self, rules: dict[str, Rule], checks: Iterable[Check]) -> None:
        self.by_name = rules
        self.literals: list[bytes] = []
        self.by_literal: list[list[Check]] = []
        self.by_key: dict[tuple[str, str], list[Check]] = {}
        places: dict[bytes, int] = {}
        for check in checks:
            # What stands in a header does not stand in the page.
            if check.surface in {"headers", "cookies", "url"} or not check.pattern.literals:
                self.by_key.setdefault((check.surface, check.key), []).append(check)
                continue
            for literal in check.pattern.literals:
                if literal not in places:
                    places[literal] = len(self.literals)
                    self.literals.append(literal)
                    self.by_literal.append([])
                self.by_literal[places[literal]].append(check)
        self._automaton = BytesAhoCorasick(self.literals, implementation=Implementation.DFA)

    def literals_in(self, lowered: bytes) -> dict[int, list[int]]:
        """Where each literal stands that the text holds, by its index."""
        found: dict[int, list[int]] = {}
        for index, start, _ in self._automaton.find_matches_as_indexes(lowered, overlapping=True):
            found.setdefault(index, []).append(start)
        return found


@cache
def load_rules(directory: Path | None = None) -> Rules:
    """Our rules and those in the directory's JSON files, which replace ours of the same name.

    Raises:
        ConfigError: a rule cannot be used; the message names file, rule and reason.
    """
    ours = files("scrapersky.extract") / "data"
    sources = [file for file in ours.iterdir() if file.name.startswith("technologies")]
    entries = dict(_entries(sources))
    if directory is not None:
        entries |= _entries(_json_files(directory))
    rules = {name: _rule(source, name, body) for name, (source, body) in entries.items()}
    for name, (source, _) in entries.items():
        _check_relations(source, rules[name], rules)
    checks = [
        check for name, (source, body) in entries.items() for check in _checks(source, name, body)
    ]
    return Rules(rules, checks)


def _json_files(directory: Path) -> list[Path]:
    if not directory.is_dir():
        raise ConfigError(f"{directory} is no directory of technology rules.")
    return [path for path in directory.iterdir() if path.suffix == ".json"]


def _entries(sources: Iterable[Traversable]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for source in sorted(sources, key=lambda file: file.name):
        try:
            document = json.loads(source.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise ConfigError(f"{source} cannot be read as JSON: {error}.") from error
        if not isinstance(document, dict):
            raise ConfigError(f"{source} is no object of rules by name.")
        for name, body in document.items():
            if name == "$schema":
                continue
            if not isinstance(body, dict):
                raise _error(source, name, "is no object")
            yield name, (str(source), body)


def _rule(source: str, name: str, body: dict[str, Any]) -> Rule:
    unknown = set(body) - {"cats", *LISTS, *MAPS, *RELATIONS} - IGNORED
    if unknown:
        raise _error(source, name, f"has the unknown key {min(unknown)!r}")
    related = {key: _strings(source, name, key, body.get(key, [])) for key in RELATIONS}
    return Rule(
        name=name,
        categories=tuple(_category(source, name, value) for value in body.get("cats") or ["Other"]),
        implies=tuple(_implied(source, name, value) for value in related["implies"]),
        requires=tuple(value.split("\\;")[0] for value in related["requires"]),
        excludes=tuple(value.split("\\;")[0] for value in related["excludes"]),
    )


def _category(source: str, name: str, value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int):
        return NUMBERS.get(value, f"category {value}")
    raise _error(source, name, f"has the category {value!r}, which is no name")


def _implied(source: str, name: str, value: str) -> tuple[str, int]:
    try:
        pattern = compile_pattern(
            "x\\;" + value.partition("\\;")[2] if "\\;" in value else "x", needs_literal=False
        )
    except PatternError as error:
        raise _error(source, name, f"implies {value!r}, which {error}") from error
    return value.partition("\\;")[0], pattern.confidence


def _check_relations(source: str, rule: Rule, rules: dict[str, Rule]) -> None:
    for key, names in (
        ("implies", [name for name, _ in rule.implies]),
        ("requires", rule.requires),
        ("excludes", rule.excludes),
    ):
        for name in names:
            if name not in rules:
                raise _error(source, rule.name, f"{key} {name!r}, which is the name of no rule")


def _checks(source: str, name: str, body: dict[str, Any]) -> Iterator[Check]:
    for surface in LISTS:
        for text in _strings(source, name, surface, body.get(surface, [])):
            yield _check(source, name, surface, "", text)
    for surface in MAPS:
        patterns = body.get(surface, {})
        if not isinstance(patterns, dict):
            raise _error(source, name, f"has no object as {surface}")
        for key, value in patterns.items():
            # The names of cookies are case-sensitive, and nobody writes them in two ways.
            for text in _strings(source, name, f"{surface}.{key}", value):
                yield _check(source, name, surface, key.lower(), text)


def _check(source: str, name: str, surface: str, key: str, text: str) -> Check:
    try:
        pattern = compile_pattern(text, needs_literal=surface not in _SHORT)
    except PatternError as error:
        where = f"{surface}.{key}" if key else surface
        raise _error(source, name, f"{where}: the pattern {text!r} {error}") from error
    return Check(name, surface, key, pattern)


def _strings(source: str, name: str, key: str, value: Any) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(text, str) for text in values):
        raise _error(source, name, f"{key} is neither a text nor a list of texts")
    return values


def _error(source: Any, name: str, reason: str) -> ConfigError:
    return ConfigError(f"{source}: rule {name!r}: {reason}.")
