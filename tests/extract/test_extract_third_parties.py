import pytest

from scrapersky.extract.third_parties import is_foreign_service, is_said_to_be_foreign


@pytest.mark.parametrize(
    ("domain", "foreign"),
    [
        ("sentry.io", True),
        ("o1.ingest.sentry.io", True),
        ("bfdi.bund.de", True),
        ("bakery.com", False),
        ("mysentry.io", False),
        ("io", False),
    ],
)
def test_is_foreign_service(domain: str, foreign: bool) -> None:  # noqa: FBT001
    assert is_foreign_service(domain) is foreign


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
