import pytest

from scrapersky.extract.addresses import MAX_ADDRESSES, Address, addresses
from scrapersky.extract.page import parse_page

Row = tuple[str | None, str | None, str | None, str | None, str | None]


def read(html: str, url: str = "https://rye.test/") -> list[Address]:
    page = parse_page(html.encode(), url=url, content_type="text/html; charset=utf-8")
    return addresses(page)


def rows(html: str, url: str = "https://rye.test/") -> list[Row]:
    return [(a.street, a.postal_code, a.city, a.region, a.country) for a in read(html, url)]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        # United States.
        ("12 Main Street, Rye, NY 10580", ("12 Main Street", "10580", "Rye", "NY", "US")),
        (
            "12 Main St.<br>Rye, New York 10580-1234",
            ("12 Main St", "10580-1234", "Rye", "NY", "US"),
        ),
        (
            "Rye Inc. 12 Main Street, Suite 4, San Rye, CA 90210, USA",
            ("12 Main Street, Suite 4", "90210", "San Rye", "CA", "US"),
        ),
        ("PO Box 12<br>Rye, N.Y. 10580", ("PO Box 12", "10580", "Rye", "NY", "US")),
        ("12 Main Street NW Rye DC 20001", ("12 Main Street NW", "20001", "Rye", "DC", "US")),
        ("Our bakery is in Rye, NY 10580", (None, "10580", "Rye", "NY", "US")),
        (
            "Address: 12 Main Street | Rye | NY | 10580",
            ("12 Main Street", "10580", "Rye", "NY", "US"),
        ),
        # Canada.
        (
            "12 Rye Road, Toronto, ON M5V 1K4",
            ("12 Rye Road", "M5V 1K4", "Toronto", "ON", "CA"),
        ),
        (
            "12 Rye Road<br>St. Rye, Ontario, Canada<br>m5v1k4".upper(),
            ("12 RYE ROAD", "M5V 1K4", "ST. RYE", "ON", "CA"),
        ),
        # Great Britain.
        (
            "12 High Street, Rye, East Sussex TN31 7JX",
            ("12 High Street", "TN31 7JX", "Rye", "East Sussex", "GB"),
        ),
        (
            "Rye House<br>12 High Street<br>London<br>W1J 7BU",
            ("12 High Street", "W1J 7BU", "London", None, "GB"),
        ),
        ("12 Rye Lane London SE15 5BS.", ("12 Rye Lane", "SE15 5BS", "London", None, "GB")),
        # Germany, Austria, Switzerland.
        (
            "Roggenstra\u00dfe 12a, 10115 Berlin",
            ("Roggenstra\u00dfe 12a", "10115", "Berlin", None, "DE"),
        ),
        ("Am Roggen 3<br>D-10115 Berlin", ("Am Roggen 3", "10115", "Berlin", None, "DE")),
        (
            "Roggenweg 3<br>60311 Frankfurt am Main Tel. 069 1",
            ("Roggenweg 3", "60311", "Frankfurt am Main", None, "DE"),
        ),
        ("Roggengasse 3, A-1010 Wien", ("Roggengasse 3", "1010", "Wien", None, "AT")),
        (
            "Roggengasse 3, 8001 Z\u00fcrich, Schweiz",
            ("Roggengasse 3", "8001", "Z\u00fcrich", None, "CH"),
        ),
        # Netherlands, Belgium.
        (
            "Roggestraat 12<br>1012 AB Amsterdam",
            ("Roggestraat 12", "1012 AB", "Amsterdam", None, "NL"),
        ),
        (
            "Roggestraat 12, 1012AB Amsterdam",
            ("Roggestraat 12", "1012 AB", "Amsterdam", None, "NL"),
        ),
        ("Roggestraat 12, B-2000 Antwerpen", ("Roggestraat 12", "2000", "Antwerpen", None, "BE")),
        # France, Italy, Spain, Portugal.
        ("12 rue du Seigle, 75001 Paris", ("12 rue du Seigle", "75001", "Paris", None, "FR")),
        (
            "Via della Segale, 12 - 20121 Milano (MI)",
            ("Via della Segale 12", "20121", "Milano", "MI", "IT"),
        ),
        (
            "Calle del Centeno 12, 28013 Madrid",
            ("Calle del Centeno 12", "28013", "Madrid", None, "ES"),
        ),
        (
            "Rua do Centeio 12, 1000-123 Lisboa",
            ("Rua do Centeio 12", "1000-123", "Lisboa", None, "PT"),
        ),
        # Poland, Sweden, Denmark, Australia.
        (
            "ul. \u017bytnia 12, 00-001 Warszawa",
            ("ul. \u017bytnia 12", "00-001", "Warszawa", None, "PL"),
        ),
        (
            "R\u00e5ggatan 3, 111 22 Stockholm",
            ("R\u00e5ggatan 3", "111 22", "Stockholm", None, "SE"),
        ),
        ("Rugvej 3, DK-8000 Aarhus", ("Rugvej 3", "8000", "Aarhus", None, "DK")),
        ("12 Rye Street, Sydney NSW 2000", ("12 Rye Street", "2000", "Sydney", "NSW", "AU")),
    ],
)
def test_written_addresses(text: str, row: Row) -> None:
    assert rows(f"<p>{text}</p>") == [row]


