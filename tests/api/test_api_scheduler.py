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
from schedule_plan import Plan
from support import ROOT, wait_until

from api.scheduler import database_time
from scrapersky.db import schedules
from scrapersky.errors import InputError, NoSuchScheduleError, ScheduleError


async def test_a_firing_makes_a_job_with_its_domains(plan: Plan) -> None:
    plan.domains("a.test", "b.test", "ba.test")
    await plan.add(
        filter={"text": "b", "limit": 5}, priority=3, arguments={"full": True}, spider="sitemap"
    )
    await plan.run_at("2026-11-23T12:59:59Z")
    assert plan.firings() == []
    await plan.run_at("2026-11-23T13:00:00Z")
    await plan.run_at("2026-11-23T13:00:01Z")
    [job] = plan.rows("SELECT * FROM jobs")
    assert (job["spider"], job["source"], job["priority"]) == ("sitemap", "schedule", 3)
    assert job["arguments"] == {"full": True}
    assert (job["targets_total"], job["workers_wanted"], job["state"]) == (2, 1, "pending")
    targets = plan.rows("SELECT domain FROM job_targets JOIN domains ON id = domain_id ORDER BY 1")
    assert [row["domain"] for row in targets] == ["b.test", "ba.test"]
    [firing] = plan.rows("SELECT * FROM schedule_firings")
    assert (firing["state"], firing["job_id"], firing["claimed"]) == ("fired", job["id"], 2)
    [row] = plan.rows("SELECT * FROM schedules WHERE service IS NULL")
    assert row["next_due_at"] == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert row["last_due_at"] == datetime(2026, 11, 23, 13, tzinfo=UTC)


async def test_no_domain_no_job(plan: Plan) -> None:
    await plan.add()
    await plan.run_at("2026-11-23T13:00Z")
    [firing] = plan.rows("SELECT * FROM schedule_firings")
    assert (firing["state"], firing["job_id"]) == ("skipped", None)
    assert firing["reason"] == "No domain is as it wants them."
    assert plan.rows("SELECT id FROM jobs") == []


OVERLAPS = {
    "skip": ["fired", "skipped", "skipped"],
    "queue": ["fired", "queued", "queued"],
    "allow": ["fired", "fired", "fired"],
}


@pytest.mark.parametrize(("rule", "expected"), OVERLAPS.items())
async def test_overlap(plan: Plan, rule: str, expected: list[str]) -> None:
    plan.domains("a.test")
    await plan.add(overlap=rule)
    for hour in (13, 14, 15):
        await plan.run_at(f"2026-11-23T{hour}:00Z")
    assert [state for _, state in plan.firings()] == expected
    plan.end_jobs()
    await plan.scheduler.tick()
    later = expected if rule != "queue" else ["fired", "fired", "queued"]
    assert [state for _, state in plan.firings()] == later, "one after the other"
    await plan.scheduler.tick()
    assert [state for _, state in plan.firings()] == later
    plan.end_jobs()
    await plan.run_at("2026-11-23T16:00Z")
    assert plan.firings()[-1][1] == ("fired" if rule != "queue" else "queued")


CATCH_UPS = {
    "none": [("23 16:00", "skipped"), ("23 18:00", "fired")],
    "one": [("23 15:00", "skipped"), ("23 16:00", "fired"), ("23 18:00", "fired")],
    "all": [(f"23 {hour}:00", "fired") for hour in (13, 14, 15, 16, 18)],
}


@pytest.mark.parametrize(("rule", "expected"), CATCH_UPS.items())
async def test_catching_up(plan: Plan, rule: str, expected: list[tuple[str, str]]) -> None:
    plan.domains("a.test")
    schedule_id = await plan.add(catch_up=rule, overlap="allow")
    await plan.run_at("2026-11-23T16:30Z")
    await plan.change(schedule_id, enabled=False)
    await plan.run_at("2026-11-23T17:30Z")
    await plan.change(schedule_id, enabled=True)
    await plan.run_at("2026-11-23T18:00:30Z")
    assert plan.firings() == expected, "what it was off for is not made up for"
    missed = plan.rows("SELECT reason FROM schedule_firings WHERE state = 'skipped'")
    assert all("No API ran" in row["reason"] for row in missed)


async def test_what_cannot_start_says_so_and_keeps_no_other_back(plan: Plan) -> None:
    plan.domains("a.test")
    await plan.add(name="broken")
    await plan.add(name="gone")
    await plan.add(name="well")
    plan.rows("UPDATE schedules SET spider = 'moon' WHERE name = 'broken'")
    plan.rows("UPDATE schedules SET time_zone = 'Atlantis/Poseidonis' WHERE name = 'gone'")
    await plan.run_at("2026-11-23T13:00Z")
    found = plan.rows(
        "SELECT name, f.state, reason FROM schedule_firings f"
        " JOIN schedules s ON s.id = schedule_id ORDER BY name"
    )
    assert [row["state"] for row in found] == ["failed", "failed", "fired"]
    assert "moon" in found[0]["reason"]
    assert "Atlantis" in found[1]["reason"]
    await plan.run_at("2026-11-23T14:00Z")
    assert len(plan.firings()) == 5, "without a time zone it has no next time"


