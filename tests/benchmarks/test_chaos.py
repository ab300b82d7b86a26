"""A short run of `make chaos`."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.chaos.job import Ended
from benchmarks.chaos.schedule import blows
from benchmarks.chaos.verdict import Facts, failures
from benchmarks.chaos.web import KINDS, kind_of

ROOT = Path(__file__).parent.parent.parent


def test_the_seed_says_it_all() -> None:
    first, again = (blows(random.Random(5)) for _ in range(2))  # noqa: S311 - a schedule
    assert first == again
    assert sorted(blow.what for blow in first) == ["postgres"] * 2 + ["redis"] * 2 + ["stop"] * 4
    assert [blow.at for blow in first] == sorted(blow.at for blow in first)
    assert first[-1].at < 0.9


def facts(count: int = 40, **values: object) -> Facts:
    targets = [Ended(n, KINDS[kind_of(n)].outcome, 0) for n in range(count)]
    job = {"state": "completed_with_errors", "total": count, "completed": count - 3, "error": 3}
    base = {"domains": count, "in_flight": 5, "job": job, "targets": targets, "ends_twice": 0}
    return Facts(**{**base, "requests": 80, "disturbances": 0, **values})  # type: ignore[arg-type]


def test_nothing_is_wrong() -> None:
    assert failures(facts()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (facts(targets=facts().targets[:-1]), "1 targets have not ended."),
        (facts(targets=[*facts().targets, facts().targets[-1]]), "two targets"),
        (facts(ends_twice=2), "2 targets ended more than once."),
        (facts(job={**facts().job, "completed": 36}), "counts 39 of 40"),
        (facts(job={**facts().job, "state": "running"}), "The job is running."),
        (facts(targets=[Ended(0, None, 0), *facts().targets[1:]]), "1 targets ended wrongly"),
        (facts(requests=90), "90 requests were sent"),
    ],
)
def test_what_is_wrong_is_said(wrong: Facts, said: str) -> None:
    assert any(said in failure for failure in failures(wrong))


def test_a_disturbance_allows_for_more_requests() -> None:
    assert failures(facts(requests=90, disturbances=1)) == []


@pytest.mark.timeout(400)
def test_a_short_run() -> None:
    arguments = ["--seed", "11", "--domains", "200", "--workers", "2", "--in-flight", "8"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", *arguments, "--kill-every", "9"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=390,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("PASS\n")
    assert done.stdout.count("is hit") == 8
