"""The services: what they claim, and what becomes of it; docs/services.md names all they run."""

import ast
import asyncio
import re
from typing import Any

import pytest
from api_stage import System
from schedule_plan import Plan
from support import ROOT, wait_until

from api import schedules as service
from scrapersky import settings
from scrapersky.db import services
from scrapersky.demo.site import Site, page, text
from scrapersky.states import Service

XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

QUEUED = {
    Service.HOMEPAGE: "INSERT INTO domains (id, domain) VALUES (gen_random_uuid(), %s)",
    Service.SITEMAP_SUBMISSION: (
        "INSERT INTO domains (id, domain, sitemap_curation_status, sitemap_analysis_status)"
        " VALUES (gen_random_uuid(), %s, 'Selected', 'queued')"
    ),
    Service.SITEMAP_SCAN: (
        "INSERT INTO domains (id, domain, sitemap_scan_status)"
        " VALUES (gen_random_uuid(), %s, 'queued')"
    ),
    Service.SITEMAP_IMPORT: (
        "WITH d AS (INSERT INTO domains (id, domain) VALUES (gen_random_uuid(), %s) RETURNING id)"
        " INSERT INTO sitemap_files (id, domain_id, url, found_via, curation_status,"
        " import_status, first_seen_at, last_seen_at)"
        " SELECT gen_random_uuid(), d.id, 'https://x.test/' || n, 'robots', 'Selected', 'Queued',"
        " now(), now() FROM d, generate_series(1, 2) n"
    ),
}
STATUS = {
    Service.HOMEPAGE: "SELECT status AS status, error_message AS why FROM domains",
    Service.SITEMAP_SUBMISSION: (
        "SELECT sitemap_analysis_status AS status, sitemap_analysis_error AS why FROM domains"
    ),
    Service.SITEMAP_SCAN: (
        "SELECT sitemap_scan_status AS status, sitemap_scan_error AS why FROM domains"
    ),
    Service.SITEMAP_IMPORT: (
        "SELECT import_status AS status, import_error AS why FROM sitemap_files"
    ),
}


def statuses(plan: Plan, name: Service) -> set[str]:
    return {row["status"] for row in plan.rows(STATUS[name])}


async def claim(plan: Plan, name: Service, size: int) -> int:
    async with plan.sessions.begin() as session:
        return (await service.claim(session, name, size, 4))[1]


@pytest.mark.parametrize("name", Service)
async def test_a_batch_becomes_a_job(plan: Plan, name: Service) -> None:
    for number in range(3):
        plan.rows(QUEUED[name], f"s{number}.test")
    await plan.change_service(name, enabled=True, interval_seconds=60, batch_size=2, priority=7)
    await plan.run_at("2026-11-23T12:00:00Z")
    [job] = plan.rows("SELECT * FROM jobs")
    work = services.WORK[name]
    assert (job["spider"], job["source"], job["priority"]) == (work.spider, "service", 7)
    assert job["arguments"] == services.arguments(name)
    # Two files of one domain are one target.
    targets = 2
    if name == Service.SITEMAP_IMPORT:
        claimed = "SELECT DISTINCT domain_id FROM sitemap_files WHERE import_status = 'Processing'"
        targets = len(plan.rows(claimed))
    assert job["targets_total"] == targets
    [firing] = plan.rows("SELECT * FROM schedule_firings")
    assert (firing["state"], firing["claimed"], firing["job_id"]) == ("fired", 2, job["id"])
    await plan.run_at("2026-11-23T12:00:59Z")
    assert len(plan.rows("SELECT id FROM jobs")) == 1
    for minute in range(1, 5):
        await plan.run_at(f"2026-11-23T12:0{minute}:00Z")
    left = 3 if name == Service.SITEMAP_IMPORT else 2
    assert len(plan.rows("SELECT id FROM jobs")) == left, "where nothing waits there is no job"
    assert len(plan.firings()) == left


async def test_a_service_is_off_at_first(plan: Plan) -> None:
    plan.rows(QUEUED[Service.SITEMAP_SCAN], "a.test")
    await plan.run_at("2026-11-25T12:00:00Z")
    assert plan.rows("SELECT id FROM jobs") == []
    async with plan.sessions() as session:
        assert await services.count_waiting(session, Service.SITEMAP_SCAN) == 1


async def test_claims_at_once_never_get_the_same(plan: Plan) -> None:
    for number in range(40):
        plan.rows(QUEUED[Service.SITEMAP_SUBMISSION], f"s{number}.test")
    counts = await asyncio.gather(
        *(claim(plan, Service.SITEMAP_SUBMISSION, 7) for _ in range(4)),
    )
    assert sum(counts) == 28
    [row] = plan.rows(
        "SELECT count(*) AS rows, count(DISTINCT domain_id) AS domains FROM job_targets"
    )
    assert row == {"rows": 28, "domains": 28}
    left = "SELECT 1 FROM domains WHERE sitemap_analysis_status = 'queued'"
    assert len(plan.rows(left)) == 12


