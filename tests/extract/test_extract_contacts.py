import pytest

from scrapersky.extract.contacts import Contact, contacts, email_address, phone_number
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.page import parse_page
from scrapersky.states import ContactKind


def read(*hrefs: str, json_ld: list[JsonObject] | None = None) -> list[Contact]:
    html = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    page = parse_page(html.encode(), url="https://bakery.com/", content_type=None)
    return contacts(page, json_ld or [])


def values(*hrefs: str, json_ld: list[JsonObject] | None = None) -> list[str]:
    return [contact.value for contact in read(*hrefs, json_ld=json_ld)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("info@bakery.com", "info@bakery.com"),
        (" Info@Bakery.COM. ", "info@bakery.com"),
        ("Ada Baker <ada@bakery.co.uk>", "ada@bakery.co.uk"),
        ("ada+rye@bakery.com", "ada+rye@bakery.com"),
        ("info@bäckerei.de", "info@xn--bckerei-5wa.de"),
        ("info@\u200bbakery.com", "info@bakery.com"),
        ("info@bakery", None),
        ("info@bakery.png", None),
        ("info@bakery.c", None),
        ("info@co.uk", None),
        ("info@-bakery.com", None),
        ("info@bakery..com", None),
        ("in..fo@bakery.com", None),
        ("in fo@bakery.com", None),
        (".info@bakery.com", "info@bakery.com"),
        ("@bakery.com", None),
        ("info@", None),
        ("info", None),
        ("", None),
        ("a" * 65 + "@bakery.com", None),
        ("a@" + "b" * 64 + ".com", None),
        ("info@example.com", None),
        ("info@mail.example.org", None),
        ("you@yourdomain.com", None),
        ("your.name@bakery.com", None),
        ("info@127.0.0.1", None),
        ("info@bakery.newertld", "info@bakery.newertld"),
    ],
)
def test_email_address(text: str, address: str | None) -> None:
    assert email_address(text) == address


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+49 731 123456", "+49731123456"),
        ("0049-731-123456", "+49731123456"),
        ("+49 (0) 731 / 123456", "+49731123456"),
        ("+0049 731 123456", "+49731123456"),
        ("(0731) 12 34 56", "0731123456"),
        ("0731.123.456", "0731123456"),
        ("+49731\u200b123456", "+49731123456"),
        ("+0731 123456", "0731123456"),
        ("Tel.: 0731 123456 (Ada)", "0731123456"),
        ("123456", None),
        ("1234567890123456", None),
        ("0000000", None),
        ("1234567890", None),
        ("call us", None),
        ("", None),
        ("٠١٢٣٤٥٦٧٨", None),
    ],
)
def test_phone_number(text: str, number: str | None) -> None:
    assert phone_number(text) == number


@pytest.mark.parametrize(
    ("href", "addresses"),
    [
        ("mailto:info@bakery.com", ["info@bakery.com"]),
        (" MAILTO: info@bakery.com?subject=Rye%20bread", ["info@bakery.com"]),
        ("mailto:%20info%40bakery.com%20", ["info@bakery.com"]),
        ("mailto:a@bakery.com,b@bakery.com;c@bakery.com", None),
        ("mailto:?to=a@bakery.com&amp;to=b%40bakery.com,c@bakery.com&amp;cc=d@bakery.com", None),
        ("mailto://a@bakery.com", ["a@bakery.com"]),
        ("mailto:mailto:a@bakery.com", ["a@bakery.com"]),
        ("mailto:Ada%20%3Ca@bakery.com%3E", ["a@bakery.com"]),
        ("mailto:?subject=Look&amp;body=me@bakery.com", []),
        ("mailto:", []),
        ("mailto:%ff@%", []),
    ],
)
def test_mailto(href: str, addresses: list[str] | None) -> None:
    if addresses is None:
        addresses = ["a@bakery.com", "b@bakery.com", "c@bakery.com"]
    assert values(href) == addresses


@pytest.mark.parametrize(
    ("href", "number", "source"),
    [
        ("tel:+49-731-123456", "+49731123456", "tel"),
        ("TEL:+49%20731%20123456;ext=12", "+49731123456", "tel"),
        ("tel://0731123456", "0731123456", "tel"),
        ("callto:+49731123456", "+49731123456", "callto"),
    ],
)
def test_tel(href: str, number: str, source: str) -> None:
    (contact,) = read(href)
    assert (contact.kind, contact.value, contact.source) == (ContactKind.PHONE, number, source)
    assert contact.raw == href


def test_links_to_profiles() -> None:
    found = read(
        "/about",
        "#top",
        "https://bakery.com/x",
        "https://www.facebook.com/CornerBakery?ref=x",
        "https://www.facebook.com/sharer.php?u=x",
        "//twitter.com/CornerBakery",
    )
    assert [(c.network, c.value, c.source) for c in found] == [
        ("facebook", "https://www.facebook.com/cornerbakery", "link"),
        ("x", "https://x.com/cornerbakery", "link"),
    ]


def test_json_ld_at_any_depth() -> None:
    block: JsonObject = {
        "@graph": [
            {
                "contactPoint": [
                    {"email": "mailto:info@bakery.com", "telephone": ["+49 731 123456", 7]},
                ],
                "sameAs": ["www.facebook.com/cornerbakery", "https://en.wikipedia.org/wiki/Rye"],
                "founder": {"sameAs": "https://x.com/ada"},
            }
        ]
    }
    assert [(c.kind, c.value, c.source) for c in read(json_ld=[block])] == [
        (ContactKind.EMAIL, "info@bakery.com", "json-ld"),
        (ContactKind.SOCIAL, "https://www.facebook.com/cornerbakery", "sameAs"),
        (ContactKind.SOCIAL, "https://x.com/ada", "sameAs"),
        (ContactKind.PHONE, "+49731123456", "json-ld"),
    ]


def test_each_once_and_the_best_first() -> None:
    found = read(
        "https://x.com/rye",
        "mailto:Info@bakery.com",
        "mailto:info@bakery.com",
        "tel:+49731123456",
        json_ld=[{"sameAs": "https://twitter.com/Rye", "email": "info@BAKERY.com"}],
    )
    assert [(c.value, c.source) for c in found] == [
        ("info@bakery.com", "mailto"),
        ("+49731123456", "tel"),
        ("https://x.com/rye", "sameAs"),
    ]


def test_the_number_of_contacts_is_bounded() -> None:
    assert len(values(*(f"mailto:a{n}@bakery.com" for n in range(300)))) == 200
