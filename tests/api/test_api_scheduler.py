"""Firing: once, by the rules, whatever happens to the processes that do it."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from schedule_stage import Stage
from support import ROOT, wait_until

from api.scheduler import database_time
from scrapersky.db import schedules
from scrapersky.errors import InputError, NoSuchScheduleError, ScheduleError


async def test_a_firing_makes_a_job_with_its_domains(stage: Stage) -> None:
    stage.domains("a.test", "b.test", "ba.test")
    await stage.add(
        filter={"text": "b", "limit": 5}, priority=3, arguments={"full": True}, spider="sitemap"
    )
    await stage.run_at("2026-11-23T12:59:59Z")
    assert stage.firings() == []
    await stage.run_at("2026-11-23T13:00:00Z")
    await stage.run_at("2026-11-23T13:00:01Z")
    [job] = stage.rows("SELECT * FROM jobs")
    assert (job["spider"], job["source"], job["priority"]) == ("sitemap", "schedule", 3)
    assert job["arguments"] == {"full": True}
    assert (job["targets_total"], job["workers_wanted"], job["state"]) == (2, 1, "pending")
    targets = stage.rows("SELECT domain FROM job_targets JOIN domains ON id = domain_id ORDER BY 1")
    assert [row["domain"] for row in targets] == ["b.test", "ba.test"]
    [firing] = stage.rows("SELECT * FROM schedule_firings")
    assert (firing["state"], firing["job_id"], firing["claimed"]) == ("fired", job["id"], 2)
    [row] = stage.rows("SELECT * FROM schedules WHERE service IS NULL")
    assert row["next_due_at"] == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert row["last_due_at"] == datetime(2026, 11, 23, 13, tzinfo=UTC)


async def test_no_domain_no_job(stage: Stage) -> None:
    await stage.add()
    await stage.run_at("2026-11-23T13:00Z")
    [firing] = stage.rows("SELECT * FROM schedule_firings")
    assert (firing["state"], firing["job_id"]) == ("skipped", None)
    assert firing["reason"] == "No domain is as it wants them."
    assert stage.rows("SELECT id FROM jobs") == []


OVERLAPS = {
    "skip": ["fired", "skipped", "skipped"],
    "queue": ["fired", "queued", "queued"],
    "allow": ["fired", "fired", "fired"],
}


@pytest.mark.parametrize(("rule", "expected"), OVERLAPS.items())
async def test_overlap(stage: Stage, rule: str, expected: list[str]) -> None:
    stage.domains("a.test")
    await stage.add(overlap=rule)
    for hour in (13, 14, 15):
        await stage.run_at(f"2026-11-23T{hour}:00Z")
    assert [state for _, state in stage.firings()] == expected
    stage.end_jobs()
    await stage.scheduler.tick()
    later = expected if rule != "queue" else ["fired", "fired", "queued"]
    assert [state for _, state in stage.firings()] == later, "one after the other"
    await stage.scheduler.tick()
    assert [state for _, state in stage.firings()] == later
    stage.end_jobs()
    await stage.run_at("2026-11-23T16:00Z")
    assert stage.firings()[-1][1] == ("fired" if rule != "queue" else "queued")


CATCH_UPS = {
    "none": [("23 16:00", "skipped"), ("23 18:00", "fired")],
    "one": [("23 15:00", "skipped"), ("23 16:00", "fired"), ("23 18:00", "fired")],
    "all": [(f"23 {hour}:00", "fired") for hour in (13, 14, 15, 16, 18)],
}


@pytest.mark.parametrize(("rule", "expected"), CATCH_UPS.items())
async def test_catching_up(stage: Stage, rule: str, expected: list[tuple[str, str]]) -> None:
    stage.domains("a.test")
    schedule_id = await stage.add(catch_up=rule, overlap="allow")
    await stage.run_at("2026-11-23T16:30Z")
    await stage.change(schedule_id, enabled=False)
    await stage.run_at("2026-11-23T17:30Z")
    await stage.change(schedule_id, enabled=True)
    await stage.run_at("2026-11-23T18:00:30Z")
    assert stage.firings() == expected, "what it was off for is not made up for"
    missed = stage.rows("SELECT reason FROM schedule_firings WHERE state = 'skipped'")
    assert all("No API ran" in row["reason"] for row in missed)


async def test_what_cannot_start_says_so_and_keeps_no_other_back(stage: Stage) -> None:
    stage.domains("a.test")
    await stage.add(name="broken")
    await stage.add(name="gone")
    await stage.add(name="well")
    stage.rows("UPDATE schedules SET spider = 'moon' WHERE name = 'broken'")
    stage.rows("UPDATE schedules SET time_zone = 'Atlantis/Poseidonis' WHERE name = 'gone'")
    await stage.run_at("2026-11-23T13:00Z")
    found = stage.rows(
        "SELECT name, f.state, reason FROM schedule_firings f"
        " JOIN schedules s ON s.id = schedule_id ORDER BY name"
    )
    assert [row["state"] for row in found] == ["failed", "failed", "fired"]
    assert "moon" in found[0]["reason"]
    assert "Atlantis" in found[1]["reason"]
    await stage.run_at("2026-11-23T14:00Z")
    assert len(stage.firings()) == 5, "without a time zone it has no next time"


async def test_a_statement_that_takes_too_long_fails_its_firing_only(stage: Stage) -> None:
    stage.domains("a.test")
    await stage.add(name="slow")
    stage.rows(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'canceling' USING ERRCODE = '57014'; END $$"
    )
    stage.rows("CREATE TRIGGER t BEFORE INSERT ON job_targets EXECUTE FUNCTION wait()")
    await stage.run_at("2026-11-23T13:00Z")
    assert stage.firings() == [("23 13:00", "failed")]
    assert stage.rows("SELECT id FROM jobs") == []
    stage.rows("DROP TRIGGER t ON job_targets")
    await stage.run_at("2026-11-23T14:00Z")
    assert stage.firings()[-1] == ("23 14:00", "fired")


async def test_one_process_works_until_it_leaves(stage: Stage) -> None:
    stage.domains("a.test")
    await stage.add()
    other = stage.another()
    await stage.scheduler.tick()
    stage.now = datetime(2026, 11, 23, 13, tzinfo=UTC)
    await other.tick()
    assert stage.firings() == []
    await stage.scheduler.close()
    await other.tick()
    assert stage.firings() == [("23 13:00", "fired")]


async def test_changes(stage: Stage) -> None:
    schedule_id = await stage.add(cron="30 6 * * *", time_zone="Europe/Berlin")
    shown = await stage.change(schedule_id, priority=5)
    assert shown["next_runs"][0] == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    assert len(shown["next_runs"]) == 5
    shown = await stage.change(schedule_id, cron="0 7 * * *", filter={"status": "error"})
    assert shown["next_runs"][0] == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert (shown["priority"], shown["filter"]) == (5, {"status": "error"})
    assert (await stage.change(schedule_id, enabled=False))["next_runs"] == []
    with pytest.raises(InputError, match="priority"):
        await stage.change(schedule_id, priority=1_000)
    with pytest.raises(InputError, match="no argument"):
        await stage.change(schedule_id, arguments={"colour": 1})
    await stage.add(name="other")
    with pytest.raises(ScheduleError, match="already"):
        await stage.add(name="other")
    with pytest.raises(ScheduleError, match="already"):
        await stage.change(schedule_id, name="other")
    async with stage.sessions() as session:
        [homepage, *_] = await schedules.services(session)
        with pytest.raises(NoSuchScheduleError):
            await schedules.get(session, homepage["id"])


async def test_turned_off_nothing_waits(stage: Stage) -> None:
    stage.domains("a.test")
    schedule_id = await stage.add(overlap="queue")
    for hour in (13, 14):
        await stage.run_at(f"2026-11-23T{hour}:00Z")
    await stage.change(schedule_id, enabled=False)
    assert stage.firings() == [("23 13:00", "fired"), ("23 14:00", "skipped")]


async def test_old_firings_are_forgotten(stage: Stage) -> None:
    schedule_id = await stage.add()
    stage.rows(
        "INSERT INTO schedule_firings (id, schedule_id, due_at, state)"
        " VALUES (gen_random_uuid(), %s, '2026-01-01', 'skipped')",
        schedule_id,
    )
    await stage.run_at("2026-11-23T13:00Z")
    assert stage.firings() == [("23 13:00", "skipped")]


async def test_the_clock_is_the_database_s(stage: Stage) -> None:
    async with stage.sessions() as session:
        assert abs(await database_time(session) - datetime.now(UTC)) < timedelta(minutes=1)


# --- two processes ------------------------------------------------------------------------------


@contextmanager
def processes(url: str, clock: Path) -> Iterator[list[subprocess.Popen[str]]]:
    running = [start(url, clock) for _ in range(2)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.communicate()


def start(url: str, clock: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "tests/scheduler_process.py", url, str(clock)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.timeout(400)
@pytest.mark.parametrize("change", ["2026-03-28T13:00Z", "2026-10-24T13:00Z"])
async def test_two_processes_restarts_and_daylight_saving(
    stage: Stage, tmp_path: Path, change: str
) -> None:
    """200 firings around a change of the clocks, with kills in between: each once."""
    rng = random.Random(change)  # noqa: S311 - the same each time
    begin = stage.now = datetime.fromisoformat(change)
    stage.domains("a.test", "b.test")
    common: dict[str, Any] = {
        "time_zone": "Europe/Berlin",
        "catch_up": "all",
        "overlap": "allow",
    }
    await stage.add(name="quarters", cron="*/15 * * * *", **common)
    await stage.add(name="nights", cron="30 2 * * *", **common)
    quarter = timedelta(minutes=15)
    expected = {begin + number * quarter for number in range(1, 201)}
    clock = tmp_path / "clock"
    clock.write_text(begin.isoformat())
    with processes(database := stage.url, clock) as running:
        for number in range(1, 201):
            moved = clock.with_suffix(".new")
            moved.write_text((begin + number * quarter).isoformat())
            moved.replace(clock)
            if number % 20 == 0:  # in the middle of whatever it does
                which = rng.randrange(2)
                running[which].kill()
                running[which].communicate()
                running[which] = start(database, clock)
            if rng.random() < 0.7:
                wait_until(lambda number=number: count(stage) >= number)  # type: ignore[misc]
        wait_until(lambda: count(stage) >= 200)
        wait_until(lambda: not stage.rows(OVERDUE, begin + 200 * quarter))
    found = stage.rows(FIRINGS, "quarters")
    assert [row["due_at"] for row in found] == sorted(expected)
    assert {row["state"] for row in found} == {"fired"}
    assert len({row["job_id"] for row in found}) == 200
    nights = [
        f"{row['due_at'].astimezone(UTC):%m-%d %H:%M}" for row in stage.rows(FIRINGS, "nights")
    ]
    assert nights == NIGHTS[change]
    [jobs] = stage.rows(
        "SELECT count(*) AS number, min(targets_total), max(targets_total) FROM jobs"
    )
    assert jobs == {"number": 200 + len(nights), "min": 2, "max": 2}, "and no job of no firing"


NIGHTS = {
    "2026-03-28T13:00Z": ["03-29 01:00", "03-30 00:30"],
    "2026-10-24T13:00Z": ["10-25 00:30", "10-26 01:30"],
}
FIRINGS = (
    "SELECT f.* FROM schedule_firings f JOIN schedules s ON s.id = f.schedule_id"
    " WHERE s.name = %s ORDER BY due_at"
)
OVERDUE = "SELECT 1 FROM schedules WHERE enabled AND next_due_at <= %s"


def count(stage: Stage) -> int:
    return len(stage.rows(FIRINGS, "quarters"))
