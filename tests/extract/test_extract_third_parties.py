import pytest

from scrapersky.extract.third_parties import is_said_to_be_foreign, is_third_partys


@pytest.mark.parametrize(
    ("address", "foreign"),
    [
        ("info@sentry.io", True),
        ("info@o1.ingest.sentry.io", True),
        ("info@bfdi.bund.de", True),
        ("info@bakery.com", False),
        ("info@mysentry.io", False),
        ("info@io", False),
        ("rating@mail.ru", True),
        ("bakery@mail.ru", False),
    ],
)
def test_is_third_partys(address: str, foreign: bool) -> None:  # noqa: FBT001
    assert is_third_partys(address) is foreign


@pytest.mark.parametrize(
    ("before", "foreign"),
    [
        ("Website by Agency Ltd - ", True),
        ("Webdesign: ", True),
        ("Realisatie door Best BV, ", True),
        ("\u00a9 ", True),
        ("Foto: ", True),
        ("Jabber: ", True),
        ("e.g. ", True),
        ("z. B. ", True),
        ("Es: ", True),
        ("\u00a9 2013 Bakery GmbH | ", False),
        ("Skype: bakery E-mail: ", False),
        ("Home Photos Contact ", False),
        ("Nuestro correo es ", False),
        ("Powered by WordPress. Contact: ", False),
        ("", False),
    ],
)
def test_is_said_to_be_foreign(before: str, foreign: bool) -> None:  # noqa: FBT001
    assert is_said_to_be_foreign(before) is foreign
