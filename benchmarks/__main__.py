"""`python -m benchmarks`."""

import argparse
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.machine import machine, versions
from benchmarks.process import BenchmarkError
from benchmarks.registry import SUBJECTS
from benchmarks.report import Report
from benchmarks.row import Row
from benchmarks.stage import FULL, QUICK, Stage

RESULT = Path(".scrapersky/bench.json")


def main() -> None:
    """Measures, prints, writes. Leaves with status 1 when a target is missed."""
    arguments = _arguments()
    sizes = QUICK if arguments.quick else FULL
    began, here = datetime.now(UTC), machine()
    rows: list[Row] = []
    try:
        with Stage(sizes) as stage:
            for subject in arguments.only or SUBJECTS:
                rows += SUBJECTS[subject](stage)
            if "web" in vars(stage):
                here["web"] = stage.web.server
    except BenchmarkError as error:
        sys.exit(f"Error: {error}")
    report = Report(rows=rows, machine=here, versions=versions(), sizes=asdict(sizes), began=began)
    report.write(arguments.json)
    report.print(Console(width=None if sys.stdout.isatty() else 160, highlight=False))
    if any(row.is_met is False for row in rows):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: rough, but soon done")
    parser.add_argument(
        "--only", action="append", choices=SUBJECTS, help="one subject; may be repeated"
    )
    parser.add_argument(
        "--json", type=Path, default=RESULT, metavar="FILE", help=f"default: {RESULT}"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
