"""robots.txt: what each answer means, and how often it is asked for."""

import pytest
from support import Crawl

from scrapersky.demo.site import Answer, Redirect, Response, Site, page, text

HOME = page("<title>Home</title><p>Welcome</p>")
FORBIDDEN = "User-agent: *\nDisallow: /"


@pytest.mark.parametrize(
    ("robots", "code"),
    [
        (text("User-agent: *\nDisallow: /private"), None),
        (text(""), None),
        (text("no such thing"), None),
        (text(FORBIDDEN), "robots"),
        (text(f"\ufeff{FORBIDDEN}"), "robots"),
        (text("User-agent: scrapersky\nDisallow: /\n\nUser-agent: *\nAllow: /"), "robots"),
        (text("User-agent: ScraperSky\nAllow: /\n\nUser-agent: *\nDisallow: /"), None),
        (text("User-agent: *\nDisallow: /\nAllow: /$"), None),
        (text("#" * 600_000 + f"\n{FORBIDDEN}"), None),  # beyond the 500 KiB that are read
        (text(FORBIDDEN, status=404), None),
        (text(FORBIDDEN, status=401), None),
        (text(FORBIDDEN, status=429), "robots_unreachable"),
        (text("", status=503), "robots_unreachable"),
        (Response(200, {"Content-Type": "text/plain"}, b"\xff\xfe\x00Disallow\x00"), None),
        (Redirect("/robots2.txt"), "robots"),
        (Redirect("/robots.txt"), None),  # for ever: taken as unavailable
    ],
)
def test_what_an_answer_means(crawl: Crawl, robots: Answer, code: str | None) -> None:
    paths = {"/": HOME, "/robots.txt": robots, "/robots2.txt": text(FORBIDDEN)}
    crawl.web.web.add("site.test", Site(paths=paths))
    crawl.run("domains=site.test", RETRY_ATTEMPTS=1)
    assert crawl.domain("site.test")["error_code"] == code
    assert crawl.fetched("/") == ([] if code else ["site.test"])


def test_one_site_is_asked_once(crawl: Crawl) -> None:
    names = [f"leads-there-{number}.test" for number in range(8)]
    for name in names:
        crawl.web.web.add(name, Site(default=Redirect("https://hub.test/"), robots=""))
    crawl.web.web.add("hub.test", Site(paths={"/": HOME}, robots="User-agent: *\nAllow: /"))
    crawl.run(f"domains={','.join(names)}")
    assert crawl.fetched("/robots.txt").count("hub.test") == 1
    assert crawl.fetched("/").count("hub.test") == len(names)


def test_a_dead_host_is_asked_once_a_url(crawl: Crawl) -> None:
    """Who has no answer for robots.txt is not asked for the homepage too."""
    crawl.run("domains=nobody.invalid", RETRY_ATTEMPTS=1)
    assert crawl.domain("nobody.invalid")["error_code"] == "dns"
    assert crawl.web.requests == []
