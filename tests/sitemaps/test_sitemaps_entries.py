"""docs/sitemaps.md names every kind and every problem."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from scrapersky.sitemaps.entries import Kind, Problem

PAGE = Path(__file__).parents[2] / "docs" / "sitemaps.md"


@pytest.mark.parametrize(("heading", "codes"), [("What is read", Kind), ("Problems", Problem)])
def test_documented(heading: str, codes: Iterable[str]) -> None:
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == [str(c) for c in codes]
