"""`scrapersky sitemap`, as it is typed: files, URLs, and what cannot be read."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import ROOT

from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Behaviour, Drip, Hang, Redirect, Response, Site, text

SITEMAP = (
    "<urlset><url><loc>/a</loc><lastmod>2024-01-02</lastmod></url><url><loc>/b</loc></url></urlset>"
)


def run(*arguments: str, status: int = 0, connect_to: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "scrapersky.cli.app", "sitemap", *arguments],
        cwd=ROOT,
        env={"SCRAPERSKY_CONNECT_TO": connect_to, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status < 2 else done.stderr


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A plain file, a packed one, and a page."""
    contents = {"s.xml": SITEMAP.encode(), "p": gzip.compress(SITEMAP.encode()), "h": b"<html/>"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in contents]


def test_one_line_a_file(files: list[str]) -> None:
    plain, packed, page = lines(run("parse", "--jsonl", "--base", "https://a.test/x", *files))
    assert plain == {
        "file": files[0],
        "kind": "urlset",
        "urls": ["https://a.test/a", "https://a.test/b"],
        "lastmods": 1,
        "error": None,
        "generator": None,
        "problems": {},
    }
    assert packed == {**plain, "file": files[1]}
    assert (page["urls"], page["kind"], page["error"]) == ([], "html", "not_a_sitemap")


def test_without_a_base_relative_urls_are_left_out(files: list[str]) -> None:
    [plain] = lines(run("parse", "--jsonl", files[0]))
    assert (plain["urls"], plain["problems"]) == ([], {"bad_url": 2})


def test_a_table_for_people(files: list[str]) -> None:
    shown = run("parse", "--base", "https://a.test/", *files)
    assert "urlset" in shown
    assert "not_a_sitemap" in shown


def test_what_cannot_be_read_stops_nothing(files: list[str]) -> None:
    missing = f"{files[0]}.gone"
    gone, plain = lines(run("parse", "--jsonl", missing, files[0], status=1))
    assert gone["error"].endswith("cannot be read: No such file or directory.")
    assert plain["kind"] == "urlset"


def test_robots(tmp_path: Path) -> None:
    file = tmp_path / "robots.txt"
    file.write_text("Sitemap: /1.xml\n# Sitemap: /no\nsitemap : https://b.test/2.xml\n", "utf-8")
    [found] = lines(run("robots", str(file), "--jsonl", "--base", "https://a.test/robots.txt"))
    assert found["urls"] == ["https://a.test/1.xml", "https://b.test/2.xml"]
    assert found["kind"] == "robots"


def test_urls(web: DemoServerThread) -> None:
    packed = Response(200, {"Content-Type": "application/x-gzip"}, gzip.compress(SITEMAP.encode()))
    paths: dict[str, Response | Behaviour] = {
        "/s.xml.gz": packed,
        "/old.xml": Redirect("https://www.a.test/s.xml.gz"),
        "/loop.xml": Redirect("/loop.xml"),
        "/far.xml": Redirect("http://127.0.0.1/s.xml"),
    }
    web.web.add("a.test", Site(paths=paths, robots="Sitemap: /s.xml.gz"))
    names = ["s.xml.gz", "old.xml", "loop.xml", "far.xml", "gone.xml"]
    urls = [f"http://a.test/{name}" for name in names]
    read = lines(run("parse", "--jsonl", *urls, status=1, connect_to=web.connect_to))
    assert [len(line["urls"]) for line in read] == [2, 2, 0, 0, 0]
    assert "more than 5 redirects" in read[2]["error"]
    assert "no address on the public internet" in read[3]["error"]
    assert "status 404" in read[4]["error"]
    url = "https://a.test/robots.txt"
    [robots] = lines(run("robots", "--jsonl", url, connect_to=web.connect_to))
    assert robots["urls"] == ["https://a.test/s.xml.gz"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0x7f.1"])
def test_private_addresses_are_not_asked(host: str) -> None:
    [refused] = lines(run("parse", "--jsonl", f"http://{host}/s.xml", status=1))
    assert "cannot be fetched" in refused["error"]
    assert "refused" not in refused["error"]


def test_it_takes_no_longer_than_it_may(
    web: DemoServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scrapersky.config import get_config
    from scrapersky.errors import InputError
    from scrapersky.net.fetch import fetch

    web.web.add("a.test", Site(paths={"/hang": Hang(), "/drip": Drip(text("x" * 10_000))}))
    monkeypatch.setenv("SCRAPERSKY_CONNECT_TO", web.connect_to)
    get_config.cache_clear()
    try:
        for path in ("hang", "drip"):
            with pytest.raises(InputError, match="cannot be fetched"):
                list(fetch(f"http://a.test/{path}", seconds=0.5))
    finally:
        get_config.cache_clear()
