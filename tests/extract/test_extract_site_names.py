import pytest

from scrapersky.extract.page import parse_page
from scrapersky.extract.site_names import site_names, squeezed


def matches(name: str, *, html: str = "", url: str = "https://www.corner-bakery.co.uk/x") -> bool:
    return site_names(parse_page(html.encode(), url=url, content_type=None)).match(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café-Rye GmbH", "caferyegmbh"),
        ("Rye_24", "rye24"),
        ("Straße", "strasse"),
        ("хлеб", "хлеб"),
        ("", ""),
    ],
)
def test_squeezed(text: str, expected: str) -> None:
    assert squeezed(text) == expected


@pytest.mark.parametrize(
    "name",
    ["cornerbakery", "Corner_Bakery", "thecornerbakery", "cornerbakeryuk", "bakery", "cornerbakry"],
)
def test_names_like_the_domain(name: str) -> None:
    assert matches(name)


@pytest.mark.parametrize("name", ["", "x", "adabaker", "envato", "milltown", "123456789"])
def test_other_names(name: str) -> None:
    assert not matches(name)


def test_names_from_the_title_and_the_head() -> None:
    title = "<title>Contact us | Rye & Wheat Ltd</title>"
    assert matches("ryewheat", html=title, url="")
    assert matches("ryewheatltd_london", html=title, url="")
    assert not matches("contact", html=title, url="")
    assert not matches("ryewheat", url="")
    assert matches("ryeshop", html='<meta property="og:site_name" content="Rye Shop">', url="")
    assert matches("rye", html='<link rel="canonical" href="https://rye.test/">', url="")


def test_a_site_below_a_private_suffix_is_itself() -> None:
    assert matches("rye-shop", url="https://rye-shop.github.io/")
    assert not matches("github", url="https://rye-shop.github.io/")


def test_short_domains_match_beginnings_only() -> None:
    assert matches("zdhnews", url="https://zdh.test/")
    assert not matches("newszdh", url="https://zdh.test/")
