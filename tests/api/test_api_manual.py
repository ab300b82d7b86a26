"""What the manual promises, by the API alone: from a list of domains to files of what was found."""

import csv
import io
import json
from typing import Any

import pytest
from api_stage import System
from support import wait_until

from scrapersky.demo.companies import COMPANIES
from scrapersky.demo.company_site import company_site

LIST = """\
Name,Website
Brot & Donner,https://brot-und-donner.test/
Les Fromages Volants,www.fromages-volants.test
Octopus Accounting,octopus-accounting.test
Bluegum Telescopes,bluegum-telescopes.test
Zahnrad & Zeppelin,zahnrad-zeppelin.test
Brot & Donner once more,BROT-UND-DONNER.test
Nobody,name-lost-at-sea.invalid
Nonsense,not a domain
"""
SITES = {
    "bluegum-telescopes.test",
    "brot-und-donner.test",
    "fromages-volants.test",
    "octopus-accounting.test",
    "zahnrad-zeppelin.test",
}
WITHOUT_SITEMAP = {"zahnrad-zeppelin.test"}


@pytest.fixture
def api(system: System) -> System:
    """The API and a node, on a part of the demo's web."""
    for company in COMPANIES:
        if company.domain in SITES:
            system.crawl.web.web.add(company.domain, company_site(company))
    system.start()
    return system


@pytest.mark.timeout(600)
def test_from_a_list_to_files(api: System) -> None:
    a_list_comes_in(api)
    homepages_are_crawled(api)
    people_decide(api)
    sitemaps_are_found(api)
    sitemaps_are_looked_into(api)
    pages_are_imported(api)
    pages_are_chosen(api)
    everything_goes_out(api)


def a_list_comes_in(api: System) -> None:
    """Each line that is no domain is named with its number; the same again adds nothing."""
    imported = import_list(api)
    assert (imported["added"], imported["rejected"]) == (6, 1)
    [bad] = imported["errors"]
    assert (bad["line"], bad["text"]) == (9, "not a domain")
    again = import_list(api)
    assert (again["added"], again["rejected"]) == (0, 1)


def homepages_are_crawled(api: System) -> None:
    """The first service does so, with what waits."""
    assert service(api, "homepage")["waiting"] == 6
    job = run(api, "homepage")
    assert job["outcomes"] == {"completed": 5, "dns": 1}
    assert service(api, "homepage")["waiting"] == 0
    assert domains(api, status="completed") == SITES
    assert domains(api, error="dns") == {"name-lost-at-sea.invalid"}
    assert {row["domain"] for row in rows(api, "/contacts", kind="email")} == SITES


def people_decide(api: System) -> None:
    """They write down what they think, and delete what is none."""
    [octopus] = rows(api, "/domains", text="octopus")
    thought = {"curation_status": "Maybe", "notes": "Eight arms."}
    noted = api.call("PATCH", f"/domains/{octopus['id']}", json=thought)["data"]
    assert (noted["curation_status"], noted["notes"]) == ("Maybe", "Eight arms.")
    [lost] = rows(api, "/domains", error="dns")
    api.call("DELETE", f"/domains/{lost['id']}")
    assert domains(api) == SITES


def sitemaps_are_found(api: System) -> None:
    """Selecting the sitemaps of domains queues the second service."""
    body = {"filter": {"status": "completed"}, "set": {"sitemap_curation_status": "Selected"}}
    assert api.call("PATCH", "/domains", json=body)["data"] == {"changed": 5}
    assert domains(api, sitemap_analysis="queued") == SITES
    assert service(api, "sitemap-submission")["waiting"] == 5
    run(api, "sitemap-submission")
    wait_until(lambda: domains(api, sitemap_analysis="submitted") == SITES)
    assert {row["domain"] for row in rows(api, "/sitemaps")} >= SITES - WITHOUT_SITEMAP


