import pytest

from scrapersky.extract.email_text import plain_text, readable_text, spots, text_address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@bakery.com, b@bakery.com/c@x.com", ["a@bakery.com", "b@bakery.com", "c@x.com"]),
        ("'a@bakery.com'", ["a@bakery.com"]),
        ("o'brien@bakery.com", ["o'brien@bakery.com"]),
        ("x='a@bakery.com'", ["a@bakery.com"]),
        ("\u043f\u043e\u0447\u0442\u0430a@bakery.com", ["a@bakery.com"]),
        ("info@bakery.com\u307e\u3067", ["info@bakery.com"]),
        ("info@b\u00e4ckerei.de", ["info@xn--bckerei-5wa.de"]),
        ("a@b@bakery.com", []),
        ("https://a@bakery.com/", []),
        ("mailto://a@bakery.com", ["a@bakery.com"]),
        ("@" * 10, []),
    ],
)  # fmt: skip
def test_spots(text: str, found: list[str]) -> None:
    assert [spot.value for spot in spots(text)] == found


def test_spot_has_what_precedes_it() -> None:
    (spot,) = spots("Write to Ada: Ada@Bakery.com.")
    assert (spot.value, spot.raw, spot.before) == (
        "ada@bakery.com",
        "Ada@Bakery.com",
        "Write to Ada: ",
    )


@pytest.mark.parametrize(
    ("local", "domain", "address"),
    [
        ("info", "bakery.com.Call", "info@bakery.com"),
        ("info", "bakery.co.uk.nospam", "info@bakery.co.uk"),
        ("nospam.info", "bakery.com", "info@bakery.com"),
        ("info", "bakery.unknown", None),
        ("nospam", "bakery.com", "nospam@bakery.com"),
    ],
)
def test_text_address(local: str, domain: str, address: str | None) -> None:
    assert text_address(local, domain) == address


def test_readable_text() -> None:
    assert readable_text("a&#64;b \u00a0c") == "a@b  c"
    assert plain_text("\uff41\uff42\uff20\u200bc\uff0ed") == "ab@c.d"
