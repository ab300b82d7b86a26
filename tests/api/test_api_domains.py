"""Domains and contacts by API: in, listed, decided about, out; and what is refused."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
from api_stage import SECRET
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import async_sessionmaker

from api import domains as service
from api.app import create_app
from scrapersky.config import Config, get_config
from scrapersky.db.session import make_engine, parse_url
from scrapersky.tokens import make


class Api:
    """The app in this process, over a real database."""

    def __init__(self, client: httpx2.AsyncClient, url: str, home: Path) -> None:
        self.client = client
        self.url = url
        self.home = home

    async def call(self, method: str, path: str, **options: Any) -> Any:
        """The answer's JSON, of a request that succeeds."""
        answer = await self.client.request(method, path, **options)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        assert answer.json()["status"] == "success"
        return answer.json()

    async def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Status and detail of a request that does not succeed."""
        answer = await self.client.request(method, path, **options)
        assert 400 <= answer.status_code < 500, f"{answer.status_code} {answer.text}"
        return answer.status_code, answer.json()["detail"]

    async def ids(self, **wanted: Any) -> dict[str, str]:
        """The ids of domains by name."""
        rows = (await self.call("GET", "/domains", params=wanted))["data"]
        return {row["domain"]: row["id"] for row in rows}

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What the database says."""
        with psycopg.connect(self.url, row_factory=dict_row, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
async def api(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("SCRAPERSKY_HOME", str(tmp_path))
    monkeypatch.setenv("SCRAPERSKY_JWT_SECRET", SECRET)
    get_config.cache_clear()
    engine = make_engine(parse_url(database))
    app = create_app()
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    token, _ = make(Config(jwt_secret=SECRET), subject="tester", lifetime=timedelta(hours=1))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url="http://api.test/api/v3",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        yield Api(client, database, tmp_path)
    await engine.dispose()
    get_config.cache_clear()


async def test_adding_domains(api: Api) -> None:
    body = {"domains": ["https://www.a.test/about", "b.test", "no domain", "b.test"]}
    data = (await api.call("POST", "/domains", json=body))["data"]
    assert [row["domain"] for row in data.pop("domains")] == ["a.test", "b.test"]
    [error] = data.pop("errors")
    assert (error["line"], error["text"]) == (3, "no domain")
    assert error["reason"]
    assert data == {"added": 2, "known": 1, "rejected": 1}
    again = (await api.call("POST", "/domains", json={"domains": "a.test, c.test"}))["data"]
    assert (again["added"], again["known"]) == (1, 1)
    assert list(await api.ids()) == ["a.test", "b.test", "c.test"]


async def test_importing_lists(api: Api) -> None:
    csv = b"name,website\nA,a.test\nB,\xff\xfe\nC,\nD,https://d.test/x\n"
    gzipped = gzip.compress("".join(f"d{n}.test\n" for n in range(5_000)).encode())
    for kind, body, expected in (
        ("text/csv", csv, (2, 0, 2)),
        ("text/csv; charset=utf-8", csv, (0, 2, 2)),
        ("application/gzip", gzipped, (5_000, 0, 0)),
        ("text/plain", b"# ours\nnew.test\n", (1, 0, 0)),
    ):
        answer = await api.call(
            "POST", "/domains/import", content=body, headers={"Content-Type": kind}
        )
        data = answer["data"]
        assert (data["added"], data["known"], data["rejected"]) == expected, kind
        assert [error["line"] for error in data["errors"]] == ([3, 4] if expected[2] else [])
    assert list((api.home / "uploads").iterdir()) == []


async def test_lists_that_cannot_be_imported(api: Api) -> None:
    half = gzip.compress("".join(f"{n}x{n * 7}.test\n" for n in range(9_000)).encode())[:-2_000]
    for kind, body, says in (
        ("image/png", b"a.test", "Content-Type 'image/png'"),
        ("text/csv", b"", "The list is empty"),
        ("text/csv", b"name;city\nA;B\n", "several columns"),
        ("text/csv", "a.test".encode("utf-16"), "UTF-16"),
        ("application/gzip", half, "domains before that were added"),
    ):
        status, detail = await api.refused(
            "POST", "/domains/import", content=body, headers={"Content-Type": kind}
        )
        assert status == 422
        assert says in detail
        assert str(api.home) not in detail


async def test_a_bad_list_is_counted_and_named_up_to_a_bound(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routers.domains.MOST_BAD", 3)
    answer = await api.call(
        "POST",
        "/domains/import",
        content=b"no domain\n" * 5_000,
        headers={"Content-Type": "text/plain"},
    )
    assert answer["data"]["rejected"] == 5_000
    assert [error["line"] for error in answer["data"]["errors"]] == [1, 2, 3]


async def test_pages_of_a_filtered_list(api: Api) -> None:
    await api.call("POST", "/domains", json={"domains": [f"d{n}.test" for n in range(7)]})
    api.rows(
        "UPDATE domains SET title = 'Company', status = 'completed', has_email = true,"
        " technologies = '[{\"name\": \"Nginx\"}]', last_crawled_at = '2026-11-01T00:00Z'"
        " WHERE domain <> 'd3.test'"
    )
    params: dict[str, Any] = {
        "status": "completed",
        "has": "email",
        "technology": "Nginx",
        "words": "company",
        "text": "d",
        "crawled_after": "2026-10-01T00:00:00+02:00",
        "limit": 2,
    }
    seen: list[str] = []
    while True:
        answer = await api.call("GET", "/domains", params=params)
        seen += [row["domain"] for row in answer["data"]]
        if answer["next"] is None:
            break
        params["after"] = answer["next"]
    assert seen == [f"d{n}.test" for n in range(7) if n != 3]


async def test_one_domain_with_everything(api: Api) -> None:
    body = {"domains": "a.test"}
    [added] = (await api.call("POST", "/domains", json=body))["data"]["domains"]
    api.rows(
        "INSERT INTO contacts (id, domain_id, kind, value, source, page_url, confidence,"
        " first_seen_at, last_seen_at) VALUES (gen_random_uuid(), %s, 'email', 'x@a.test',"
        " 'mailto', 'https://a.test/', 0.9, now(), now())",
        added["id"],
    )
    api.rows(
        "UPDATE domains SET content_hash = '\\xff00', ip = '203.0.113.7',"
        ' addresses = \'[{"country": "DE"}]\''
    )
    found = (await api.call("GET", f"/domains/{added['id']}"))["data"]
    assert (found["domain"], found["content_hash"]) == ("a.test", "ff00")
    assert (found["ip"], found["country"]) == ("203.0.113.7", "DE")
    assert [contact["value"] for contact in found["contacts"]] == ["x@a.test"]
    assert (found["sitemaps"], found["crawls"]) == (0, [])


async def test_deciding_about_one(api: Api) -> None:
    await api.call("POST", "/domains", json={"domains": "a.test"})
    [(_, one)] = (await api.ids()).items()
    change = {"sitemap_curation_status": "Selected", "notes": "Call them"}
    found = (await api.call("PATCH", f"/domains/{one}", json=change))["data"]
    assert (found["sitemap_curation_status"], found["notes"]) == ("Selected", "Call them")
    assert (found["sitemap_analysis_status"], found["curation_status"]) == ("queued", "New")
    found = (await api.call("PATCH", f"/domains/{one}", json={"notes": None}))["data"]
    assert (found["notes"], found["sitemap_curation_status"]) == (None, "Selected")
    assert list(await api.ids(sitemap_analysis="queued")) == ["a.test"]


async def test_deciding_about_many(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PIECE", 3)
    await api.call("POST", "/domains", json={"domains": [f"d{n}.test" for n in range(10)]})
    every = {"filter": {"text": "d", "curation": "New"}, "set": {"curation_status": "Archived"}}
    answer = await api.call("PATCH", "/domains", json=every)
    assert (answer["data"], answer["next"]) == ({"changed": 10}, None)
    assert len(await api.ids(curation="Archived")) == 10
    some = [*list((await api.ids()).values())[:4], str(uuid4())]
    body = {"ids": some, "set": {"sitemap_curation_status": "Selected"}}
    answer = await api.call("PATCH", "/domains", json=body)
    assert (answer["data"], answer["next"]) == ({"changed": 4}, None)
    assert len(await api.ids(sitemap_analysis="queued")) == 4


async def test_many_are_bounded_in_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PIECE", 3)
    ticks = iter(range(1_000_000))
    monkeypatch.setattr(service, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(service, "SECONDS", 2.0)  # two pieces
    await api.call("POST", "/domains", json={"domains": [f"d{n}.test" for n in range(8)]})
    body: dict[str, Any] = {"filter": {"text": "d"}}
    counts = []
    while True:
        answer = await api.call("POST", "/domains/delete", json=body)
        counts.append(answer["data"]["deleted"])
        if answer["next"] is None:
            break
        body["after"] = answer["next"]
    assert counts == [3, 3, 2]
    assert await api.ids() == {}


async def test_a_large_domain_goes_in_several_requests(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapersky.db.domains.MOST_PAGES", 2)
    ticks = iter(range(1_000_000))
    monkeypatch.setattr(service, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(service, "SECONDS", 2.0)
    await api.call("POST", "/domains", json={"domains": "a.test"})
    [(_, one)] = (await api.ids()).items()
    api.rows(
        "INSERT INTO pages (id, domain_id, url, first_seen_at, last_seen_at) SELECT"
        " gen_random_uuid(), %s, 'https://a.test/' || n, now(), now() FROM generate_series(1, 3) n",
        one,
    )
    first = await api.call("DELETE", f"/domains/{one}")
    assert (first["data"], bool(first["next"])) == ({"deleted": 0}, True)
    second = await api.call("DELETE", f"/domains/{one}")
    assert (second["data"], second["next"]) == ({"deleted": 1}, None)
    assert api.rows("SELECT 1 FROM pages") == []
    assert (await api.refused("DELETE", f"/domains/{one}"))[0] == 404


WRONG: list[tuple[str, str, Any, str]] = [
    ("POST", "/domains", {}, "domains"),
    ("POST", "/domains", {"domains": []}, "domains"),
    ("POST", "/domains", {"domains": [1]}, "domains"),
    ("POST", "/domains", {"domains": "a\0b"}, "domains"),
    ("PATCH", "/domains", {"set": {"notes": "x"}}, "either ids or filter"),
    ("PATCH", "/domains", {"ids": [], "set": {"notes": "x"}}, "ids"),
    ("PATCH", "/domains", {"filter": {"colour": 1}, "set": {"notes": "x"}}, "colour"),
    ("PATCH", "/domains", {"filter": {}, "set": {}}, "nothing to set"),
    ("PATCH", "/domains", {"filter": {}, "set": {"curation_status": "Nice"}}, "curation_status"),
    ("POST", "/domains/delete", {"filter": {}}, "all domains"),
    ("POST", "/domains/delete", {"filter": {"status": None}}, "all domains"),
    ("POST", "/domains/delete", {"ids": ["x"]}, "ids"),
    ("GET", "/domains?status=new", None, "status"),
    ("GET", "/domains?colour=red", None, "colour"),
    ("GET", "/domains?limit=0", None, "limit"),
    ("GET", "/domains?country=Germany", None, "country"),
    ("GET", "/domains?crawled_after=2026-01-01", None, "crawled_after"),
    ("GET", "/domains?words=%00", None, "NUL"),
    ("GET", "/domains/00000000-0000-0000-0000-000000000000", None, "zero UUID"),
    ("GET", "/domains/import", None, "domain_id"),
    ("GET", "/contacts?domain=???", None, "domain"),
    ("GET", "/contacts?min_confidence=2", None, "min_confidence"),
    ("GET", "/contacts?min_confidence=nan", None, "min_confidence"),
    ("GET", "/contacts?type=owl", None, "type"),
]


async def test_what_is_wrong_is_said(api: Api) -> None:
    for method, path, body, says in WRONG:
        options = {} if body is None else {"json": body}
        status, detail = await api.refused(method, path, **options)
        assert status == 422, (path, body, detail)
        assert says in detail, (path, body)
    for method, path in (
        ("GET", f"/domains/{uuid4()}"),
        ("DELETE", f"/domains/{uuid4()}"),
        ("GET", f"/contacts/{uuid4()}"),
        ("DELETE", f"/contacts/{uuid4()}"),
    ):
        assert (await api.refused(method, path))[0] == 404
    status, _ = await api.refused("PATCH", f"/domains/{uuid4()}", json={"notes": "x"})
    assert status == 404


async def test_contacts(api: Api) -> None:
    [added] = (await api.call("POST", "/domains", json={"domains": "a.test"}))["data"]["domains"]
    api.rows("UPDATE domains SET has_email = true, has_phone = true")
    for kind, value in (("email", "info@a.test"), ("email", "x@a.test"), ("phone", "+4930123")):
        api.rows(
            "INSERT INTO contacts (id, domain_id, kind, value, source, page_url, confidence,"
            " type, region, first_seen_at, last_seen_at) VALUES (gen_random_uuid(), %s, %s, %s,"
            " 'text', 'https://a.test/', 0.9, 'fixed', 'DE', now(), now())",
            added["id"],
            kind,
            value,
        )
    params = {"domain": "https://a.test/", "text": "info@", "kind": "email"}
    [row] = (await api.call("GET", "/contacts", params=params))["data"]
    assert (row["value"], row["domain"]) == ("info@a.test", "a.test")
    shown = (await api.call("GET", f"/contacts/{row['id']}"))["data"]
    assert (shown["domain_id"], shown["value"]) == (added["id"], "info@a.test")
    [phone] = (await api.call("GET", "/contacts", params={"region": "de", "type": "fixed"}))["data"]
    for one in (row, phone):
        assert (await api.call("DELETE", f"/contacts/{one['id']}"))["data"] == {"deleted": 1}
    assert await api.ids(has="email") == {"a.test": added["id"]}
    assert await api.ids(has="phone") == {}
