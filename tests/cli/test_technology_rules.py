"""A directory of technology rules, from the environment into commands and crawls."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

PAGE = '<title>Bakery</title><script src="/oven/core-2.4.js"></script>'
RULE = {"cats": ["CMS"], "scriptSrc": r"/oven/core-([\d.]+)\.js\;version:\1"}


def run(*command: str, rules: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "SCRAPERSKY_TECHNOLOGY_RULES": str(rules)},
        input=PAGE,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_rule_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps({"Oven": RULE}))
    done = run("scrapersky.cli.app", "extract", "-", rules=tmp_path)
    record = json.loads(done.stdout)
    assert (record["cms"], record["cms_version"]) == ("Oven", "2.4")


@pytest.mark.parametrize(
    "command",
    [
        ("scrapersky.cli.app", "extract", "-"),
        ("scrapy", "crawl", "homepage", "-a", "domains=bakery.test"),
    ],
)
def test_a_bad_rule_ends_the_start(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps({"Oven": {"html": "oven("}}))
    done = run(*command, rules=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert f"{tmp_path / 'own.json'}: rule 'Oven': html: the pattern 'oven('" in done.stderr
