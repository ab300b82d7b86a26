"""`scrapersky extract`: pages from files, from standard input, from the web."""

import json
import subprocess
import sys
from pathlib import Path

from support import ROOT, Crawl, company

KEYS = {"file", "emails", "phones", "social", "title", "description", "language", "favicon", "ms"}
PAGE = '<title>Bakery</title><a href="mailto:info@bakery.com">write</a>'


def extract(*arguments: object, text: str = "", status: int = 0, cwd: Path = ROOT) -> str:
    """Without any database."""
    done = subprocess.run(
        [sys.executable, "-m", "scrapersky.cli.app", "extract", *map(str, arguments)],
        cwd=cwd,
        env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "PYTHONPATH": str(ROOT)},
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def test_standard_input() -> None:
    record = json.loads(extract("-", "--url", "https://bakery.com/", text=PAGE))
    assert record.keys() >= KEYS
    assert (record["file"], record["title"]) == ("-", "Bakery")
    assert record["emails"] == ["info@bakery.com"]
    assert record["favicon"] == "https://bakery.com/favicon.ico"
    assert record["contacts"][0]["source"] == "mailto"


def test_many_files(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text(PAGE)
    (tmp_path / "a.html").write_bytes(b"\xff\xfe\x00")
    index = tmp_path / "index.tsv"
    index.write_text("file\tsource\turl\nb.html\tx\thttps://b.com/\na.html\tx\thttps://a.com/\n")
    lines = extract("--jsonl", "b.html", "gone.html", "a.html", "--index", index, cwd=tmp_path)
    found = [json.loads(line) for line in lines.splitlines()]
    assert [record["file"] for record in found] == ["b.html", "gone.html", "a.html"]
    assert found[0]["favicon"] == "https://b.com/favicon.ico"
    assert "cannot be read: No such file" in found[1]["error"]
    alone = extract("--jsonl", "--index", index, cwd=tmp_path)
    assert [json.loads(line)["file"] for line in alone.splitlines()] == ["b.html", "a.html"]


def test_pages_without_an_address(tmp_path: Path) -> None:
    page = f'<link rel="canonical" href="https://bakery.com/start">{PAGE}'
    assert json.loads(extract("-", text=page))["favicon"] == "https://bakery.com/favicon.ico"
    assert json.loads(extract("-", text=PAGE))["favicon"] == "http://localhost/favicon.ico"
    (tmp_path / "a.html").write_text(page)
    index = tmp_path / "index.tsv"
    for url in ("/contact/", "bakery.com/x", ""):
        index.write_text(f"file\turl\na.html\t{url}\n")
        record = json.loads(extract("a.html", "--index", index, cwd=tmp_path))
        assert record["favicon"].endswith("//bakery.com/favicon.ico")


def test_addresses(crawl: Crawl) -> None:
    crawl.web.web.add("bakery.test", company("Bakery"))
    record = json.loads(crawl.command("extract", "https://bakery.test/"))
    assert record["title"] == "Bakery"
    assert "The name does not exist" in crawl.command("extract", "http://gone.invalid/", status=2)
    assert "not on the public" in crawl.command("extract", "http://10.0.0.1/", status=2)


def test_mistakes(tmp_path: Path) -> None:
    assert "Name a file" in extract(status=2)
    assert "cannot be read" in extract(tmp_path / "gone.html", status=2)
    assert "cannot be read" in extract(tmp_path, status=2)
    (tmp_path / "index.tsv").write_text("name\turl\n")
    assert "no columns named" in extract("--index", tmp_path / "index.tsv", status=2)
