"""Where the homepage says not how to reach its owner, other pages of the site may."""

import pytest
from support import Crawl

from scrapersky.demo.site import Hang, Redirect, Site, page

HOME = """<title>Rye Bakery</title><p>Bread since 1887, every morning but Monday.</p>
<a href="mailto:info@rye.test">write</a><a href="/about-us">About us</a>
<a href="/contact#map">Contact</a><a href="https://elsewhere.test/contact">Contact</a>
<a href="/imprint">Imprint</a>"""
CONTACT = """<title>Contact</title><a href="tel:+49 731 1234567">call</a>
<a href="mailto:info@rye.test">write</a><p>Rye Bakery, Bäckergasse 1, 89073 Ulm, Germany</p>"""
NOTHING = "<title>Nothing</title><p>Nothing to see."

CONTACTS = """SELECT kind, value, type, region, page_url, also_on, details FROM contacts c
 JOIN domains d ON d.id = c.domain_id WHERE domain = 'rye.test' ORDER BY kind"""


def site(**pages: str) -> Site:
    paths = {f"/{name.replace('_', '-')}": page(html) for name, html in pages.items()}
    return Site(paths={"/": page(HOME), **paths})


def test_until_there_is_an_address_and_a_number(crawl: Crawl) -> None:
    crawl.web.web.add("rye.test", site(contact=CONTACT, about_us=CONTACT))
    crawl.run("domains=rye.test")
    email, phone = crawl.rows(CONTACTS)
    assert (email["value"], email["type"]) == ("info@rye.test", "role")
    assert email["page_url"] == "https://rye.test/"
    assert email["also_on"] == ["https://rye.test/contact"]
    assert email["details"] == {"own_domain": True}
    assert (phone["value"], phone["type"], phone["region"]) == ("+497311234567", "fixed", "DE")
    assert (phone["page_url"], phone["also_on"]) == ("https://rye.test/contact", None)
    assert crawl.fetched("/contact") == ["rye.test"]
    assert crawl.fetched("/about-us") == crawl.fetched("/imprint") == []
    row = crawl.domain("rye.test")
    assert row["title"] == "Rye Bakery"
    assert row["addresses"][0]["postal_code"] == "89073"
    assert {link["kind"] for link in row["contact_links"]} == {"contact", "imprint", "about"}


def test_so_many_and_no_more(crawl: Crawl) -> None:
    crawl.web.web.add("rye.test", site(contact=NOTHING, imprint=NOTHING, about_us=CONTACT))
    crawl.run("domains=rye.test")
    assert [contact["kind"] for contact in crawl.rows(CONTACTS)] == ["email"]
    assert crawl.fetched("/contact") == crawl.fetched("/imprint") == ["rye.test"]
    assert crawl.fetched("/about-us") == []
    crawl.run("domains=rye.test", CONTACT_PAGES=0)
    assert crawl.fetched("/contact") == ["rye.test"]


@pytest.mark.parametrize("answer", [Hang(), Redirect("/contact"), page("", status=500)])
def test_a_page_that_fails_costs_nothing_else(crawl: Crawl, answer: object) -> None:
    broken = site(imprint=CONTACT)
    broken.paths["/contact"] = answer  # type: ignore[assignment]
    crawl.web.web.add("rye.test", broken)
    crawl.run("domains=rye.test", DOWNLOAD_TIMEOUT=2)
    assert crawl.domain("rye.test")["status"] == "completed"
    assert [contact["kind"] for contact in crawl.rows(CONTACTS)] == ["email", "phone"]


def test_robots_txt_counts_there_too(crawl: Crawl) -> None:
    guarded = site(contact=CONTACT, imprint=CONTACT)
    guarded.robots = "User-agent: *\nDisallow: /contact\n"
    crawl.web.web.add("rye.test", guarded)
    crawl.run("domains=rye.test")
    assert crawl.fetched("/contact") == []
    assert [contact["kind"] for contact in crawl.rows(CONTACTS)] == ["email", "phone"]


def test_the_time_limit_loses_no_homepage(crawl: Crawl) -> None:
    slow = site()
    slow.paths["/contact"] = slow.paths["/imprint"] = Hang()
    crawl.web.web.add("rye.test", slow)
    crawl.run("domains=rye.test", DOMAIN_TIME_LIMIT=12, DOWNLOAD_TIMEOUT=60)
    assert crawl.domain("rye.test")["status"] == "completed"
