"""What was wrong with a file, counted."""

from scrapersky.sitemaps.entries import Problem


class Findings:
    """Problems, and how often each was met."""

    def __init__(self) -> None:
        self.counts: dict[Problem, int] = {}

    def add(self, problem: Problem) -> None:
        """Once more."""
        self.counts[problem] = self.counts.get(problem, 0) + 1
