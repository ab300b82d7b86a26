"""Exports through the API: whole files, in each format, or none at all."""

import csv
import io
import json
import socket
from contextlib import closing

import pyarrow as pa
import pytest
from api_stage import System
from pyarrow import parquet
from support import wait_until

from scrapersky.exports import PAGE

MANY = 40 * PAGE + 300
A = "00000000-0000-7000-8000-000000000001"
FILL = (
    f"INSERT INTO domains (id, domain, title, has_phone)"  # noqa: S608 - numbers and ids go in
    f" VALUES ('{A}', 'a.test', '=1+1', true);"
    "INSERT INTO contacts (id, domain_id, kind, value, source, page_url, confidence, first_seen_at,"
    f" last_seen_at) VALUES (gen_random_uuid(), '{A}', 'phone', '+4930123456', 'tel',"
    " 'https://a.test/', 0.5, now(), now());"
    "INSERT INTO jobs (id, spider, source, state, arguments) VALUES"
    " (gen_random_uuid(), 'sitemap', 'domains', 'completed', '{\"stage\": \"scan\"}');"
    "INSERT INTO pages (id, domain_id, url, page_type, lastmod, first_seen_at, last_seen_at)"
    " SELECT ('0197f3a2-5d4e-7cc0-8a53-' || lpad(to_hex(n), 12, '0'))::uuid,"
    f" '{A}', 'https://a.test/' || (SELECT string_agg(md5(n::text || m), '/') FROM"
    " generate_series(1, 6) m) || '-' || n, 'other',"
    " '2026-01-01Z', now(), now()"
    f" FROM generate_series(1, {MANY}) n"
)


@pytest.fixture
def api(system: System) -> System:
    """The API, over more pages than stand in the way between two processes."""
    for statement in FILL.split(";"):
        system.crawl.rows(statement)
    system.variables["SCRAPERSKY_NODES"] = ""
    system.start_api()
    return system


def test_formats(api: System) -> None:
    with api.client() as client:
        answer = client.get("/export/pages")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-disposition"].startswith('attachment; filename="pages-20')
        assert answer.headers["content-disposition"].endswith('.csv"')
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert len({row["url"] for row in rows}) == len(rows) == MANY
        lines = client.get("/export/pages", params={"format": "jsonl", "text": "-77"}).text
        urls = [json.loads(line)["url"] for line in lines.splitlines()]
        assert urls == [row["url"] for row in rows if "-77" in row["url"]]
        answer = client.get("/export/pages", params={"format": "parquet"})
        assert "content-encoding" not in answer.headers
        assert answer.headers["content-type"] == "application/vnd.apache.parquet"
        table = parquet.read_table(io.BytesIO(answer.content))
        assert table.column("url").to_pylist() == [row["url"] for row in rows]
        assert table.schema.field("lastmod").type == pa.timestamp("us", tz="UTC")


def test_what_is_exported(api: System) -> None:
    with api.client() as client:
        client.headers["Accept-Encoding"] = "identity, gzip;q=0"
        answer = client.get("/export/domains", params={"has": "phone", "bom": True})
        assert "content-encoding" not in answer.headers
        assert answer.content.startswith(b"\xef\xbb\xbfid,domain")
        [domain] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert (domain["title"], domain["phones"]) == ("'=1+1", "+4930123456")
        text = client.get("/export/contacts", params={"kind": "phone", "format": "jsonl"}).text
        assert json.loads(text)["value"] == "+4930123456"
        assert client.get("/export/contacts", params={"kind": "email"}).text.count("\n") == 1
        text = client.get("/export/jobs", params={"state": "completed"}).text
        [job] = csv.DictReader(io.StringIO(text))
        assert (job["spider"], job["arguments"]) == ("sitemap", '{"stage":"scan"}')
        nothing = client.get("/export/jobs", params={"spider": "homepage", "format": "parquet"})
        assert parquet.read_table(io.BytesIO(nothing.content)).num_rows == 0


def test_the_same_by_command(api: System) -> None:
    path = api.home / "jobs.parquet"
    assert "1 jobs are in" in api.crawl.command("jobs", "export", str(path))
    assert parquet.read_table(path).column("state").to_pylist() == ["completed"]
    assert api.crawl.command("jobs", "export", "-", "--state", "failed").count("\n") == 1


def test_what_is_refused(api: System) -> None:
    with api.client() as client:
        for path, said in (
            ("/export/pages?format=xlsx", "format"),
            ("/export/pages?format=parquet&bom=true", "byte order mark"),
            ("/export/pages?limit=5", "limit"),
            ("/export/jobs?state=x", "state"),
            ("/export/domains?status=x", "status"),
            ("/export/contacts?kind=x", "kind"),
        ):
            answer = client.get(path)
            assert answer.status_code == 422, path
            assert said in answer.json()["detail"], path


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_database_error_cuts_the_connection(api: System, accepted: str) -> None:
    """What was read before it must not look like the whole."""
    with closing(begun(api, accepted)) as connection:
        api.crawl.rows("ALTER TABLE pages RENAME TO elsewhere")
        data = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert len(data) > 0
    assert not data.endswith(b"0\r\n\r\n"), "it ended well"
    assert "An export of pages broke off after" in api.log("api")


def test_a_client_that_goes_away_leaves_nothing(api: System) -> None:
    for _ in range(12):  # more than connections to the database
        begun(api, "identity").close()
    assert api.call("GET", "/pages", params={"limit": 1})["data"]
    busy = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
        " AND pid <> pg_backend_pid()"
    )
    wait_until(lambda: not api.crawl.rows(busy))
    assert "broke off" not in api.log("api")
    assert "Traceback" not in api.log("api")


def begun(api: System, accepted: str) -> socket.socket:
    """A connection on which an export comes, of which hardly anything is read."""
    connection = socket.create_connection(("127.0.0.1", api.api_port), timeout=60)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    with api.client() as client:
        token = client.headers["Authorization"]
    head = (
        f"GET /api/v3/export/pages HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n"
        f"Accept-Encoding: {accepted}\r\n\r\n"
    )
    connection.sendall(head.encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection
