import pytest

from scrapersky.extract.contact import Email
from scrapersky.extract.emails import email_address, emails
from scrapersky.extract.page import parse_page


def read(*hrefs: str, body: str = "") -> list[Email]:
    html = "".join(f'<a href="{href}">x</a>' for href in hrefs) + body
    return emails(parse_page(html.encode(), url="https://bakery.com/", content_type=None))


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
    assert [email.value for email in read(href)] == addresses
