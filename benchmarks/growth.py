"""Whether a domain costs more the more domains there are."""

from collections.abc import Iterator
from operator import attrgetter
from statistics import median

from benchmarks.cpu import RECORDING
from benchmarks.crawls import crawl
from benchmarks.process import Usage
from benchmarks.row import Row, Target
from benchmarks.stage import Stage

MEMORY_LIMIT = 300
"""Megabytes."""


def growth(stage: Stage) -> Iterator[Row]:
    """CPU, memory and file handles of small crawls and of large ones.

    A small crawl is half start-up, and the start-up varies by a tenth of a second: each round has
    four of both around a large one, and their median is what counts.
    """
    few, many = stage.sizes.growth
    starts: list[Usage] = []
    small: list[Usage] = []
    large: list[Usage] = []
    for _ in range(stage.sizes.growth_rounds):
        for _ in range(2):
            starts.append(crawl(stage, RECORDING, 1))
            small.append(crawl(stage, RECORDING, few))
        large.append(crawl(stage, RECORDING, many))
        for _ in range(2):
            small.append(crawl(stage, RECORDING, few))
            starts.append(crawl(stage, RECORDING, 1))
    start = median(usage.cpu for usage in starts)
    yield Row(
        name="cpu_growth",
        value=(median(usage.cpu for usage in large) - start) * 1000 / many,
        unit="ms",
        meaning=f"CPU a domain in a crawl of {many:,} domains, without the start-up",
        baseline=(median(usage.cpu for usage in small) - start) * 1000 / few,
        baseline_name=f"the same in crawls of {few:,}, before and after",
        target=Target(1.1),
    )
    yield from _peaks(small, large, few, many)


def _peaks(small: list[Usage], large: list[Usage], few: int, many: int) -> Iterator[Row]:
    yield Row(
        name="memory",
        value=max(usage.memory for usage in large),
        unit="MB",
        meaning=f"resident memory at the peak of a crawl of {many:,} domains",
        target=Target(MEMORY_LIMIT),
    )
    for name, unit, peak in (
        ("memory_growth", "MB", attrgetter("memory")),
        ("handles_growth", "open files", attrgetter("handles")),
    ):
        yield Row(
            name=name,
            value=median(map(peak, large)),
            unit=unit,
            meaning=f"the peak of a crawl of {many:,} domains",
            baseline=median(map(peak, small)),
            baseline_name=f"the peak of a crawl of {few:,}",
        )
