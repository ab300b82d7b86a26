import pytest

from scrapersky.extract.suffixes import has_public_suffix, registrable


@pytest.mark.parametrize(
    ("domain", "owner", "public"),
    [
        ("www.bakery.co.uk", "bakery.co.uk", True),
        ("bakery.com", "bakery.com", True),
        ("co.uk", "co.uk", False),
        ("bakery.unknown", "bakery.unknown", False),
        ("192.0.2.1", "192.0.2.1", False),
        ("", "", False),
    ],
)
def test_suffixes(domain: str, owner: str, public: bool) -> None:  # noqa: FBT001
    assert registrable(domain) == owner
    assert has_public_suffix(domain) is public
