"""A Scrapyd that runs this project in place: its directory, its files, its command."""

import os
import sys
from pathlib import Path

from scrapersky.config import Config

CONFIGURATION = """\
# Written by `scrapersky node` at each start; {repository} is for those who start Scrapyd by hand.
[scrapyd]
bind_address = {host}
http_port = {port}
max_proc = {slots}
poll_interval = 0.2
logs_dir = logs
eggs_dir = eggs
dbs_dir = dbs
items_dir =
jobs_to_keep = 1000
finished_to_keep = 1000
jobstorage = scrapyd.jobstorage.SqliteJobStorage
launcher = scrapersky.node.launcher.Launcher

[services]
workers.json = scrapersky.node.services.Workers
signal.json = scrapersky.node.services.Signal
"""
PROJECT = """\
[settings]
default = scrapersky.settings
scrapersky = scrapersky.settings
"""


def prepare(config: Config, *, host: str, port: int, slots: int) -> Path:
    """Writes the directory that Scrapyd runs in. Returns it."""
    folder = (config.home / "node").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    text = CONFIGURATION.format(
        host=host, port=port, slots=slots or os.cpu_count() or 1, repository="scrapyd.conf"
    )
    (folder / "scrapyd.conf").write_text(text)
    (folder / "scrapy.cfg").write_text(PROJECT)
    return folder


def command() -> list[str]:
    """How to start it, in its directory."""
    return [sys.executable, "-m", "scrapyd", "--pidfile="]


def environment(config: Config) -> dict[str, str]:
    """What it, and its workers, see: the same as here, wherever they run."""
    return {**os.environ, "SCRAPERSKY_HOME": str(config.home.resolve())}
