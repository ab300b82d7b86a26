"""What may follow `-a`, and what is said of the rest."""

import gzip
from pathlib import Path

import pytest
from support import Crawl, company

from scrapersky.arguments import HomepageArguments, parse_arguments
from scrapersky.errors import InputError

JOB = "0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"domain": "a.com"},
            "There is no argument domain. There are: domains, file, job, limit,",
        ),
        ({"domains": ""}, "domains='': String should have at least 1 character"),
        ({"limit": "0"}, "limit='0': Input should be greater than or equal to 1"),
        ({"limit": "many"}, "limit='many': Input should be a valid integer"),
        ({"job": "7"}, "job='7': Input should be a valid UUID"),
        ({"job": "00000000-0000-0000-0000-000000000000"}, "the zero UUID is no job"),
        ({"domains": "a.com", "file": "x"}, "domains and file exclude each other"),
        ({"domains": "a.com", "job": JOB}, "domains and job exclude each other"),
        ({"domains": "a.com", "limit": "3"}, "limit is for crawls without a list"),
    ],
)
def test_a_bad_argument_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_arguments(HomepageArguments, given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_where_targets_come_from() -> None:
    assert parse_arguments(HomepageArguments, {}).source == "pending"
    assert parse_arguments(HomepageArguments, {"file": "-"}).source == "file"
    assert parse_arguments(HomepageArguments, {"job": JOB}).source == "job"
    assert parse_arguments(HomepageArguments, {"domains": "a.com"}).source == "domains"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["domians=a.com"], "scrapersky: There is no argument domians."),
        (["file=/no/such/list"], "scrapersky: The file '/no/such/list' does not exist."),
        (["domains=localhost"], "scrapersky: There is no usable domain in what was given."),
        ([f"job={JOB}"], f"scrapersky: There is no job {JOB}."),
    ],
)
def test_mistakes_are_one_line_and_status_2(crawl: Crawl, arguments: list[str], said: str) -> None:
    log = crawl.run(*arguments, status=2)
    assert said in log
    assert "Traceback" not in log
    assert crawl.rows("SELECT 1 FROM jobs WHERE state NOT IN ('failed')") == []


def test_a_list_with_bad_lines_and_duplicates(crawl: Crawl, tmp_path: Path) -> None:
    crawl.web.web.add("one.test", company("one"))
    crawl.web.web.add("xn--bcher-kva.test", company("Bücher"))
    rows = "name;Website\\nA;https://one.test/x\\nB;ONE.test.\\nC;not a domain\\n".replace(
        "\\n", "\n"
    )
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress((rows + "D;http://bücher.test\nE;10.0.0.1\n").encode()))
    log = crawl.run(f"file={path}")
    assert "Entry 4 is left out: 'not a domain'" in log
    assert "Entry 6 is left out: '10.0.0.1': it is an IP address" in log
    job = crawl.job()
    assert (job["targets_total"], job["duplicates"], job["rejected"]) == (2, 1, 2)
    assert crawl.domain("xn--bcher-kva.test")["title"] == "Bücher"


def test_a_list_on_standard_input(crawl: Crawl) -> None:
    crawl.web.web.add("piped.test", company("piped"))
    crawl.run("file=-", text="# my list\n\npiped.test\n")
    assert crawl.domain("piped.test")["status"] == "completed"


def test_without_a_list_pending_domains_are_claimed(crawl: Crawl) -> None:
    assert "Nothing to do" in crawl.run()
    assert crawl.rows("SELECT 1 FROM jobs") == []
    for name in ("a.test", "b.test", "c.test"):
        crawl.web.web.add(name, company(name))
        crawl.rows("INSERT INTO domains (id, domain) VALUES (gen_random_uuid(), %s)", name)
    crawl.run("limit=2")
    assert len(crawl.rows("SELECT 1 FROM domains WHERE status = 'completed'")) == 2
    crawl.run()
    assert len(crawl.rows("SELECT 1 FROM domains WHERE status = 'completed'")) == 3
    assert crawl.job()["targets_total"] == 1
