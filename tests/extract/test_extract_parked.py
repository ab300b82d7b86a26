import pytest

from scrapersky.extract.homepage import extract_homepage
from scrapersky.extract.page import parse_page

LONG = "<p>" + "We bake rye bread every morning in the old town. " * 60


def read(html: str, url: str = "https://www.bakery.test/") -> str | None:
    found = extract_homepage(parse_page(html.encode(), url=url, content_type=None)).parked
    return found.value if found else None


@pytest.mark.parametrize(
    ("html", "provider"),
    [
        ("<script src='//img.sedoparking.com/templates/a.js'></script>", "sedo"),
        ("<script src='https://www.bodis.com/a.js'></script>", "bodis"),
        ("<iframe src='http://c.parkingcrew.net/x'></iframe>", "parkingcrew"),
        ("<script src='https://img1.wsimg.com/parking-lander/main.js'></script>", "godaddy"),
        (
            "<script src='https://www.google.com/adsense/domains/caf.js'></script>",
            "google domain ads",
        ),
        ("<script>window.LANDER_SYSTEM='PW'</script>", "godaddy"),
        ('<script>window.onload=function(){location.href="/lander"}</script>', "godaddy"),
        ("<a href='https://dan.com/buy-domain/bakery.test'>Buy</a>", "dan"),
        ("<a href='https://www.afternic.com/forsale/bakery.test'>Buy</a>", "afternic"),
        ("<a href='https://sedo.com/search/details/?domain=bakery.test'>More</a>", "sedo"),
    ],
)
def test_providers(html: str, provider: str) -> None:
    assert read(html) == provider


def test_the_lander_that_a_domain_sends_to() -> None:
    url = "https://www.hugedomains.com/domain_profile.cfm?d=bakery.test"
    assert read(LONG, url=url) == "hugedomains"


@pytest.mark.parametrize(
    "phrase",
    [
        "This domain is for sale",
        "The domain name bakery.test may be for sale!",
        "bakery.test is for sale",
        "Buy this domain",
        "This domain is parked",
        "Diese Domain steht zum Verkauf",
        "Die Domain bakery.test ist zu verkaufen",
        "Ce nom de domaine est à vendre",
        "Le domaine bakery.test est à vendre",
        "Este dominio está en venta",
        "Questo dominio è in vendita",
        "Deze domeinnaam is te koop",
        "Este domínio está à venda",
        "Domena bakery.test jest na sprzedaż",
        "Этот домен продаётся",
        "Domänen är till salu",
        "Domænet er til salg",
        "Domenet bakery.test er til salgs",
        "Verkkotunnus on myytävänä",
        "Tato doména je na prodej",
        "Ez a domain eladó",
        "Acest domeniu este de vânzare",
        "Bu alan ad\u0131 sat\u0131l\u0131k",
        "Το domain πωλείται",
        "このドメインは販売中です",
        "此域名出售",
        "이 도메인은 판매 중입니다",
    ],
)
def test_phrases(phrase: str) -> None:
    assert read(f"<h1>{phrase}</h1><p>Make an offer") is not None
    assert read(f"<title>{phrase}</title><p>Make an offer") is not None
    assert read(f"<h1>{phrase}</h1>{LONG}") is None


def test_a_title_that_offers_the_domain_itself() -> None:
    assert read(f"<title>Bakery.test is for sale | Broker</title>{LONG}") is not None


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<p>Welcome to our bakery", "https://bakery.test/"),
        ("", "https://bakery.test/"),
        (f"<title>How to sell: this domain is for sale</title>{LONG}", "https://blog.test/"),
        (f"{LONG}<a href='https://sedo.com/search/details/?domain=x'>x</a>", "https://blog.test/"),
        ("<a href='https://sedo.com/'>we sold it with them</a>", "https://blog.test/"),
        ("<a href='/search/details/?domain=a.test'>a.test</a>", "https://sedo.com/"),
        ("<a href='https://sedo.com/search/details/?d=a'>a</a>", "https://www.sedo.com/"),
        ("<script src='https://cdn.dan.com/app.js'></script>", "https://dan.com/"),
        ("<title>Broker: domain names for sale</title><p>Find yours", "https://broker.test/"),
        ("<p>The domain that you dream of may be for sale", "https://broker.test/"),
        ("<title>homes.test | Homes for sale</title><p>Houses", "https://homes.test/"),
        ("<p>Le domaine viticole est à vendre", "https://vin.test/"),
        ("<p>This house is for sale", "https://homes.test/"),
        ("<script src='https://www.google.com/recaptcha/api.js'></script>", "https://a.test/"),
        ("<script src='https://img1.wsimg.com/blobby/go.js'></script>", "https://a.test/"),
    ],
)
def test_sites(html: str, url: str) -> None:
    assert read(html, url=url) is None
