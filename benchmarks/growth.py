"""Whether a domain costs more the more domains there are."""

from collections.abc import Iterator

from benchmarks.cpu import RECORDING
from benchmarks.crawls import crawl
from benchmarks.process import Usage
from benchmarks.row import Row, Target
from benchmarks.stage import Stage

MEMORY_LIMIT = 300
"""Megabytes."""


def growth(stage: Stage) -> Iterator[Row]:
    """CPU, memory and file handles of a small crawl and of a large one."""
    few, many = stage.sizes.growth
    start = crawl(stage, RECORDING, 1).cpu
    before = crawl(stage, RECORDING, few)
    large = crawl(stage, RECORDING, many)
    after = crawl(stage, RECORDING, few)
    yield Row(
        name="cpu_growth",
        value=(large.cpu - start) * 1000 / many,
        unit="ms",
        meaning=f"CPU a domain in a crawl of {many:,} domains, without the start-up",
        baseline=((before.cpu + after.cpu) / 2 - start) * 1000 / few,
        baseline_name=f"the same in a crawl of {few:,}, before and after",
        target=Target(1.1),
    )
    yield from _peaks(before, large, few, many)


def _peaks(small: Usage, large: Usage, few: int, many: int) -> Iterator[Row]:
    yield Row(
        name="memory",
        value=large.memory,
        unit="MB",
        meaning=f"resident memory at the peak of a crawl of {many:,} domains",
        target=Target(MEMORY_LIMIT),
    )
    for name, unit, ours, theirs in (
        ("memory_growth", "MB", large.memory, small.memory),
        ("handles_growth", "open files", large.handles, small.handles),
    ):
        yield Row(
            name=name,
            value=ours,
            unit=unit,
            meaning=f"the peak of a crawl of {many:,} domains",
            baseline=theirs,
            baseline_name=f"the peak of a crawl of {few:,}",
        )
