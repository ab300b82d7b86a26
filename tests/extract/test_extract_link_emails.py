import pytest

from scrapersky.extract.link_emails import MAILTO, mailto_addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("a@bakery.com", ["a@bakery.com"]),
        ("//a@bakery.com", ["a@bakery.com"]),
        ("mailto:a@bakery.com", ["a@bakery.com"]),
        ("a@bakery.com?cc=b@bakery.com", ["a@bakery.com"]),
        ("?to=a%40bakery.com", ["a@bakery.com"]),
        ("Ada <a@bakery.com>", ["a@bakery.com"]),
        ("a@bakery.newertld", ["a@bakery.newertld"]),
        ("a@bakery.comb@bakery.com", []),
        ("?subject=a@bakery.com", []),
        ("%", []),
        ("", []),
    ],
)
def test_mailto_addresses(text: str, addresses: list[str]) -> None:
    assert list(mailto_addresses(text)) == addresses


@pytest.mark.parametrize(
    ("link", "mail"),
    [
        ("mailto:a", True),
        ("MailTo: a", True),
        ("mail to:a", True),
        ("maito:a", True),
        ("mailto;a", True),
        ("mailto%3Aa", True),
        ("email:a", True),
        ("https://mailto:a", True),
        ("/mail", False),
        ("email.php", False),
        ("tel:1", False),
    ],
)
def test_misspelt(link: str, mail: bool) -> None:  # noqa: FBT001
    assert (MAILTO.match(link) is not None) is mail
