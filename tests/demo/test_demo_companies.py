import codecs
import gzip
import json
import re
from collections.abc import Iterator
from typing import get_args

import pytest
from demo_client import Answered, get
from parsel import Selector
from phonenumbers import is_possible_number, parse

from scrapersky.demo.companies import COMPANIES, DEMO_DOMAINS, DEMO_OUTCOMES, demo_web
from scrapersky.demo.company import Company
from scrapersky.demo.contact_styles import EmailStyle, PhoneStyle
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.sitemaps import SitemapStyle
from scrapersky.extract.homepage import extract_homepage
from scrapersky.extract.page import parse_page
from scrapersky.outcomes import ErrorCode

NOT_SHOWN = {
    ErrorCode.DNS_TEMPORARY: "needs a name server that fails, and the demo has no names",
    ErrorCode.UNREACHABLE: "needs a network without a route, and loopback has one",
    ErrorCode.POISON: "needs a worker that dies, several times",
    ErrorCode.UNWRITABLE: "is a fault of ours, as far as we know none that a site can cause",
    ErrorCode.INTERNAL: "is a fault of ours, as far as we know none that a site can cause",
}
# Ranges that regulators keep for films and books.
FICTION = re.compile(
    r"\+44(2079460|1134960|1184960|1314960|2920180|2896496|1632960|7700900)\d{3}|"
    r"\+1[2-9]\d\d55501\d\d|\+49(3023125|2214710|4066969)\d{3}|"
    r"\+441174960\d{3}|\+33(199|26191|35301|46571|53649)\d+|\+6125550\d{4}|\+468465004\d\d"
)
# For countries that keep no range: obviously invented.
INVENTED = re.compile(r"\+(?!1|33|44|46|49|61)\d*5555\d*")


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServerThread]:
    with DemoServerThread(demo_web()) as running:
        yield running


def _host(company: Company) -> str:
    return company.domain.encode("idna").decode()


def _home_answer(server: DemoServerThread, company: Company) -> Answered:
    answer = get(server, _host(company))
    while answer.status == 503:
        answer = get(server, _host(company))
    assert answer.status == 200
    if answer.headers["Content-Encoding"] == "gzip":
        answer.body = gzip.decompress(answer.body)
    return answer


def _home(server: DemoServerThread, company: Company) -> str:
    return _home_answer(server, company).body.decode(company.charset)


def test_there_is_a_domain_for_each_way_to_fail() -> None:
    shown = {code for code in DEMO_OUTCOMES.values() if code}
    assert shown == set(ErrorCode) - set(NOT_SHOWN)


def test_the_domains_are_many_and_of_names_that_never_exist() -> None:
    assert len(set(DEMO_DOMAINS)) == len(DEMO_DOMAINS)
    assert sum(code is None for code in DEMO_OUTCOMES.values()) >= 42
    assert {domain.rpartition(".")[2] for domain in DEMO_DOMAINS} == {"test", "invalid"}


