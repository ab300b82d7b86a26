"""Why a worker ended, in a sentence that a person understands."""

import re
import signal
from collections.abc import Mapping
from typing import Any

_EXCEPTION = re.compile(
    r"^(?:[A-Za-z_]\w{0,80}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception|Exit|Warning)\b"
)
_REFUSAL = "scrapersky: "
LONGEST = 500


def told(how: Mapping[str, Any], log: str, *, had_begun: bool) -> str:
    """The cause.

    Args:
        how: `status`, `signal` and `stderr`, as the node says.
        log: the end of the worker's log.
        had_begun: whether it ever spoke to the database.
    """
    if how.get("signal"):
        return _signalled(int(how["signal"]))
    said = last_error(str(how.get("stderr") or "")) or last_error(log)
    if said is not None and "MemoryError" in said:
        return "Its worker ran out of memory."
    if "Memory usage exceeded" in log:  # Scrapy's own words
        return "Its worker needed more memory than it may have."
    what = "broke" if had_begun else "could not start"
    if said is not None:
        return f"Its worker {what}: {said}"
    status = how.get("status")
    if status is None:
        return f"Its worker {what} without a word; its log may say more."
    return f"Its worker {what} with exit status {status}; its log may say more."


def _signalled(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = str(number)
    if number == signal.SIGKILL:
        return "Its worker was killed (SIGKILL): by somebody, or because memory ran out."
    return f"Its worker was ended by the signal {name}."


def last_error(text: str) -> str | None:
    """The last line that names an error: our own refusals first, else an exception's."""
    lines = [line.strip() for line in text.splitlines()]
    for line in reversed(lines):
        if line.startswith(_REFUSAL):
            return _sentence(line.removeprefix(_REFUSAL))
    for line in reversed(lines):
        if _EXCEPTION.match(line):
            return _sentence(line)
    return None


def _sentence(line: str) -> str:
    line = line[:LONGEST]
    return line if line.endswith(".") else f"{line}."
