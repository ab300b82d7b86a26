import pytest

from scrapersky.extract.page import Page, parse_page
from scrapersky.extract.region import region_votes, site_region


def page(
    body: str = "", *, url: str = "https://bakery.com/", lang: str = "", head: str = ""
) -> Page:
    html = f"<html lang='{lang}'><head>{head}</head><body>{body}</body></html>"
    return parse_page(html.encode(), url=url, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://bakery.de/", "DE"),
        ("https://bakery.co.uk/", "GB"),
        ("https://bakery.com.au/", "AU"),
        ("https://bakery.wien/", "AT"),
        ("https://bakery.edu/", "US"),
        ("https://bakery.xn--p1ai/", "RU"),
        ("https://bakery.com/", None),
        ("https://bakery.io/", None),
        ("https://bakery.eu/", None),
        ("https://bakery.zz/", None),
        ("https://127.0.0.1/", None),
        ("", None),
    ],
)
def test_domain(url: str, region: str | None) -> None:
    assert site_region(page(url=url)).region == region


AUSTRIAN = '<script type="application/ld+json">{"address":{"addressCountry":"%s"}}</script>'


@pytest.mark.parametrize(
    ("lang", "head", "body", "region"),
    [
        ("de-AT", "", "", "AT"),
        ("de", "", "", "DE"),
        ("en-US", "<meta property='og:locale' content='fr_CA'>", "", "CA"),
        ("", "<meta name='geo.region' content='DE-BY'>", "", "DE"),
        ("en", AUSTRIAN % "AT", "", "AT"),
        ("en", AUSTRIAN % "Austria", "", "AT"),
        ("en", AUSTRIAN % "UK", "", "GB"),
        ("en", "", "Call +43 1 5551234 or +43 1 5551235", "AT"),
        ("en", "", "<a href='tel:+390541300555'>Call</a>", "IT"),
        ("en", "", "12 Rye Street, Springfield, IL 62701", "US"),
        ("en", "", "12 Rye Street, Toronto, ON M5V 2T6", "CA"),
        ("en", "", "12 Rye Street, London SW1A 2AA", "GB"),
        ("", "", "Roggestraat 12<br>1012 AB Amsterdam", "NL"),
        ("", "", "Bread from £2.50", "GB"),
        ("", "", "Хлеб от 50 ₽", "RU"),
        ("", "", "Wir backen und liefern, nicht nur für Berlin.", "DE"),
        ("", "", "We bake the bread with love and our oven", "US"),
        ("", "", "Hleb", None),
        ("xx-<<", "<meta property='og:locale' content='???'>", "", None),
    ],
)
def test_signs(lang: str, head: str, body: str, region: str | None) -> None:
    assert site_region(page(body, lang=lang, head=head)).region == region


def test_words_count_only_whole() -> None:
    assert dict(region_votes(page("Indianapolis, Indiana"))).get("IN") is None
    assert dict(region_votes(page("Pune, India"))).get("IN") is not None


def test_a_list_of_countries_says_little() -> None:
    few = dict(region_votes(page("France")))["FR"]
    many = dict(region_votes(page("France, Spain, Italy, Poland, Sweden, Norway, Finland")))["FR"]
    assert many < few


def test_confidence() -> None:
    certain = site_region(page(url="https://bakery.at/", lang="de-AT"))
    torn = site_region(page("Call +49 731 5551234", url="https://bakery.at/", lang="de-DE"))
    nothing = site_region(page())
    assert certain.confidence > 0.9 > torn.confidence > nothing.confidence == 0
    assert nothing.region is None


@pytest.mark.parametrize(("language", "region"), [("en-au", "AU"), ("x-default", None)])
def test_hreflang_of_the_page_itself(language: str, region: str | None) -> None:
    head = (
        "<link rel=alternate hreflang=de-de href='https://bakery.com/de/'>"
        f"<link rel=alternate hreflang={language} href='https://bakery.com'>"
    )
    assert site_region(page(head=head)).region == region


def test_domain_goes_before_a_template() -> None:
    assert site_region(page(url="https://bakery.pl/", lang="en-US")).region == "PL"
