"""`scrapy crawl homepage`, seen from outside: a web, a process, a database."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from support import Crawl, company

from scrapersky.demo.companies import DEMO_OUTCOMES, DEMO_SETTINGS, demo_web
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import FailFirst, Hang, Port, Redirect, Site, page
from scrapersky.domains import clean_domain

PAGE = """<!doctype html><html lang="de-AT"><head>
<title>Zahnrad &amp; Söhne</title>
<meta name="description" content="Zahnräder seit 1887.">
<meta name="generator" content="WordPress 6.8">
<link rel="canonical" href="/start"><link rel="icon" href="/i.png">
<meta property="og:site_name" content="Zahnrad">
<script type="application/ld+json">{"@type": "Organization", "name": "Zahnrad\\u0000"}</script>
</head><body><p>Willkommen</p>
<a href="mailto:Office@zahnrad.test?subject=x">Mail</a><a href="tel:+43 1 234 56 78">Tel</a>
<a href="https://www.facebook.com/zahnrad?ref=x">fb</a></body></html>"""


def test_a_domain_goes_in_and_a_row_comes_out(crawl: Crawl, tmp_path: Path) -> None:
    crawl.web.web.add("zahnrad.test", Site(paths={"/": page(PAGE, charset="iso-8859-1")}))
    out = tmp_path / "out.jsonl"
    crawl.run("domains=HTTPS://www.Zahnrad.test:443/x?y", options=["-O", str(out)])

    row = crawl.domain("zahnrad.test")
    assert row["status"] == "completed"
    assert row["title"] == "Zahnrad & Söhne"
    assert row["description"] == "Zahnräder seit 1887."
    assert row["language"] == "de-AT"
    assert row["generator"] == "WordPress 6.8"
    assert row["canonical_url"] == "https://zahnrad.test/start"
    assert row["favicon_url"] == "https://zahnrad.test/i.png"
    assert row["open_graph"] == {"og:site_name": "Zahnrad"}
    assert row["json_ld"] == [{"@type": "Organization", "name": "Zahnrad"}]
    assert row["provenance"]["title"] == {"source": "title", "confidence": 1.0}
    assert (row["http_status"], row["final_url"]) == (200, "https://zahnrad.test/")
    assert str(row["ip"]) == "127.0.0.1"
    assert row["response_ms"] >= 0
    assert row["body_bytes"] == len(PAGE.encode("latin-1"))
    assert row["redirected_to"] is None
    assert row["last_completed_at"] == row["last_crawled_at"] is not None
    assert (row["curation_status"], row["notes"]) == ("New", None)

    contacts = crawl.rows("SELECT kind, value, source, page_url FROM contacts ORDER BY kind")
    assert [(c["kind"], c["value"], c["source"]) for c in contacts] == [
        ("email", "office@zahnrad.test", "mailto"),
        ("phone", "+4312345678", "tel"),
        ("social", "https://www.facebook.com/zahnrad", "link"),
    ]
    assert {c["page_url"] for c in contacts} == {"https://zahnrad.test/"}

    job = crawl.job()
    assert isinstance(job["id"], UUID)
    assert job["id"].version == 7
    assert (job["state"], job["targets_total"], job["targets_completed"]) == ("completed", 1, 1)

    [line] = out.read_text().splitlines()
    item = json.loads(line)
    assert (item["domain"], item["title"]) == ("zahnrad.test", "Zahnrad & Söhne")
    assert [contact["kind"] for contact in item["contacts"]] == ["email", "phone", "social"]


def test_every_way_to_end(database: str, tmp_path: Path) -> None:
    """The demo's companies end as they are said to, those of the error list included."""
    out = tmp_path / "out.jsonl"
    with DemoServerThread(demo_web()) as server:
        crawl = Crawl(server, database)
        domains = ",".join(DEMO_OUTCOMES)
        settings = [f"--set={name}={value}" for name, value in DEMO_SETTINGS.items()]
        crawl.run(f"domains={domains}", options=["-O", str(out), *settings])
    rows = {row["domain"]: row for row in crawl.rows("SELECT * FROM domains")}
    found = {name: row["error_code"] for name, row in rows.items()}
    assert found == {clean_domain(name): code for name, code in DEMO_OUTCOMES.items()}
    assert all(row["error_message"] for row in rows.values() if row["error_code"])
    # One terminal item a domain, later passes or not.
    lines = [json.loads(line)["domain"] for line in out.read_text().splitlines()]
    assert sorted(lines) == sorted(rows)
    job = crawl.job()
    assert job["state"] == "completed_with_errors"
    assert job["targets_completed"] + job["targets_error"] == job["targets_total"] == len(rows)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "10.0.0.1"])
def test_private_addresses_are_not_visited(crawl: Crawl, host: str) -> None:
    way_in = Redirect(f"http://{host}:{crawl.web.http_port}/")
    crawl.web.web.add("trojan.test", Site(paths={"/": way_in}, robots=""))
    crawl.run("domains=trojan.test")
    assert crawl.domain("trojan.test")["error_code"] == "private_address"
    assert {r.host for r in crawl.web.requests} == {"trojan.test", "www.trojan.test"}


