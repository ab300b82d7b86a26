"""The project as an egg, on a Scrapyd that knows nothing of it."""

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from api_stage import System
from support import ROOT, company, wait_until

from scrapersky.arguments import SPIDERS

pytestmark = pytest.mark.slow

PARTS = ("scrapersky", "spiders", "pipelines", "api", "migrations")
FILES = ("pyproject.toml", "setup.py", "README.md", "scrapy.cfg")


@dataclass
class BareScrapyd:
    """A Scrapyd in an empty folder, with the project's dependencies and without the project."""

    python: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def projects(self) -> list[str]:
        try:
            said = httpx2.get(f"{self.url}/listprojects.json", trust_env=False).json()
        except httpx2.HTTPError:
            return []
        return [said["status"], *said["projects"]]


@pytest.fixture
def bare(system: System, tmp_path: Path) -> Iterator[BareScrapyd]:
    made = BareScrapyd(bare_python(tmp_path / "bare"), tmp_path / "empty", system.node_ports[0])
    made.folder.mkdir()
    (made.folder / "scrapyd.conf").write_text(
        f"[scrapyd]\nhttp_port = {made.port}\npoll_interval = 0.2\n"
    )
    # What a worker needs to know of; the rest is as it comes.
    names = ("DATABASE_URL", "SCRAPERSKY_CONNECT_TO", "SCRAPERSKY_HOME", "PATH")
    environment = {name: value for name, value in system.environment.items() if name in names}
    with (tmp_path / "scrapyd.log").open("wb") as log:
        process = subprocess.Popen(
            [made.python, "-m", "scrapyd", "--pidfile="],
            cwd=made.folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: made.projects() == ["ok"])
        yield made
    finally:
        process.terminate()
        process.wait()


def bare_python(folder: Path) -> Path:
    """An environment that has this one's packages, but not what is installed to be edited."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", vars=paths))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = folder / "bin" / "python"
    tried = subprocess.run(
        [python, "-c", "import scrapyd, scrapersky"], cwd=folder, capture_output=True, check=False
    )
    assert b"No module named 'scrapersky'" in tried.stderr, "the project itself would be used"
    return python


def deploy(bare: BareScrapyd, folder: Path) -> str:
    """Builds the egg and sends it. Returns what Scrapyd answered."""
    folder.mkdir()
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    configuration = (folder / "scrapy.cfg").read_text()
    assert "http://localhost:6800/" in configuration
    (folder / "scrapy.cfg").write_text(configuration.replace("http://localhost:6800", bare.url))
    done = subprocess.run(
        [sys.executable, "-m", "scrapyd_client.deploy"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_egg_on_a_bare_scrapyd(bare: BareScrapyd, system: System, tmp_path: Path) -> None:
    said = deploy(bare, tmp_path / "copy")
    assert f'"spiders": {len(SPIDERS)}' in said
    [egg] = (bare.folder / "eggs" / "scrapersky").iterdir()
    assert_whole(egg)
    for name in ("a.test", "b.test"):
        system.crawl.web.web.add(name, company(name))
    answer = httpx2.post(
        f"{bare.url}/schedule.json",
        data={"project": "scrapersky", "spider": "homepage", "domains": "a.test,b.test"},
        trust_env=False,
        timeout=60,
    )
    assert answer.json()["status"] == "ok", answer.text
    system.crawl.wait("SELECT 1 FROM jobs WHERE state = 'completed'")
    job = system.crawl.job()
    assert (job["targets_completed"], job["source"]) == (2, "domains")
    assert system.crawl.domain("a.test")["title"] == "a.test"
    # The API may have it as a node like any other.
    system.start_api()
    system.wait_state(system.submit("b.test"), "completed")
    [node] = system.call("GET", "/nodes")["data"]
    assert (node["reachable"], node["slots"]) == (True, 2)


def assert_whole(egg: Path) -> None:
    """It has every file of the packages."""
    packed = set(zipfile.ZipFile(egg).namelist())
    ours = {
        path.relative_to(ROOT).as_posix()
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours - packed == set()
