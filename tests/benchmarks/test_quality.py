import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.annotated import annotated_pages
from benchmarks.quality import CORPUS, Score

ROOT = Path(__file__).parents[2]


def mark(kind: str, number: int, text: str) -> str:
    return f'<span wa-type="{kind}" wa-id="{number}" class="x">{text}</span>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = (
        "<head><base href='http://rye.test/'><title>Rye</title></head><body>"
        f"<p>{mark('ORG', 1, 'Rye')} <b>{mark('ORG', 1, 'Bakery')}</b>, {mark('TEL', 2, '1-2')}"
        f"<wa-title>{mark('ORG', 3, 'Rye Bakery')}</wa-title><wa-color></wa-color></body>"
    )
    (tmp_path / "contact.html").write_text(page, "utf-8")
    (tmp_path / "hours.html").write_text(f"<p>{mark('HOURS', 1, '9-5')}", "utf-8")
    return tmp_path


def test_pages_are_read_without_the_marks(folder: Path) -> None:
    (annotated,) = annotated_pages(folder, {})
    assert annotated.name == "contact.html"
    assert annotated.marked == {"ORG": ["Rye Bakery"], "TEL": ["1-2"]}
    assert annotated.page.text == "Rye Bakery, 1-2"
    assert annotated.page.url == "http://rye.test/"
    assert "wa-" not in annotated.page.source


def test_urls_come_from_the_index(folder: Path) -> None:
    (annotated,) = annotated_pages(folder, {"contact.html": "https://other.test/"})
    assert annotated.page.url == "https://other.test/"


def test_score() -> None:
    score = Score("names")
    score.count("a", {"x"}, {"p", "q"}, {"p"})
    score.count("b", set(), {"r"}, {"r"})
    assert str(score).split()[:7] == ["names", "P", "0.667", "R", "0.667", "F1", "0.667"]
    assert score.errors == ["a: wrong ['x'], missing ['q']"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the corpus beside the project")
def test_annotated_pages_of_the_corpus_are_read() -> None:
    assert sum(1 for _ in annotated_pages(CORPUS / "contacts-annotated", {})) > 100


def test_a_missing_corpus_is_said_in_a_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.quality", "--corpus", str(tmp_path / "none")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("Error: there is no corpus at ")