async def test_only_so_many_jobs_at_a_time(plan: Plan) -> None:
    for number in range(8):
        plan.rows(QUEUED[Service.SITEMAP_SCAN], f"s{number}.test")
    await plan.change_service(Service.SITEMAP_SCAN, enabled=True, batch_size=1)
    for minute in range(8):
        await plan.run_at(f"2026-11-23T12:0{minute}:00Z")
    assert len(plan.rows("SELECT id FROM jobs")) == services.MOST_JOBS
    assert len(plan.firings()) == services.MOST_JOBS
    plan.end_jobs()
    await plan.run_at("2026-11-23T12:08:00Z")
    assert len(plan.rows("SELECT id FROM jobs")) == services.MOST_JOBS + 1


async def test_a_domain_that_a_job_has_is_not_claimed_for_its_homepage(plan: Plan) -> None:
    plan.rows(QUEUED[Service.HOMEPAGE], "a.test")
    assert await claim(plan, Service.HOMEPAGE, 5) == 1
    plan.rows("UPDATE domains SET status = 'pending'")  # somebody queued it again
    assert await claim(plan, Service.HOMEPAGE, 5) == 0
    plan.end_jobs()
    assert await claim(plan, Service.HOMEPAGE, 5) == 1


END = {
    "completed": "UPDATE job_targets SET state = 'completed', ended_at = now()",
    "error": (
        "UPDATE job_targets SET state = 'error', error_code = 'dns', error_message = 'No such"
        " host.', ended_at = now()"
    ),
    "cancelled": "UPDATE job_targets SET state = 'cancelled', ended_at = now()",
    "deleted": "DELETE FROM jobs",
    "pending": "UPDATE jobs SET state = 'failed', ended_at = now()",
}
COMES_TO = {
    Service.SITEMAP_SUBMISSION: {"completed": "submitted", "pending": "processing"},
    Service.SITEMAP_SCAN: {"completed": "completed", "pending": "processing"},
    Service.SITEMAP_IMPORT: {"completed": "Complete", "pending": "Processing"},
}
WHY = {
    "completed": None,
    "pending": None,
    "error": "No such host.",
    "cancelled": "Its job was cancelled.",
    "deleted": "Its job was deleted.",
}


@pytest.mark.parametrize("name", COMES_TO)
@pytest.mark.parametrize("end", END)
async def test_statuses_follow_the_targets(plan: Plan, name: Service, end: str) -> None:
    plan.rows(QUEUED[name], "a.test")
    await claim(plan, name, 5)
    await plan.scheduler.tick()
    assert statuses(plan, name) == {COMES_TO[name]["pending"]}
    plan.rows(END[end])
    await plan.scheduler.tick()
    failed = "Error" if name == Service.SITEMAP_IMPORT else "failed"
    assert statuses(plan, name) == {COMES_TO[name].get(end, failed)}
    assert {row["why"] for row in plan.rows(STATUS[name])} == {WHY[end]}


async def test_a_file_may_fail_in_a_crawl_that_ends_well(plan: Plan) -> None:
    plan.rows(QUEUED[Service.SITEMAP_IMPORT], "a.test")
    await claim(plan, Service.SITEMAP_IMPORT, 5)
    plan.rows(
        "UPDATE sitemap_files SET error_code = 'http_4xx', error_message = 'Not there.'"
        " WHERE url = 'https://x.test/1'"
    )
    plan.rows(END["completed"])
    await plan.scheduler.tick()
    rows = plan.rows(f"{STATUS[Service.SITEMAP_IMPORT]} ORDER BY url")
    assert rows == [
        {"status": "Error", "why": "Not there."},
        {"status": "Complete", "why": None},
    ]


async def test_what_is_selected_again_is_not_ended_by_the_earlier_job(plan: Plan) -> None:
    plan.rows(QUEUED[Service.SITEMAP_SUBMISSION], "a.test")
    await claim(plan, Service.SITEMAP_SUBMISSION, 5)
    plan.rows("UPDATE domains SET sitemap_analysis_status = 'queued'")
    plan.rows(END["completed"])
    await plan.scheduler.tick()
    assert statuses(plan, Service.SITEMAP_SUBMISSION) == {"queued"}
    await claim(plan, Service.SITEMAP_SUBMISSION, 5)
    await plan.scheduler.tick()
    assert statuses(plan, Service.SITEMAP_SUBMISSION) == {"processing"}


async def test_a_homepage_that_was_cancelled_waits_again(plan: Plan) -> None:
    plan.rows(QUEUED[Service.HOMEPAGE], "a.test")
    await claim(plan, Service.HOMEPAGE, 5)
    await plan.scheduler.tick()
    assert statuses(plan, Service.HOMEPAGE) == {"processing"}
    plan.rows(END["cancelled"])
    for _ in range(10):
        await plan.scheduler.tick()
    assert statuses(plan, Service.HOMEPAGE) == {"pending"}


# --- the whole way ------------------------------------------------------------------------------


def sitemap(*paths: str) -> Any:
    urls = "".join(f"<url><loc>https://a.test{path}</loc></url>" for path in paths)
    return text(f"<urlset {XMLNS}>{urls}</urlset>", media_type="application/xml")


