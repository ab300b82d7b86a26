import json
import re
from pathlib import Path
from typing import Any

import pytest

from scrapersky.errors import ConfigError
from scrapersky.extract.fingerprints import (
    IGNORED,
    LISTS,
    MAPS,
    RELATIONS,
    Rules,
    load_rules,
)
from scrapersky.extract.page import parse_page
from scrapersky.extract.technology import cms, technologies

DOCS = Path(__file__).parents[2] / "docs" / "technology.md"


def load(folder: Path, rules: Any, name: str = "own.json") -> Rules:
    (folder / name).write_text(json.dumps(rules), "utf-8")
    return load_rules(folder)


def names(html: str, rules: Rules) -> set[str]:
    page = parse_page(html.encode(), url="https://www.bakery.test/", content_type=None)
    return {technology.name for technology in technologies(page, rules)}


def test_the_bundled_rules() -> None:
    rules = load_rules()
    assert len(rules.by_name) > 600
    assert rules is load_rules()
    for checks in rules.by_literal:
        # Too few places at once, and a page on which the literal is frequent is not seen through.
        assert all(check.pattern.attempts >= 10 for check in checks)


def test_own_rules_stand_beside_the_bundled(tmp_path: Path) -> None:
    rules = load(
        tmp_path,
        {
            "$schema": "x",
            "Oven CMS": {
                "cats": [1],
                "description": "For bakeries.",
                "html": r"oven-page\;confidence:60",
                "meta": {"generator": r"^Oven ([\d.]+)\;version:\1"},
                "scriptSrc": ["/oven/core\\.js"],
                "implies": ["PHP", r"jQuery\;confidence:70"],
            },
        },
    )
    html = '<meta name="generator" content="Oven 2.4"><script src="/oven/core.js"></script>'
    page = parse_page(html.encode(), url="https://www.bakery.test/", content_type=None)
    found = {technology.name: technology for technology in technologies(page, rules)}
    assert found["Oven CMS"].version == "2.4"
    assert found["Oven CMS"].categories == ("CMS",)
    assert found["jQuery"].confidence == 0.7
    assert found["PHP"].source == "implied"
    assert cms(list(found.values())) == found["Oven CMS"]
    assert "WordPress" in names('<meta name="generator" content="WordPress 6">', rules)
    assert "Oven CMS" in names("<div class=oven-page>", rules)
    assert "Oven CMS" not in load_rules().by_name


def test_an_own_rule_replaces_the_bundled_one(tmp_path: Path) -> None:
    rules = load(tmp_path, {"WordPress": {"cats": ["CMS"], "html": "only-this"}})
    assert "WordPress" in names("only-this", rules)
    assert "WordPress" not in names('<meta name="generator" content="WordPress 6">', rules)


@pytest.mark.parametrize(
    ("rule", "html"),
    [
        ({"html": "<oven-app"}, "<oven-app>"),
        ({"class": "oven-hot"}, "<p class='x oven-hot'>"),
        ({"text": "baked by oven"}, "<p>Baked <b>by</b> Oven"),
        ({"scripts": "ovenSettings ="}, "<script>var ovenSettings = {}</script>"),
        ({"scriptSrc": "oven\\.js$"}, "<script src='/oven.js'></script>"),
        ({"frameSrc": "^https://oven\\.test"}, "<iframe src='https://oven.test/x'></iframe>"),
        ({"ownUrl": "^/oven/"}, "<img src='/oven/a.png'>"),
        ({"url": "bakery\\.test"}, "<p>"),
        ({"ownUrl": r"\?oven&hot=1"}, "<a href='/x?oven&amp;hot=1'>"),
        ({"meta": {"Oven": ""}}, "<meta name='oven' content='1'>"),
        (
            {"link": {"stylesheet": "/oven\\.css"}},
            "<link rel='preload stylesheet' href='/oven.css'>",
        ),
    ],
)
def test_what_a_rule_may_look_at(rule: dict[str, Any], html: str, tmp_path: Path) -> None:
    rules = load(tmp_path, {"Oven": {"cats": ["Other"], **rule}})
    assert "Oven" in names(html, rules)


def test_what_rules_have_to_do_with_one_another(tmp_path: Path) -> None:
    rules = load(
        tmp_path,
        {
            "Oven": {"html": "oven-mark", "excludes": "Stove"},
            "Stove": {"html": "stove-mark", "implies": "Chimney"},
            "Chimney": {},
            "Timer": {"html": "timer-mark", "requires": "Chimney"},
            "Hint": {"html": [r"hint-one\;confidence:30", r"hint-two\;confidence:30"]},
        },
    )
    assert names("stove-mark timer-mark", rules) == {"Stove", "Chimney", "Timer"}
    assert names("stove-mark timer-mark oven-mark", rules) == {"Oven"}
    assert names("hint-one", rules) == set()
    assert names("hint-one hint-two", rules) == {"Hint"}


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ([], "rule 'Oven': is no object"),
        ({"htlm": "x"}, "rule 'Oven': has the unknown key 'htlm'"),
        ({"cats": [None]}, "rule 'Oven': has the category None"),
        ({"html": 7}, "rule 'Oven': html is neither a text nor a list"),
        ({"html": "oven("}, "rule 'Oven': html: the pattern 'oven(' is no regular expression"),
        ({"html": "(o+)+ven"}, "could take too long"),
        ({"html": "[a-z]+"}, "has no fixed text of 3 characters"),
        ({"meta": "Oven"}, "rule 'Oven': has no object as meta"),
        ({"meta": {"generator": "a{2"}, "headers": {"server": "("}}, "headers.server: the pattern"),
        ({"implies": "Stove"}, "implies 'Stove', which is the name of no rule"),
        ({"implies": r"PHP\;confidence:x"}, "implies 'PHP\\\\;confidence:x', which has the"),
        ({"requires": "Stove"}, "requires 'Stove', which is the name of no rule"),
        ({"excludes": {"a": 1}}, "excludes is neither a text nor a list"),
    ],
)
def test_a_bad_rule(rule: Any, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(reason)) as caught:
        load(tmp_path, {"Oven": rule})
    assert str(tmp_path / "own.json") in str(caught.value)


@pytest.mark.parametrize("content", ["{", "[]", '"x"', "[" * 100_000])
def test_a_bad_file(content: str, tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path / "own.json"))):
        load_rules(tmp_path)


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no directory of technology rules"):
        load_rules(tmp_path / "missing")


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("{", "utf-8")
    assert load_rules(tmp_path).by_name.keys() == load_rules().by_name.keys()


def test_the_list_in_the_docs() -> None:
    listed: dict[str, set[str]] = {}
    for line in DOCS.read_text("utf-8").partition("## What is told")[2].splitlines():
        entry = re.fullmatch(r"- \*\*(.+?)\*\*: (.+)", line)
        if entry:
            listed[entry[1]] = set(entry[2].split(", "))
    known: dict[str, set[str]] = {}
    for rule in load_rules().by_name.values():
        known.setdefault(rule.categories[0], set()).add(rule.name)
    assert listed == known


def test_every_key_is_in_the_docs() -> None:
    text = DOCS.read_text("utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
    assert rows == {"cats", *LISTS, *MAPS, *RELATIONS}
    ignored = text.partition("are not looked at:")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", ignored)) == IGNORED
