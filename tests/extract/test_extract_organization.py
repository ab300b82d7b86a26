import pytest

from scrapersky.extract.organization import organization
from scrapersky.extract.page import parse_page

URL = "https://www.ryebakery.test/contact"


def name(html: str, url: str = URL) -> str | None:
    found = organization(
        parse_page(html.encode(), url=url, content_type="text/html; charset=utf-8")
    )
    return found.value if found else None


def ld(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # One source each.
        (ld('{"@type": "Bakery", "name": "Rye Bakery Ltd"}'), "Rye Bakery Ltd"),
        (ld('{"@graph": [{"@type": ["Organization"], "name": "Rye"}]}'), "Rye"),
        (
            "<div itemscope itemtype='http://schema.org/Bakery'><b itemprop=name>Rye</b></div>",
            "Rye",
        ),
        ("<meta property=og:site_name content='Rye Bakery'>", "Rye Bakery"),
        ("<p>\u00a9 2024 Rye Bakery. All rights reserved.", "Rye Bakery"),
        ("<a href='/'><img src=/img/logo.png alt='Rye Bakery logo'></a>", "Rye Bakery"),
        ("<div class='site-title'><a href='/'>Rye Bakery</a></div>", "Rye Bakery"),
        ("<title>Contact us | Rye Bakery</title>", "Rye Bakery"),
        ("<title>Rye Bakery &#8211; Bread since 1902</title>", "Rye Bakery"),
        ("<title>Contact Rye Bakery</title>", "Rye Bakery"),
        ("<div class=vcard><b class='fn org'>Rye Bakery</b></div>", "Rye Bakery"),
        ("<p>Angaben gemäß § 5 DDG:<br>Rye & Wheat Ovens GmbH, Berlin", "Rye & Wheat Ovens GmbH"),
        ("<p>The loaf of Rye Bakery is the loaf of the town.", "Rye Bakery"),
        # They outvote one another.
        (
            (
                "<title>Fresh bread | Rye Bakery</title><p>Photos by Foto Ltd</p>"
                "<p>\u00a9 Rye Bakery Ltd"
            ),
            "Rye Bakery Ltd",
        ),
        (
            (
                "<title>Fresh bread | Rye Bakery</title><p>Rye Bakery bakes. Website by Pixel Works"
                "<p>\u00a9 2020 Google"
            ),
            "Rye Bakery",
        ),
        (
            "<title>News - Rye</title>"
            + ld(
                '{"@type": "Article", "author": {"@type": '
                '"Organization", "name": "Wire Agency"}, "publisher": {"@type": "Organization", '
                '"name": "Rye Bakery"}}'
            ),
            "Rye Bakery",
        ),
        (
            ld('{"@type": "Organization", "name": "Rye Bakery"}')
            + ld('{"@type": "Person", "name": "Ann Miller"}')
            + ld('{"@type": "Product", "brand": {"@type": "Organization", "name": "Ovenco"}}'),
            "Rye Bakery",
        ),
        (
            (
                "<img class=logo src=/a.png alt='Rye Bakery'><div class=partners>"
                "<img src=/flour-logo.png alt='Flour Mills'></div>"
            ),
            "Rye Bakery",
        ),
        # What only the domain makes a name is the beginning of one that stands elsewhere.
        ("<p>Rye Bakery bakes.<p>\u00a9 2024 Rye Bakery & Sons Ltd", "Rye Bakery & Sons Ltd"),
        # Nothing.
        ("<p>Our ovens are by Wheat Ovens GmbH, Berlin.", None),
        ("<title>Home</title>", None),
        ("<title>Contact us</title><p>\u00a9 2024 All rights reserved.", None),
        ("<title>{{ site.name }}</title>", None),
        ("<p>Bread", None),
        ("", None),
    ],
)
def test_names(html: str, expected: str | None) -> None:
    assert name(html) == expected


@pytest.mark.parametrize(
    ("html", "url", "expected"),
    [
        ("<title>Bread | Rye and Sons</title>", "https://rye-and-sons.test/", "Rye and Sons"),
        ("<title>Bread and Rolls | Rye & Sons</title>", "https://ryeandsons.test/", "Rye & Sons"),
        ("<title>Old Rye Bakery | Bread</title>", "https://orb.test/", "Old Rye Bakery"),
        ("<title>Bread | Rye Bakery</title>", "", "Bread"),
        (
            "<title>Bread | Rye Bakery</title><link rel=canonical href=https://ryebakery.test/>",
            "",
            "Rye Bakery",
        ),
    ],
)
def test_the_domain_decides(html: str, url: str, expected: str) -> None:
    assert name(html, url) == expected


def test_agreement_makes_it_certain() -> None:
    def certainty(html: str) -> float:
        found = organization(parse_page(html.encode(), url=URL, content_type=None))
        assert found
        return found.confidence

    title = "<title>Bread | Rye Bakery</title>"
    weak = certainty("<title>Bread</title>")
    assert weak < certainty(title) < certainty(title + "<p>&copy; Rye Bakery") <= 0.95


def test_the_spelling_with_the_legal_form_and_without_capitals_is_preferred() -> None:
    html = "<p>\u00a9 RYE BAKERY LTD</p><p>please call Rye Bakery Ltd today. Rye Bakery Ltd bakes."
    assert name(html) == "Rye Bakery Ltd"


@pytest.mark.parametrize(
    "html",
    [
        "<title>" + "| " * 50_000 + "</title>",
        "<title>" + "a" * 100_000 + "</title><p>" + "\u00a9 " * 50_000,
        "<p>" + "r y e " * 30_000,
        "<p>" + "A Ltd " * 30_000,
        "<p class=logo>" * 1_000,
        "<img alt=x class=logo>" * 2_000,
        ld('{"@type": "Organization", "name": ["", 1, null, {}]}'),
        ld('{"@type": 1, "name": "x"}'),
    ],
)
def test_hostile_pages(html: str) -> None:
    found = name(html)
    assert found is None or len(found) <= 200