@pytest.mark.parametrize(
    "text",
    [
        "Call 12345 now",
        "in 12345 loaves or 10580 rolls",
        "License CA #01375000, order NY-10580",
        "Part number TX 123456",
        "Rye, NY 13991 North Gayton Road",
        "2014 UK Bakery",
        "Vision 2025: 2025 Organisation",
        "10895 Kundenbewertungen f\u00fcr Brot",
        "12 Rolls, 2500 HD Bread",
        "Suite 12, 8001 Rolls",
        "Postfach 10115 Berlin",
        "EUR 12, 10115 St\u00fcck",
        "ISBN 1234 AB 5678, 400 15 Spots",
        "+1 555 123 10580",
        "",
    ],
)
def test_what_is_none(text: str) -> None:
    assert rows(f"<p>{text}</p>") == []


@pytest.mark.parametrize(
    ("url", "country"),
    [("https://brot.at/", "AT"), ("https://brot.ch/", "CH"), ("https://brot.de/", None)],
)
def test_the_site_tells_whose_postcode_it_is(url: str, country: str | None) -> None:
    found = read("<p>Roggengasse 3, 8010 Roggendorf</p>", url)
    assert [address.country for address in found] == ([country] if country else [])


LD = """<script type="application/ld+json">{"@type": "Bakery", "name": "Rye", "address":
{"@type": "PostalAddress", "streetAddress": "12 Main Street", "postalCode": 10580,
"addressLocality": "Rye", "addressRegion": "New York", "addressCountry": {"name": "USA"}}}</script>
"""
MICRODATA = """<div itemscope itemtype="https://schema.org/PostalAddress">
<b itemprop=streetAddress>12 Main Street</b> <b itemprop=addressLocality>Rye</b>,
<b itemprop=addressRegion>NY</b> <b itemprop=postalCode>10580</b></div>"""
HCARD = """<p class=adr><b class=street-address>12 Main Street</b>, <b class=locality>Rye</b>,
<abbr class=region title=NY>New York</abbr> <b class=postal-code>10580</b>
<b class=country-name>USA</b></p>"""
ADDRESS = "<address>12 Main Street<br>Rye, NY 10580</address>"


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (LD, "json-ld"),
        (MICRODATA, "microdata"),
        (HCARD, "hcard"),
        (ADDRESS, "address"),
        ("<p>12 Main Street, Rye, NY 10580", "text"),
        (
            (
                '<script type="application/ld+json">{"@type": "Bakery",'
                '"address": "12 Main Street, Rye, NY 10580"}</script>'
            ),
            "json-ld",
        ),
    ],
)
def test_sources(html: str, source: str) -> None:
    (found,) = read(html)
    assert (found.street, found.postal_code, found.city) == ("12 Main Street", "10580", "Rye")
    assert (found.region, found.country, found.source) == ("NY", "US", source)


def test_one_address_is_found_once_by_its_best_source() -> None:
    (found,) = read(LD + MICRODATA + HCARD + ADDRESS)
    assert (found.source, found.country, found.confidence) == ("json-ld", "US", 0.95)


def test_what_the_first_source_lacks_comes_from_the_next() -> None:
    bare = '<script type="application/ld+json">{"@type": "PostalAddress", "postalCode": "10580",'
    (found,) = read(bare + '"streetAddress": "12 Main Street"}</script>' + ADDRESS)
    assert (found.source, found.city, found.country) == ("json-ld", "Rye", "US")


def test_an_address_without_postcode_is_part_of_the_one_with_it() -> None:
    short = HCARD.replace("10580", "")
    assert [address.source for address in read(short)] == ["hcard"]
    assert [address.source for address in read(short + "<p>12 Main Street, Rye, NY 10580")] == [
        "text"
    ]


def test_addresses_of_others_are_left_out() -> None:
    review = '{"@type": "Product", "brand": {"address": {"@type": "PostalAddress",'
    assert (
        read(f'<script type="application/ld+json">{review} "postalCode": "1"}}}}}}</script>') == []
    )


def test_certainty_and_raw_text() -> None:
    whole, bare = read("<p>Visit us: 12 Main Street,  Rye, NY 10580<p>or in Wheat, NY 10581")
    assert whole.raw == "12 Main Street, Rye, NY 10580"
    assert whole.confidence > 0.8 > bare.confidence


def test_their_number_is_bounded() -> None:
    many = "".join(f"<p>{n} Main Street, Rye, NY 10580" for n in range(1, 99))
    assert len(read(many)) == MAX_ADDRESSES


@pytest.mark.parametrize(
    "text",
    [
        "NY 12345 " * 20_000,
        ", NY 12345\n" * 20_000,
        "AB1 2CD " * 20_000,
        "Stra\u00dfe 1, 12345 Rye\n" * 10_000,
        "1 " * 100_000,
        "1-" * 100_000,
        "12345 " * 30_000,
        "." * 200_000,
        "\u00df" * 200_000,
    ],
)
def test_hostile_text(text: str) -> None:
    assert len(read(f"<p>{text}")) <= MAX_ADDRESSES
