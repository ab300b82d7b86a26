"""Scrapy's own commands work here as everywhere."""

import subprocess
import sys

from support import ROOT, Crawl, company


def scrapy(crawl: Crawl, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT,
        env=crawl.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_list(crawl: Crawl) -> None:
    assert scrapy(crawl, "list").split() == ["homepage", "sitemap"]


def test_shell(crawl: Crawl) -> None:
    crawl.web.web.add("a.test", company("Looked at"))
    command = "print(response.status, response.css('title::text').get())"
    assert "200 Looked at" in scrapy(crawl, "shell", "https://a.test/", "-c", command)


def test_a_feed_on_standard_output(crawl: Crawl) -> None:
    crawl.web.web.add("a.test", company("Piped"))
    shown = scrapy(crawl, "crawl", "homepage", "-a", "domains=a.test", "-O", "-:jsonlines")
    assert '"title": "Piped"' in shown
    assert len(shown.splitlines()) == 1
