"""What a person sees of a crawl."""

import io

import pytest
from rich.console import Console, RenderableType

from scrapersky.progress import Meter, Snapshot, duration, summary
from scrapersky.states import JobState

JOB = "01a20460-3d1a-75e3-8352-3a36bd981d8a"
COUNTERS = {
    "done": 2_701,
    "errors": 301,
    "error/refused": 300,
    "example/refused": "closed.test",
    "error/robots_unreachable": 1,
    "example/robots_unreachable": f"{'x' * 60}.test",
    "contacts": 9_449,
    "rows_written": 12_449,
    "seconds": 93.2,
}


def meter(**last: int) -> Meter:
    found = Meter()
    found.add(Snapshot(time=0.0, done=0, total=20_000))
    values = {"done": 850, "errors": 32, "contacts": 2_084, "pages": 1_700, "in_flight": 9}
    found.add(Snapshot(time=10.0, total=20_000, **{**values, **last}))
    return found


def test_the_line() -> None:
    assert meter().line() == (
        "850/20,000 domains 4% · 85/s · 170 pages/s · 32 errors · 2,084 contacts · 3 min 45 s left"
    )


def test_the_line_of_sitemaps() -> None:
    assert " · 32 errors · 2,000 pages listed, 200/s · " in meter(listed=2_000).line()


def test_the_table_of_sitemaps() -> None:
    counters = {"done": 1, "sitemaps": 7, "sitemaps_unchanged": 4, "pages": 2_000, "gone": 3}
    screen = io.StringIO()
    found = summary(
        counters, job=JOB, spider="sitemap", state=JobState.COMPLETED, reason=None, width=80
    )
    Console(file=screen, width=80).print(found)
    text = " ".join(screen.getvalue().split())
    assert "sitemaps 7 unchanged 4 failed 0 pages listed 2,000 pages gone 3" in text
    assert "contacts" not in text


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, "850/20,000 domains 4% · 85/s · 32 errors · 2,084 contacts · 3 min 45 s left"),
        (60, "850/20,000 domains 4% · 85/s · 32 errors · 3 min 45 s left"),
        (54, "850/20,000 domains 4% · 32 errors · 3 min 45 s left"),
        (40, "850/20,000 domains 4%"),
        (10, "850/20,000"),
    ],
)
def test_a_narrow_terminal_gets_what_matters(width: int, line: str) -> None:
    assert meter().line(width) == line


def test_waiting_for_a_later_pass_is_said() -> None:
    waiting = meter(done=19_990, in_flight=0, later=10)
    assert waiting.line().endswith("10 wait for a later pass")


def test_at_the_end_the_slowest_count() -> None:
    assert meter(done=19_991, in_flight=9).line().endswith(" · the last 9")


def test_nothing_to_do_divides_by_nothing() -> None:
    empty = Meter()
    empty.add(Snapshot(time=0.0, done=0, total=0))
    assert empty.line() == "0/0 domains 100% · 0.0/s · 0.0 pages/s · 0 errors · 0 contacts"


def test_rates_are_of_the_last_seconds() -> None:
    found = Meter()
    for second in range(100):
        found.add(Snapshot(time=float(second), done=second * (1 if second < 50 else 3), total=900))
    assert "3.0/s" in found.line()


def table(state: JobState | None, width: int) -> RenderableType:
    reason = "With a reason."
    return summary(COUNTERS, job=JOB, spider="homepage", state=state, reason=reason, width=width)


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("state", [*JobState, None])
def test_the_table_fits(width: int, state: JobState | None) -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=width)
    console.print(table(state, width))
    lines = screen.getvalue().splitlines()
    assert max(len(line) for line in lines) <= width
    text = " ".join(screen.getvalue().split())
    assert "completed 2,400" in text
    assert "refused 300 closed.test" in text
    assert ("The server refused the connection." in text) == (width == 200)
    assert "time 1 min 33 s" in text
    goes_on = state in {JobState.PAUSED, JobState.FAILED, None}
    assert (f"crawl --spider homepage --job {JOB}" in text) == goes_on


def test_colour_only_where_it_helps() -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=80, force_terminal=True, no_color=True)
    console.print(table(JobState.FAILED, 80))
    assert "\x1b[3" not in screen.getvalue()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (59.6, "1 min 00 s"),
        (61, "1 min 01 s"),
        (3_599.7, "1 h 00 min"),
        (90_000, "25 h 00 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said
