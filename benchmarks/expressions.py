"""Every regular expression of the extraction, timed where it is used, over pages made to hurt."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky import extract
from scrapersky.extract.page import parse_page
from scrapersky.extract.record import record

LIMIT = 50
"""Milliseconds of one call."""
SIZE = 40_000
"""Characters of a hostile text; it stands on its page ten times, each time in another place."""
RUNS = (
    *"a1@.-_+()[]{}<>/\\%&;:,'\"=#|*~\n\t\xa0\u200b\uff10\xe4 ",
    *("a@", "@a", "a.", ".a@", "a@b.", "1-", "1 ", "(1", "1.", "+1", "(0)", "00", "a1", "a b "),
    *("tel:", "mailto:", "%40", "&#64;", "&amp;", "(at)", " at ", " dot ", "[at]", "a at b dot "),
    *("\\u0040", "\\x40", "'+'", "String.fromCharCode(", "unescape('", "atob('", "data-cfemail="),
    *("http://", "https://x.com/", "wp-content/", "12345 ", "AB1 2CD ", "CA 90210 ", "Street "),
    *("1 Main St ", "\xa9 2020 ", "GmbH ", "Ltd. ", "Tel. ", "Fax: ", "Mo-Fr 9:00", '{"a":', '["'),
    *('{"@type":"', "<b>", "<a href=", "<div itemscope>", "<!--", "<script>"),
)
"""What a hostile text repeats."""
WRAPS = (
    "{}",
    "<p>{}</p>",
    "<a href='{}'>x</a>",
    "<script>{}</script>",
    "<title>{}</title>",
    "<script type='application/ld+json'>{}</script>",
    "<img alt='{}' src='{}'>",
    "<div class='{}' id='{}'>x</div>",
)
"""Where it stands on a page."""


def hostile_page(run: str) -> bytes:
    """A page of a text that repeats that."""
    text = run * (SIZE // len(run))
    return "".join(wrap.format(text, text) for wrap in WRAPS).encode()


def expressions(stage: Stage) -> Iterator[Row]:
    """The slowest call of all."""
    with timed() as clock:
        for run in RUNS:
            stage.say(f"expressions: {run!r}")
            clock.run = run
            read(hostile_page(run))
    (name, run), seconds = clock.worst.most_common(1)[0]
    yield Row(
        name="expression_worst",
        value=seconds * 1000,
        unit="ms",
        meaning=f"CPU of the slowest call of a regular expression on {len(RUNS)} hostile pages of"
        f" {SIZE * 10 // 1000:,} KB: {name} on {run!r}",
        target=Target(LIMIT),
    )


def read(body: bytes) -> None:
    """All that is extracted from a page."""
    record(parse_page(body, url="https://bakery.com/", content_type="text/html; charset=utf-8"))


@dataclass(slots=True)
class Clock:
    """How long calls took."""

    run: str = ""
    worst: Counter[tuple[str, str]] = field(default_factory=Counter)
    """CPU seconds of the longest call by expression and run."""

    def call(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Times a call; of an iterator each step."""
        began = time.thread_time()
        try:
            return function(*arguments)
        finally:
            took = time.thread_time() - began
            self.worst[name, self.run] = max(self.worst[name, self.run], took)  # type: ignore[assignment]


class TimedPattern:
    """Stands in for an expression."""

    def __init__(self, name: str, pattern: "re.Pattern[str]", clock: Clock) -> None:
        self._name, self._pattern, self._clock = name, pattern, clock

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._pattern, name)
        if not callable(member):
            return member
        return lambda *arguments, **named: self._timed(lambda: member(*arguments, **named), name)

    def _timed(self, call: Callable[[], Any], method: str) -> Any:
        result = self._clock.call(self._name, call)
        return self._steps(result) if method == "finditer" else result

    def _steps(self, matches: Iterator[Any]) -> Iterator[Any]:
        while (match := self._clock.call(self._name, next, matches, None)) is not None:
            yield match


@contextmanager
def timed() -> Iterator[Clock]:
    """In it, every expression that a module of the extraction holds by name is timed."""
    clock = Clock()
    held = list(_held())
    for module, name, pattern in held:
        setattr(module, name, TimedPattern(f"{module.__name__}.{name}", pattern, clock))
    try:
        yield clock
    finally:
        for module, name, pattern in held:
            setattr(module, name, pattern)


def _held() -> Iterator[tuple[ModuleType, str, "re.Pattern[str]"]]:
    for found in iter_modules(extract.__path__):
        module = import_module(f"{extract.__name__}.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield module, name, value
