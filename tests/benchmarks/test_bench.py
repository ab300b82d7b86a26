import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.registry import SUBJECTS
from benchmarks.row import Row, Target

ROOT = Path(__file__).parents[2]


def test_a_cheap_subject_from_start_to_end(tmp_path: Path) -> None:
    """Its rows are printed and written. How fast anything is, is no matter of a test."""
    file = tmp_path / "bench.json"
    command = ["-m", "benchmarks", "--quick", "--only", "extraction", "--json", str(file)]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr  # 1: a target is missed, as on a busy machine
    assert "extraction" in done.stdout
    written = json.loads(file.read_text("utf-8"))
    row = next(row for row in written["rows"] if row["name"] == "extraction_tree")
    assert row["value"] > row["baseline"] > 0
    assert row["ratio"] == pytest.approx(row["value"] / row["baseline"])
    assert written["versions"]["scrapy"]
    assert written["machine"]["processor"]


@pytest.mark.parametrize(
    ("target", "value", "baseline", "verdict"),
    [
        (Target(1.1), 11.0, 10.0, True),
        (Target(1.1), 12.0, 10.0, False),
        (Target(0.6, is_floor=True), 6.0, 10.0, True),
        (Target(0.6, is_floor=True), 5.0, 10.0, False),
        (Target(300), 299.0, None, True),
        (None, 1.0, 10.0, None),
    ],
)
def test_targets(
    target: Target | None, value: float, baseline: float | None, *, verdict: bool | None
) -> None:
    row = Row(name="x", value=value, unit="ms", meaning="", baseline=baseline, target=target)
    assert row.is_met is verdict


def test_every_subject_is_documented() -> None:
    text = (ROOT / "docs/benchmarks.md").read_text("utf-8")
    assert all(f"`{subject}`" in text for subject in SUBJECTS)
