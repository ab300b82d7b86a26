"""A run's result, as tables and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.row import Row

VERDICTS = {True: "[green]pass[/green]", False: "[bold red]FAIL[/bold red]", None: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Rows, and where they come from."""

    rows: Sequence[Row]
    machine: Mapping[str, str]
    versions: Mapping[str, str]
    sizes: Mapping[str, object]
    began: datetime

    def write(self, file: Path) -> None:
        """As one JSON document."""
        rows = [
            {
                **asdict(row),
                "ratio": row.ratio,
                "target": None if row.target is None else str(row.target),
                "is_met": row.is_met,
            }
            for row in self.rows
        ]
        document = {
            "began": self.began,
            "ended": datetime.now(UTC),
            "machine": self.machine,
            "versions": self.versions,
            "sizes": self.sizes,
            "rows": rows,
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))

    def print(self, console: Console) -> None:
        """Ratios first: only they mean something on another machine."""
        ratios = [row for row in self.rows if row.ratio is not None]
        if ratios:
            console.print(_ratios(ratios))
        if len(ratios) < len(self.rows):
            console.print(_absolutes([row for row in self.rows if row.ratio is None]))
        for facts in (self.machine, self.versions):
            console.print(", ".join(f"{name} {value}" for name, value in facts.items()))


def _ratios(rows: Sequence[Row]) -> Table:
    table = Table("Row", "Means", title="Ratios", title_justify="left")
    for heading in ("Ratio", "Target", "", "Value", "Baseline"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.name,
            f"{row.meaning}. Baseline: {row.baseline_name}",
            f"{row.ratio:.2f}",
            str(row.target or ""),
            VERDICTS[row.is_met],
            _amount(row.value, row.unit),
            "" if row.baseline is None else _amount(row.baseline, row.unit),
        )
    return table


def _absolutes(rows: Sequence[Row]) -> Table:
    table = Table("Row", "Means", title="Absolute", title_justify="left")
    for heading in ("Value", "Target", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        amount = _amount(row.value, row.unit)
        table.add_row(row.name, row.meaning, amount, str(row.target or ""), VERDICTS[row.is_met])
    return table


def _amount(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f} {unit}"
