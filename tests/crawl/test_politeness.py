"""How close together a site is asked, and when again."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from support import Crawl, company

from scrapersky.demo.site import Port, Response, Site, page
from scrapersky.middlewares.visit import retry_after

HOME = page("<title>Home</title><p>Welcome</p>")


def gaps(crawl: Crawl) -> list[float]:
    """Seconds between two requests to one site, www. and apex together."""
    times = defaultdict(list)
    for request in crawl.web.requests:
        times[request.host.removeprefix("www.")].append(request.time)
    return [later - sooner for seen in times.values() for sooner, later in pairwise(seen)]


def test_a_delay_holds_over_workers_and_jobs(shared: Crawl) -> None:
    """Two jobs with the same hosts, two workers each."""
    names = [f"p{number}.test" for number in range(12)]
    for name in names:
        shared.web.web.add(name, company(name))
    jobs = [
        shared.start(f"domains={','.join(order)}", DOMAIN_TIME_LIMIT=30, DOWNLOAD_DELAY=0.6)
        for order in (names, names[::-1])
    ]
    shared.wait("SELECT 1 FROM jobs WHERE state <> 'pending' HAVING count(*) = 2")
    jobs += [
        shared.start(f"job={row['id']}", DOMAIN_TIME_LIMIT=30, DOWNLOAD_DELAY=0.6)
        for row in shared.rows("SELECT id FROM jobs")
    ]
    logs = [process.communicate(timeout=120)[1] for process in jobs]
    assert [process.returncode for process in jobs] == [0, 0, 0, 0], logs
    assert sorted(shared.fetched("/")) == sorted(names * 2)
    found = gaps(shared)
    assert len(found) == 12 * 3
    assert min(found) >= 0.57


def test_crawl_delay(crawl: Crawl) -> None:
    robots = "User-agent: *\nCrawl-delay: 0.7\n"
    crawl.web.web.add("slow.test", Site(paths={"/": HOME}, robots=robots))
    crawl.web.web.add(
        "capped.test", Site(paths={"/": HOME}, robots="User-agent: *\nCrawl-delay: 99")
    )
    crawl.web.web.add("odd.test", Site(paths={"/": HOME}, robots="User-agent: *\nCrawl-delay: nan"))
    crawl.run("domains=slow.test,capped.test,odd.test", CRAWL_DELAY_LIMIT=1)
    assert crawl.job()["targets_completed"] == 3
    waited = {}
    for name in ("slow.test", "capped.test"):
        first, second = (r.time for r in crawl.web.requests if r.host == name)
        waited[name] = second - first
    assert waited["slow.test"] >= 0.65
    assert 0.95 <= waited["capped.test"] < 60


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("5", 5), (" 120 ", 120), ("", 0), ("-3", 0), ("soon", 0), ("1e9", 0), ("9" * 50, 0)],
)
def test_retry_after_in_seconds(given: str, seconds: float) -> None:
    assert retry_after(given) == seconds


def test_retry_after_as_a_date() -> None:
    then = datetime.now(UTC) + timedelta(seconds=90)
    assert 80 < retry_after(format_datetime(then, usegmt=True)) <= 90
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("Wed, 21 Oct 99999999 07:28:00 GMT") == 0


def test_a_site_says_when_to_come_back(crawl: Crawl) -> None:
    for name, seconds in (("soon.test", 2), ("never.test", 5000)):
        headers = {"Content-Type": "text/html", "Retry-After": str(seconds)}
        busy = Response(429, headers, b"<p>Busy</p>")
        crawl.web.web.add(name, Site(paths={"/": busy}, robots="", https=Port.REFUSED))
    crawl.run("domains=soon.test,never.test", RETRY_DELAY=0.1, RETRY_ATTEMPTS=2)
    times = [r.time for r in crawl.web.requests if (r.host, r.path) == ("soon.test", "/")]
    assert len(times) == 2
    assert times[1] - times[0] >= 1.9
    assert crawl.fetched("/").count("never.test") == 1
    assert crawl.domain("never.test")["error_code"] == "rate_limited"