async def test_a_statement_that_takes_too_long_fails_its_firing_only(plan: Plan) -> None:
    plan.domains("a.test")
    await plan.add(name="slow")
    plan.rows(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'canceling' USING ERRCODE = '57014'; END $$"
    )
    plan.rows("CREATE TRIGGER t BEFORE INSERT ON job_targets EXECUTE FUNCTION wait()")
    await plan.run_at("2026-11-23T13:00Z")
    assert plan.firings() == [("23 13:00", "failed")]
    assert plan.rows("SELECT id FROM jobs") == []
    plan.rows("DROP TRIGGER t ON job_targets")
    await plan.run_at("2026-11-23T14:00Z")
    assert plan.firings()[-1] == ("23 14:00", "fired")


async def test_one_process_works_until_it_leaves(plan: Plan) -> None:
    plan.domains("a.test")
    await plan.add()
    other = plan.another()
    await plan.scheduler.tick()
    plan.now = datetime(2026, 11, 23, 13, tzinfo=UTC)
    await other.tick()
    assert plan.firings() == []
    await plan.scheduler.close()
    await other.tick()
    assert plan.firings() == [("23 13:00", "fired")]


async def test_changes(plan: Plan) -> None:
    schedule_id = await plan.add(cron="30 6 * * *", time_zone="Europe/Berlin")
    shown = await plan.change(schedule_id, priority=5)
    assert shown["next_runs"][0] == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    assert len(shown["next_runs"]) == 5
    shown = await plan.change(schedule_id, cron="0 7 * * *", filter={"status": "error"})
    assert shown["next_runs"][0] == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert (shown["priority"], shown["filter"]) == (5, {"status": "error"})
    assert (await plan.change(schedule_id, enabled=False))["next_runs"] == []
    with pytest.raises(InputError, match="priority"):
        await plan.change(schedule_id, priority=1_000)
    with pytest.raises(InputError, match="no argument"):
        await plan.change(schedule_id, arguments={"colour": 1})
    await plan.add(name="other")
    with pytest.raises(ScheduleError, match="already"):
        await plan.add(name="other")
    with pytest.raises(ScheduleError, match="already"):
        await plan.change(schedule_id, name="other")
    async with plan.sessions() as session:
        [homepage, *_] = await schedules.services(session)
        with pytest.raises(NoSuchScheduleError):
            await schedules.get(session, homepage["id"])


async def test_turned_off_nothing_waits(plan: Plan) -> None:
    plan.domains("a.test")
    schedule_id = await plan.add(overlap="queue")
    for hour in (13, 14):
        await plan.run_at(f"2026-11-23T{hour}:00Z")
    await plan.change(schedule_id, enabled=False)
    assert plan.firings() == [("23 13:00", "fired"), ("23 14:00", "skipped")]


async def test_old_firings_are_forgotten(plan: Plan) -> None:
    schedule_id = await plan.add()
    plan.rows(
        "INSERT INTO schedule_firings (id, schedule_id, due_at, state)"
        " VALUES (gen_random_uuid(), %s, '2026-01-01', 'skipped')",
        schedule_id,
    )
    await plan.run_at("2026-11-23T13:00Z")
    assert plan.firings() == [("23 13:00", "skipped")]


async def test_the_clock_is_the_database_s(plan: Plan) -> None:
    async with plan.sessions() as session:
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
    plan: Plan, tmp_path: Path, change: str
) -> None:
    """200 firings around a change of the clocks, with kills in between: each once."""
    rng = random.Random(change)  # noqa: S311 - the same each time
    begin = plan.now = datetime.fromisoformat(change)
    plan.domains("a.test", "b.test")
    common: dict[str, Any] = {
        "time_zone": "Europe/Berlin",
        "catch_up": "all",
        "overlap": "allow",
    }
    await plan.add(name="quarters", cron="*/15 * * * *", **common)
    await plan.add(name="nights", cron="30 2 * * *", **common)
    quarter = timedelta(minutes=15)
    expected = {begin + number * quarter for number in range(1, 201)}
    clock = tmp_path / "clock"
    clock.write_text(begin.isoformat())
    with processes(database := plan.url, clock) as running:
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
                wait_until(lambda number=number: count(plan) >= number)  # type: ignore[misc]
        wait_until(lambda: count(plan) >= 200)
        wait_until(lambda: not plan.rows(OVERDUE, begin + 200 * quarter))
    found = plan.rows(FIRINGS, "quarters")
    assert [row["due_at"] for row in found] == sorted(expected)
    assert {row["state"] for row in found} == {"fired"}
    assert len({row["job_id"] for row in found}) == 200
    nights = [
        f"{row['due_at'].astimezone(UTC):%m-%d %H:%M}" for row in plan.rows(FIRINGS, "nights")
    ]
    assert nights == NIGHTS[change]
    [jobs] = plan.rows(
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


def count(plan: Plan) -> int:
    return len(plan.rows(FIRINGS, "quarters"))