def test_companies_are_varied() -> None:
    assert len({company.lang for company in COMPANIES}) >= 25
    assert len({codecs.lookup(company.charset).name for company in COMPANIES}) >= 14
    assert len({company.cms for company in COMPANIES}) >= 25
    for kind, field in (
        (EmailStyle, "email_style"),
        (PhoneStyle, "phone_style"),
        (SitemapStyle, "sitemap"),
    ):
        assert {getattr(company, field) for company in COMPANIES} == set(get_args(kind)), field


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.domain)
def test_the_extractor_can_read_it(server: DemoServerThread, company: Company) -> None:
    answer = _home_answer(server, company)
    url, content_type = f"{company.origin}/", answer.headers["Content-Type"]
    found = extract_homepage(parse_page(answer.body, url=url, content_type=content_type))
    assert found.title
    is_a_lie = bool(company.declared) and company.declared != company.charset
    assert (found.title.value == company.title) is not is_a_lie
    assert found.language
    assert found.language.value == company.lang
    assert found.parked is None


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
def test_everything_that_is_named_is_there(server: DemoServerThread, company: Company) -> None:
    tree = Selector(_home(server, company))
    named = tree.xpath("//@href | //@src | //meta[@property='og:image']/@content").getall()
    paths = {link.removeprefix(company.origin) for link in named}
    paths = {path for path in paths if path.startswith("/") and "email-protection" not in path}
    assert len(paths) >= 6
    assert {path: get(server, _host(company), path).status for path in paths} == dict.fromkeys(
        paths, 200
    )


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.domain)
def test_a_sitemap_lists_each_page_once(server: DemoServerThread, company: Company) -> None:
    robots = get(server, _host(company), "/robots.txt").body.decode()
    announced = re.findall(r"^Sitemap: (.+)$", robots, flags=re.MULTILINE)
    silent = company.sitemap in {"none", "unannounced"}
    assert len(announced) == (0 if silent else 1)
    if company.sitemap == "unannounced":
        announced = [f"{company.origin}/sitemap.xml"]
    listed = [url for sitemap in announced for url in _listed(server, company, sitemap)]
    count = 3 + len(company.goods) + len(company.posts)
    assert len(listed) == len(set(listed)) == (0 if company.sitemap == "none" else count)
    paths = {url.removeprefix(company.origin) for url in listed} - {"/"}
    assert {get(server, _host(company), path).status for path in paths} <= {200}


def _listed(server: DemoServerThread, company: Company, url: str) -> Iterator[str]:
    """The pages of a sitemap, or of those in it."""
    body = get(server, _host(company), url.removeprefix(company.origin)).body
    if url.endswith(".gz"):
        body = gzip.decompress(body)
    if url.endswith(".txt"):
        yield from body.decode().split()
        return
    tree = Selector(body.decode(), type="xml")
    tree.remove_namespaces()
    for child in tree.xpath("/sitemapindex/sitemap/loc/text()").getall():
        yield from _listed(server, company, child)
    yield from tree.xpath("/urlset/url/loc/text() | /rss/channel/item/link/text()").getall()
    yield from tree.xpath("/feed/entry/link/@href").getall()


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.domain)
def test_a_company_can_be_called_by_nobody(company: Company) -> None:
    phones = [company.phone, company.fax, *(office.phone for office in company.offices)]
    for phone in filter(None, phones):
        number = re.sub(r"[ -]", "", phone)
        assert FICTION.fullmatch(number) or INVENTED.fullmatch(number)
        assert is_possible_number(parse(number))
    emails = [company.email, *company.more_emails, *(office.email for office in company.offices)]
    assert all(email.endswith(".test") for email in emails)


@pytest.mark.parametrize(
    "company", [c for c in COMPANIES if c.reach == "contact page"], ids=lambda c: c.domain
)
def test_some_are_reached_by_their_contact_page_only(
    server: DemoServerThread, company: Company
) -> None:
    home = _home(server, company)
    page = get(server, _host(company), company.words["path"]).body.decode(company.charset)
    assert company.phone not in home
    assert company.email not in home
    assert company.phone in page


def test_people_can_look_around(server: DemoServerThread) -> None:
    listed = get(server, "localhost").body.decode()
    links = Selector(listed).xpath("//a/@href").getall()
    assert len(links) == len(COMPANIES)
    assert links[0] == f"http://brot-und-donner.localhost:{server.http_port}/"
    assert get(server, f"brot-und-donner.localhost:{server.http_port}").status == 200


def test_over_tls_nobody_answers_at_the_one_that_hangs(server: DemoServerThread) -> None:
    answer = get(server, "endless-tea-break.test", "/")
    assert answer.headers["Location"] == "https://endless-tea-break.test/"
    assert get(server, "endless-tea-break.test", "/robots.txt").status == 404


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
