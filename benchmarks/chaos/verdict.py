"""Whether anything was lost, done twice, or asked for too often."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.chaos.job import Ended
from benchmarks.chaos.web import KINDS, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was seen in the end."""

    domains: int
    in_flight: int
    job: dict[str, Any]
    targets: Sequence[Ended]
    ends_twice: int
    requests: int
    disturbances: int
    """Kills and long stops of workers."""

    @property
    def regular(self) -> int:
        """Requests of a crawl without disturbance, at most."""
        return sum(KINDS[kind_of(number)].requests for number in range(self.domains))

    @property
    def allowed(self) -> int:
        """The same, and what was in flight at each disturbance once more."""
        most = max(kind.requests for kind in KINDS.values())
        return self.regular + self.disturbances * self.in_flight * most

    @property
    def poisoned(self) -> int:
        """Targets that were in flight at too many disturbances."""
        return sum(target.error_code == "poison" for target in self.targets)


def failures(facts: Facts) -> list[str]:
    """What does not hold, as sentences; none is a pass."""
    found = []
    ended = Counter(target.number for target in facts.targets)
    if missing := facts.domains - len(ended):
        found.append(f"{missing} targets have not ended.")
    if sum(ended.values()) != len(ended):
        found.append("A domain has two targets.")
    if facts.ends_twice:
        found.append(f"{facts.ends_twice} targets ended more than once.")
    counted = facts.job["completed"] + facts.job["error"]
    if not counted == facts.job["total"] == facts.domains:
        found.append(f"The job counts {counted} of {facts.job['total']} targets.")
    if facts.job["state"] not in {"completed", "completed_with_errors"}:
        found.append(f"The job is {facts.job['state']}.")
    if wrong := [target for target in facts.targets if not _is_right(target)]:
        found.append(f"{len(wrong)} targets ended wrongly, such as {wrong[0]}.")
    if facts.requests > facts.allowed:
        found.append(f"{facts.requests} requests were sent, {facts.allowed} are allowed.")
    return found


def _is_right(target: Ended) -> bool:
    expected = KINDS[kind_of(target.number)].outcome
    # Where the machine is slow, a hanging host can use up the time of the whole domain.
    may_be = {expected, "poison"} | ({"time_limit"} if expected == "refused" else set())
    return target.error_code in may_be
