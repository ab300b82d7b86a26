"""`scrapersky demo`, as people use it."""

import http.client
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

from support import ROOT, Crawl

from scrapersky.cli.demo import SAMPLES
from scrapersky.db import embedded
from scrapersky.demo.companies import COMPANIES, DEMO_DOMAINS
from scrapersky.net.connect_to import ConnectTo

DEMO = [sys.executable, "-m", "scrapersky.cli.app", "demo"]
# The same with few domains, none of which takes its time.
BRIEFLY = f"""
from scrapersky.cli import demo
demo.DEMO_DOMAINS[:] = {[*SAMPLES, "burnt-toast.test"]!r}
demo.demo(quiet=True)
"""


def test_domains_are_a_list_for_a_crawl(crawl: Crawl) -> None:
    assert crawl.command("demo", "--domains").splitlines() == DEMO_DOMAINS


def test_it_serves_until_ctrl_c() -> None:
    with subprocess.Popen(
        [*DEMO, "--serve"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        said = ""
        while "--file -" not in said:
            said += process.stdout.readline()
        found = re.search(r"^export SCRAPERSKY_CONNECT_TO='(.+)'$", said, flags=re.MULTILINE)
        assert found
        where = ConnectTo.parse(found[1]).lookup("brot-und-donner.test", 80)
        assert where
        assert f"http on port {where[1]}," in said
        assert f"http://localhost:{where[1]}/" in said
        connection = http.client.HTTPConnection(*where, timeout=5)
        connection.request("GET", "/", headers={"Host": "localhost"})
        assert connection.getresponse().read().count(b"<li>") == len(COMPANIES)
        connection.close()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_a_port_that_is_taken_is_said(crawl: Crawl) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        said = crawl.command("demo", "--serve", "--http-port", port, status=2)
    assert said.startswith("scrapersky: The web cannot be served: ")
    assert port in said


def test_it_shows_samples_and_leaves_the_database_alone(crawl: Crawl, tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {**crawl.environment, "SCRAPERSKY_HOME": str(home), "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", BRIEFLY],
        cwd=ROOT,
        env=environment | {"DATABASE_URL": crawl.url, "scrapersky_database_url": crawl.url},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    embedded.reset(home)
    assert (done.returncode, done.stderr) == (0, "")
    for name in SAMPLES:
        assert f"\n{name}  completed\n" in done.stdout
    for shown in ("Bäckerei", "雲まくら製作所", "lair@dragon-dental.test", "+493023125014"):
        assert shown in done.stdout
    assert 'make crawl DOMAINS="example.com example.org"' in done.stdout
    assert "scrapersky crawl example.com\n" in done.stdout
    assert crawl.rows("SELECT 1 FROM domains") == []
