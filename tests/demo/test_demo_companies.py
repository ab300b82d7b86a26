import codecs
import gzip
import json
import re
from collections.abc import Iterator

import pytest
from demo_client import get
from parsel import Selector
from phonenumbers import is_possible_number, parse

from scrapersky.demo.companies import COMPANIES, DEMO_DOMAINS, DEMO_OUTCOMES, demo_web
from scrapersky.demo.company import Company
from scrapersky.demo.server import DemoServerThread
from scrapersky.outcomes import ErrorCode

# What no site on loopback can show, or only by the limits of the crawler that visits it.
NOT_SHOWN = {
    ErrorCode.DNS_TEMPORARY,
    ErrorCode.PRIVATE_ADDRESS,
    ErrorCode.UNREACHABLE,
    ErrorCode.TIME_LIMIT,
    ErrorCode.UNWRITABLE,
    ErrorCode.INTERNAL,
}
# Ranges that regulators keep for films and books.
FICTION = re.compile(
    r"\+44(2079460|1134960|1184960|1314960|2920180|2896496|1632960|7700900)\d{3}|"
    r"\+1[2-9]\d\d55501\d\d|\+49(3023125|2214710|4066969)\d{3}|"
    r"\+33(199|26191|35301|46571|53649)\d+|\+6125550\d{4}|\+468465004\d\d"
)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServerThread]:
    with DemoServerThread(demo_web()) as running:
        yield running


def _host(company: Company) -> str:
    return company.domain.encode("idna").decode()


def _home(server: DemoServerThread, company: Company) -> str:
    answer = get(server, _host(company))
    while answer.status == 503:
        answer = get(server, _host(company))
    assert answer.status == 200
    if answer.headers["Content-Encoding"] == "gzip":
        answer.body = gzip.decompress(answer.body)
    return answer.body.decode(company.charset)


def test_there_is_a_domain_for_each_way_to_fail() -> None:
    shown = {code for code in DEMO_OUTCOMES.values() if code}
    assert shown == set(ErrorCode) - NOT_SHOWN


def test_the_domains_are_many_and_of_names_that_never_exist() -> None:
    assert len(set(DEMO_DOMAINS)) == len(DEMO_DOMAINS) >= 40
    assert {domain.rpartition(".")[2] for domain in DEMO_DOMAINS} == {"test", "invalid"}


def test_languages_and_charsets_are_varied() -> None:
    assert {"de", "fr", "es", "it", "ja", "ru", "ar", "pl", "pt", "en"} <= {
        company.lang for company in COMPANIES
    }
    assert len({codecs.lookup(company.charset).name for company in COMPANIES}) == 6


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.domain)
def test_a_company_has_a_homepage(server: DemoServerThread, company: Company) -> None:
    text = _home(server, company)
    tree = Selector(text)
    assert tree.xpath("/html/@lang").get() == company.lang
    assert tree.xpath("//title/text()").get() == company.title
    assert tree.xpath("//meta[@name='description']/@content").get() == company.description
    assert "$" not in text
    assert text.count('property="og:') == (7 if company.open_graph else 0)
    for block in tree.xpath("//script[@type='application/ld+json']/text()").getall():
        assert json.loads(block)["name"] == company.name


@pytest.mark.parametrize("company", [c for c in COMPANIES if not c.slow], ids=lambda c: c.domain)
def test_links_and_sitemap_lead_to_pages(server: DemoServerThread, company: Company) -> None:
    links = Selector(_home(server, company)).xpath("//a/@href").getall()
    paths = {link for link in links if link.startswith("/") and "email-protection" not in link}
    sitemap = get(server, _host(company), "/sitemap.xml").body.decode()
    paths |= set(re.findall(rf"<loc>https?://{_host(company)}(/.*)</loc>", sitemap))
    assert len(paths) >= 4
    assert {get(server, _host(company), path).status for path in paths} == {200}
    robots = get(server, _host(company), "/robots.txt").body
    assert robots.endswith(b"/sitemap.xml\n")


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.domain)
def test_a_company_can_be_called_by_nobody(company: Company) -> None:
    number = re.sub(r"[ -]", "", company.phone)
    assert FICTION.fullmatch(number)
    assert is_possible_number(parse(number))
    assert company.email.rpartition("@")[2].endswith(".test")


def test_redirects_keep_the_path_or_lead_home(server: DemoServerThread) -> None:
    www = get(server, "paper-boat-post.test", "/about/")
    assert www.headers["Location"] == "https://www.paper-boat-post.test/about/"
    assert get(server, "www.paper-boat-post.test", "/about/").status == 200
    other = get(server, "old-tin-robot.test")
    assert other.headers["Location"] == "https://tinrobot-repairs.test/"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("bouncer-brigade.test", 403),
        ("one-soup-a-day.test", 429),
        ("vanished-magician.test", 404),
        ("burnt-toast.test", 500),
    ],
)
def test_sites_in_trouble_say_so(server: DemoServerThread, host: str, status: int) -> None:
    assert get(server, host).status == status


def test_robots_can_forbid_or_fail(server: DemoServerThread) -> None:
    assert b"Disallow: /\n" in get(server, "no-robots-club.test", "/robots.txt").body
    assert get(server, "grumpy-gatekeeper.test", "/robots.txt").status == 503
    assert get(server, "burnt-toast.test", "/robots.txt").status == 404


def test_each_web_is_new() -> None:
    for _ in range(2):
        with DemoServerThread(demo_web()) as server:
            assert get(server, "wobbly-bridge.test").status == 503
            assert get(server, "wobbly-bridge.test").status == 200
