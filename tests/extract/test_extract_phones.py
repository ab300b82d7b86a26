import pytest

from scrapersky.extract.contact import Phone
from scrapersky.extract.page import parse_page
from scrapersky.extract.phones import phone_number, phones


def read(*hrefs: str, body: str = "") -> list[Phone]:
    html = "".join(f'<a href="{href}">x</a>' for href in hrefs) + body
    return phones(parse_page(html.encode(), url="https://bakery.com/", content_type=None))


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
    assert (contact.value, contact.source) == (number, source)
    assert contact.raw == href
