import pytest

from scrapersky.extract.placeholders import is_placeholder


@pytest.mark.parametrize(
    ("local", "domain", "placeholder"),
    [
        ("info", "example.co.uk", True),
        ("info", "mail.example.com", True),
        ("info", "bakery.example", True),
        ("johndoe", "bakery.com", True),
        ("test", "gmail.com", True),
        ("bakery", "gmail.com", False),
        ("info", "mail.ru", False),
        ("aaaa", "zzzz.com", True),
        ("info", "bakery.com", False),
    ],
)
def test_is_placeholder(local: str, domain: str, placeholder: bool) -> None:  # noqa: FBT001
    assert is_placeholder(local, domain) is placeholder