def sitemaps_are_looked_into(api: System) -> None:
    """That is the third service; it imports nothing."""
    assert service(api, "sitemap-scan")["waiting"] == 4
    run(api, "sitemap-scan")
    found = rows(api, "/sitemaps", has_entries=True)
    assert {row["domain"] for row in found} == SITES - WITHOUT_SITEMAP
    assert rows(api, "/pages") == []


def pages_are_imported(api: System) -> None:
    """Selecting sitemaps queues the fourth service."""
    wanted = {row["id"] for row in rows(api, "/sitemaps", kind="urlset", has_entries=True)}
    body = {"ids": sorted(wanted), "set": {"curation_status": "Selected"}}
    assert api.call("PATCH", "/sitemaps", json=body)["data"] == {"changed": len(wanted)}
    assert service(api, "sitemap-import")["waiting"] == len(wanted)
    run(api, "sitemap-import")
    wait_until(
        lambda: {row["id"] for row in rows(api, "/sitemaps", import_status="Complete")} == wanted
    )
    assert {row["domain"] for row in rows(api, "/pages")} == SITES - WITHOUT_SITEMAP


def pages_are_chosen(api: System) -> None:
    """By their type, for instance."""
    wanted = {row["id"] for row in rows(api, "/pages", page_type="contact")}
    assert wanted
    selected = api.call("POST", "/pages/select", json={"page_type": "contact"})
    assert selected == {"status": "success", "data": {"selected": len(wanted)}, "next": None}
    assert {row["id"] for row in rows(api, "/pages", curation="Selected")} == wanted


def everything_goes_out(api: System) -> None:
    """In the form that is wanted, with the filters of the lists."""
    sites = list(csv.DictReader(io.StringIO(file(api, "domains", format="csv"))))
    assert {row["domain"] for row in sites} == SITES
    assert {row["notes"] for row in sites} == {"", "Eight arms."}
    emails = lines(file(api, "contacts", format="jsonl", kind="email"))
    found = rows(api, "/contacts", kind="email")
    assert sorted(row["value"] for row in emails) == sorted(row["value"] for row in found)
    chosen = lines(file(api, "pages", format="jsonl", curation="Selected"))
    assert {row["url"] for row in chosen} == {
        row["url"] for row in rows(api, "/pages", page_type="contact")
    }
    jobs = list(csv.DictReader(io.StringIO(file(api, "jobs", format="csv"))))
    assert [row["spider"] for row in jobs] == ["sitemap", "sitemap", "sitemap", "homepage"]


def import_list(api: System) -> dict[str, Any]:
    answer = api.call(
        "POST", "/domains/import", content=LIST.encode(), headers={"Content-Type": "text/csv"}
    )
    found: dict[str, Any] = answer["data"]
    return found


def service(api: System, name: str) -> dict[str, Any]:
    found: dict[str, Any] = api.call("GET", f"/services/{name}")["data"]
    return found


def run(api: System, name: str) -> dict[str, Any]:
    """Runs a service once, and waits for its job as a client would: by `status_url`."""
    started = api.call("POST", f"/services/{name}/run")
    path = started["status_url"].removeprefix("/api/v3")

    def is_over() -> bool:
        state = api.call("GET", path)["data"]["state"]
        assert state not in {"failed", "cancelled"}
        return state in {"completed", "completed_with_errors"}

    wait_until(is_over)
    found: dict[str, Any] = api.call("GET", path)["data"]
    return found


def domains(api: System, **wanted: Any) -> set[str]:
    return {row["domain"] for row in rows(api, "/domains", **wanted)}


def rows(api: System, path: str, **wanted: Any) -> list[dict[str, Any]]:
    """A list from its beginning to its end."""
    found: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        answer = api.call("GET", path, params={**wanted, **after})
        found += answer["data"]
        if answer["next"] is None:
            return found
        after = {"after": answer["next"]}


def file(api: System, name: str, **wanted: Any) -> str:
    with api.client() as client:
        answer = client.get(f"/export/{name}", params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.text


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