def test_from_a_pending_domain_to_its_pages(running: System) -> None:
    site = Site(
        paths={
            "/": page("<title>A company</title><p>We make things.</p>"),
            "/pages.xml": sitemap("/contact", "/about"),
            "/blog.xml": sitemap("/blog/1"),
        },
        robots="Sitemap: https://a.test/pages.xml\nSitemap: https://a.test/blog.xml\n",
    )
    running.crawl.web.web.add("a.test", site)
    running.crawl.command("domains", "add", "a.test")

    assert work(running, "homepage", "SELECT status FROM domains") == "completed"
    assert running.crawl.domain("a.test")["title"] == "A company"
    running.crawl.rows(
        "UPDATE domains SET sitemap_curation_status = 'Selected',"
        " sitemap_analysis_status = 'queued'"
    )
    submitted = work(running, "sitemap-submission", "SELECT sitemap_analysis_status FROM domains")
    assert submitted == "submitted"
    scanned = work(running, "sitemap-scan", "SELECT sitemap_scan_status FROM domains")
    assert scanned == "completed"
    running.crawl.rows(
        "UPDATE sitemap_files SET curation_status = 'Selected', import_status = 'Queued'"
        " WHERE url LIKE '%%pages.xml'"
    )
    query = "SELECT import_status FROM sitemap_files WHERE url LIKE '%pages.xml'"
    assert work(running, "sitemap-import", query) == "Complete"
    found = running.crawl.rows("SELECT url, page_type FROM pages ORDER BY url")
    assert [row["url"] for row in found] == ["https://a.test/about", "https://a.test/contact"]

    shown = {each["name"]: each for each in running.call("GET", "/services")["data"]}
    assert list(shown) == list(map(str, Service))
    for name in shown:
        [firing] = running.call("GET", f"/services/{name}/firings")["data"]
        assert (firing["state"], firing["claimed"], firing["job_state"]) == (
            "fired",
            1,
            "completed",
        )
        assert firing["is_manual"] is True
    assert (shown["homepage"]["waiting"], shown["homepage"]["enabled"]) == (0, False)
    answer = running.call("POST", "/services/homepage/run")
    assert answer == {"status": "success", "data": {"job_id": None}}
    body = {"enabled": True, "interval_seconds": 10, "batch_size": 3}
    changed = running.call("PATCH", "/services/homepage", json=body)["data"]
    assert {name: changed[name] for name in body} == body
    running.crawl.web.web.add("b.test", site)
    running.crawl.command("domains", "add", "b.test")
    running.crawl.wait("SELECT 1 FROM domains WHERE domain = 'b.test' AND status = 'completed'")
    with running.client() as client:
        for path, sent in (
            ("homepage", {"interval_seconds": 1}),
            ("homepage", {"batch_size": 0}),
            ("homepage", {"colour": 1}),
            ("moon", {}),
        ):
            assert client.patch(f"/services/{path}", json=sent).status_code == 422, (path, sent)


def work(running: System, name: str, query: str) -> Any:
    """Lets a service work once. Returns the status that its claim has come to."""
    answer = running.call("POST", f"/services/{name}/run")
    running.wait_state(answer["job_id"], "completed", "completed_with_errors")

    def status() -> Any:
        [value] = running.crawl.rows(query)[0].values()
        return value

    wait_until(lambda: str(status()).lower() not in {"queued", "processing", "pending"})
    return status()


# --- docs/services.md ---------------------------------------------------------------------------

PARTS = (
    "spiders",
    "scrapersky.crawl",
    "scrapersky.db",
    "scrapersky.extract",
    "scrapersky.middlewares",
    "scrapersky.net",
    "scrapersky.sitemaps",
)


def imported(module: str) -> set[str]:
    """The modules of the parts that do the work, as far as this one imports them."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name for name in found if name.startswith(tuple(f"{part}." for part in PARTS))}


def documented(heading: str) -> str:
    text = (ROOT / "docs" / "services.md").read_text("utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    [found] = [part for part in parts if part.partition("\n")[0] == heading]
    return found


def modules(heading: str) -> set[str]:
    return set(re.findall(r"^\| `([\w.]+)` \|", documented(heading), flags=re.MULTILINE))


@pytest.mark.parametrize("name", Service)
def test_the_page_names_every_module(name: Service) -> None:
    spider = f"spiders.{services.WORK[name].spider}"
    own = modules(f"`{name}`")
    if "(#what-the-last-three-run)" in documented(f"`{name}`"):
        own |= modules("What the last three run")
    pipelines = {path.rpartition(".")[0] for path in settings.ITEM_PIPELINES}
    making = {"api.scheduler", "api.schedules", "api.dispatcher", "scrapersky.db.services"}
    assert own | modules("What they share") == {spider} | imported(spider) | pipelines | making


@pytest.mark.parametrize("name", Service)
def test_the_page_tells_trigger_operation_and_outcome(name: Service) -> None:
    said = documented(f"`{name}`")
    for word in ("- Trigger: ", "- Operation: ", "- Outcome: "):
        assert said.count(word) == 1, word
    stage = services.WORK[name].stage
    assert stage is None or f"`stage={stage}`" in said
