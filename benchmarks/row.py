"""One line of the result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """What a value, or the ratio where there is a baseline, has to reach."""

    limit: float
    is_floor: bool = False
    """False: at most the limit; True: at least."""

    def is_met(self, measured: float) -> bool:
        return measured >= self.limit if self.is_floor else measured <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_floor else '≤'} {self.limit:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A measured value, with a baseline of the same run where there is one."""

    name: str
    value: float
    unit: str
    meaning: str
    baseline: float | None = None
    """In the same unit."""
    baseline_name: str = ""
    paired: float | None = None
    """The ratio, where it is the median of pairs and not the quotient of the two values."""
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """The value in terms of the baseline."""
        if self.paired is not None or not self.baseline:
            return self.paired
        return self.value / self.baseline

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.target.is_met(self.value if self.ratio is None else self.ratio)
