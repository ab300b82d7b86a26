"""`domains`, `contacts` and `jobs targets`, as they are typed."""

import csv
import gzip
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, Crawl

from scrapersky.cli.database import PAGE

DOMAINS = PAGE + 500
GENERATE = (
    "INSERT INTO domains (id, domain, status, title, last_crawled_at) SELECT"
    " ('0197f3a2-5d4e-7cc0-8a53-' || lpad(to_hex(n), 12, '0'))::uuid, 'd' || n || '.test',"
    " 'completed', '=1+' || n, '2026-11-22 12:00+01' FROM generate_series(1, %s::int) n"
)
CONTACTS = (
    "INSERT INTO contacts (id, domain_id, kind, value, source, confidence, page_url,"
    " first_seen_at, last_seen_at) SELECT gen_random_uuid(), id, 'phone', '+4930123456', 'tel',"
    " 0.9, 'https://' || domain || '/', now(), now() FROM domains ORDER BY id LIMIT 3"
)


@pytest.fixture
def filled(crawl: Crawl) -> Crawl:
    """More domains than a page, the first three with a phone number."""
    crawl.rows(GENERATE, DOMAINS)
    crawl.rows(CONTACTS)
    crawl.rows("UPDATE domains SET has_phone = true WHERE id IN (SELECT domain_id FROM contacts)")
    return crawl


def start(crawl: Crawl, *arguments: str) -> subprocess.Popen[bytes]:
    """Starts `scrapersky …`, for tests that do something meanwhile."""
    return subprocess.Popen(
        [sys.executable, "-m", "scrapersky.cli.app", *arguments],
        cwd=ROOT,
        env=crawl.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_adding_and_importing(crawl: Crawl, tmp_path: Path) -> None:
    said = crawl.command("domains", "add", "https://www.A.test/x", "b.test,a.test", "localhost")
    assert said == "2 domains added, 1 were there already, 1 left out.\n"
    assert "no usable domain" in crawl.command("domains", "add", "localhost", status=2)
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"name,website\nA,a.test\nC,c.test\nD,10.0.0.1\n"))
    found = crawl.command("domains", "import", str(path), "--json")
    assert json.loads(found) == {"added": 1, "known": 1, "rejected": 1}

    process = start(crawl, "domains", "import", "-")
    out, error = process.communicate(b"c.test\n# a remark\n10.0.0.1\nd.test\n")
    assert out == b"1 domains added, 1 were there already, 1 left out.\n"
    assert error.startswith(b"Line 3 is left out: '10.0.0.1': it is an IP address")
    rows = crawl.rows("SELECT domain, status FROM domains ORDER BY domain")
    assert [row["domain"] for row in rows] == ["a.test", "b.test", "c.test", "d.test"]
    assert {row["status"] for row in rows} == {"pending"}
    assert not crawl.rows("SELECT id FROM jobs")


def test_a_list_that_breaks_off(crawl: Crawl, tmp_path: Path) -> None:
    path = tmp_path / "list.gz"
    assert "does not exist" in crawl.command("domains", "import", str(path), status=2)
    lines = "".join(f"d{n}.test\n" for n in range(20_000)).encode()
    path.write_bytes(gzip.compress(lines)[:-20_000])
    error = crawl.command("domains", "import", str(path), status=2)
    added = crawl.rows("SELECT count(*) FROM domains")[0]["count"]
    assert added > 0
    assert f"cannot be unpacked. {added:,} domains before that were added" in error


def test_lists_lead_from_page_to_page(filled: Crawl) -> None:
    shown = filled.command("domains", "list", "--limit", "2", "--text", "d1")
    lines = shown.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["domain", "d1.test", "d10.test"]
    hint = lines[-1].split()[-1]
    listed = ["domains", "list", "--limit", "2", "--text", "d1", "--after", hint, "--json"]
    rows = json.loads(filled.command(*listed))
    assert [row["domain"] for row in rows] == ["d11.test", "d12.test"]
    assert rows[0]["last_crawled_at"] == "2026-11-22T11:00:00Z"
    assert filled.command("domains", "list", "--language", "de") == "No such domain.\n"
    shown = filled.command("contacts", "list", "--domain", "www.d2.test")
    assert "+4930123456" in shown
    assert "There are more" not in shown
    [row] = json.loads(filled.command("contacts", "list", "--domain", "d2.test", "--json"))
    assert (row["domain"], row["confidence"]) == ("d2.test", pytest.approx(0.9))


def test_exports_have_every_row_once(filled: Crawl, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    said = filled.command("domains", "export", str(path))
    assert said == f"{DOMAINS:,} domains are in {path}.\n"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["domain"] for row in rows] == [f"d{n}.test" for n in range(1, DOMAINS + 1)]
    assert (rows[0]["title"], rows[0]["phones"]) == ("'=1+1", "+4930123456")

    wanted = ["domains", "export", "-", "--format", "jsonl", "--has", "phone"]
    exported = [json.loads(line) for line in filled.command(*wanted).splitlines()]
    assert [row["phones"] for row in exported] == [["+4930123456"]] * 3
    assert exported[0]["title"] == "=1+1"

    text = filled.command("contacts", "export", "-", "--kind", "phone")
    assert [row["value"] for row in csv.DictReader(io.StringIO(text))] == ["+4930123456"] * 3


def test_who_has_enough_ends_an_export_quietly(filled: Crawl) -> None:
    process = start(filled, "domains", "export", "-")
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline().startswith(b"id,domain,")
    process.stdout.close()
    error = process.stderr.read()
    assert (process.wait(30), error) == (1, b"")
    process.stderr.close()
    assert process.stdin
    process.stdin.close()


def test_ctrl_c_ends_an_import_quietly(crawl: Crawl) -> None:
    process = start(crawl, "domains", "import", "-")
    assert process.stdin
    process.stdin.write(b"".join(b"d%d.test\n" % n for n in range(10_000)))
    process.stdin.flush()
    crawl.wait("SELECT id FROM domains LIMIT 1")  # so it reads, and waits for more
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (130, b"")


def test_targets(filled: Crawl) -> None:
    job = "0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60"
    filled.rows(
        "INSERT INTO jobs (id, spider, source, arguments) VALUES (%s, 'homepage', 'file', '{}')",
        job,
    )
    filled.rows(
        "INSERT INTO job_targets (job_id, domain_id, state, error_code, error_message, ended_at)"
        " SELECT %s, id, 'error', 'dns', 'gone', '2026-11-22 12:00+01' FROM domains"
        " WHERE domain IN ('d1.test', 'd2.test')",
        job,
    )
    shown = filled.command("jobs", "targets", job, "--state", "error", "--limit", "1")
    lines = shown.splitlines()
    assert lines[1].split() == ["d1.test", "error", "0", "dns", "gone", "2026-11-22", "11:00:00"]
    listed = ["jobs", "targets", job, "--after", lines[-1].split()[-1], "--json"]
    [row] = json.loads(filled.command(*listed))
    assert (row["domain"], row["ended_at"]) == ("d2.test", "2026-11-22T11:00:00Z")
    assert filled.command("jobs", "targets", job, "--error", "tls") == "No such target.\n"