def test_https_then_www_then_http(crawl: Crawl) -> None:
    crawl.web.web.add("plain.test", Site(paths={"/": page("<p>Plain</p>")}, https=Port.REFUSED))
    crawl.web.web.add("apexless.test", Site(http=Port.REFUSED, https=Port.REFUSED))
    crawl.web.web.add("www.apexless.test", company())
    crawl.run("domains=plain.test apexless.test")
    assert crawl.domain("plain.test")["final_url"] == "http://plain.test/"
    assert crawl.domain("apexless.test")["final_url"] == "https://www.apexless.test/"


def test_a_redirect_to_another_owner_is_recorded(crawl: Crawl) -> None:
    crawl.web.web.add("old.test", Site(default=Redirect("https://shop.new.test/start")))
    crawl.web.web.add("shop.new.test", Site(default=page("<title>New</title><p>New</p>")))
    crawl.run("domains=old.test")
    row = crawl.domain("old.test")
    assert (row["status"], row["title"]) == ("completed", "New")
    assert (row["final_url"], row["redirected_to"]) == ("https://shop.new.test/start", "new.test")


def test_robots_txt_is_obeyed_on_each_host_of_a_redirect(crawl: Crawl) -> None:
    crawl.web.web.add("open.test", Site(default=Redirect("https://closed.test/"), robots=""))
    crawl.web.web.add(
        "closed.test", Site(paths={"/": page("<p>x</p>")}, robots="User-agent: *\nDisallow: /")
    )
    crawl.run("domains=open.test")
    assert crawl.domain("open.test")["error_code"] == "robots"
    assert "closed.test" not in crawl.fetched("/")


def test_a_transient_failure_gets_a_later_pass(crawl: Crawl) -> None:
    crawl.web.web.add(
        "later.test", Site(paths={"/": FailFirst(1, page("<title>Back</title><p>x</p>"))})
    )
    crawl.web.web.add("never.test", Site(default=page("<p>No</p>", status=503), robots=""))
    crawl.run("domains=later.test,never.test", RETRY_DELAY=0.2, RETRY_ATTEMPTS=3)
    assert crawl.domain("later.test")["title"] == "Back"
    assert crawl.domain("never.test")["error_code"] == "http_5xx"
    attempts = crawl.rows("SELECT attempts FROM job_targets ORDER BY attempts")
    assert [row["attempts"] for row in attempts] == [2, 3]
    assert crawl.fetched("/").count("never.test") == 3


def test_the_time_limit_of_a_domain(crawl: Crawl) -> None:
    crawl.web.web.add("slow.test", Site(paths={"/": Hang()}, http=Port.REFUSED))
    crawl.run("domains=slow.test", RETRY_ATTEMPTS=1, DOMAIN_TIME_LIMIT=1, DOWNLOAD_TIMEOUT=60)
    assert crawl.domain("slow.test")["error_code"] in {"time_limit", "timeout"}


def test_a_failure_keeps_what_was_known(crawl: Crawl) -> None:
    crawl.web.web.add("flaky.test", company("Flaky"))
    crawl.run("domains=flaky.test")
    crawl.web.web.add("flaky.test", Site(default=page("<p>Gone</p>", status=404)))
    crawl.run("domains=flaky.test")
    row = crawl.domain("flaky.test")
    assert (row["status"], row["error_code"], row["http_status"]) == ("error", "http_4xx", 404)
    assert row["title"] == "Flaky"
    assert row["last_completed_at"] < row["last_crawled_at"]


@pytest.mark.parametrize("count", [120])
def test_domains_in_flight(crawl: Crawl, count: int) -> None:
    names = [f"c{number}.test" for number in range(count)]
    for name in names:
        crawl.web.web.add(name, company(name))
    crawl.run(f"domains={','.join(names)}", DOMAINS_IN_FLIGHT=7)
    [stats] = crawl.rows("SELECT stats FROM job_workers")
    assert stats["stats"]["scrapersky/in_flight_max"] <= 7
    assert sorted(crawl.fetched("/")) == sorted(names)
    assert len(crawl.rows("SELECT 1 FROM domains WHERE status = 'completed'")) == count


def test_a_second_crawl_changes_crawl_times_only(crawl: Crawl) -> None:
    crawl.web.web.add("same.test", Site(paths={"/": page(PAGE)}))
    crawl.run("domains=same.test")
    before = crawl.domain("same.test"), crawl.rows("SELECT *, xmin FROM contacts ORDER BY id")
    crawl.run("domains=same.test")
    after = crawl.domain("same.test"), crawl.rows("SELECT *, xmin FROM contacts ORDER BY id")
    changed = {name for name in before[0] if before[0][name] != after[0][name]}
    assert changed <= {"last_crawled_at", "last_completed_at", "updated_at", "response_ms"}
    assert before[1] == after[1]
