import pytest

from scrapersky.extract.third_parties import is_credited, is_example, is_third_partys


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
    ("before", "credited"),
    [
        ("Website by Agency Ltd - ", True),
        ("Webdesign: ", True),
        ("Realisatie door Best BV, ", True),
        ("Разработка сайта ", True),
        ("Landesbeauftragte für den Datenschutz, ", True),
        ("Powered by WordPress. Contact: ", False),
        ("Homes built by Ada, ", False),
        ("Gestaltung von Gärten, ", False),
        ("Home Photos Contact ", False),
        ("", False),
    ],
)
def test_is_credited(before: str, credited: bool) -> None:  # noqa: FBT001
    assert is_credited(before) is credited


@pytest.mark.parametrize(
    ("before", "example"),
    [
        ("© ", True),
        ("Foto: ", True),
        ("Jabber: ", True),
        ("e.g. ", True),
        ("z. B. ", True),
        ("Es: ", True),
        ("© 2013 Bakery GmbH | ", False),
        ("Skype: bakery E-mail: ", False),
        ("Home Photos Contact ", False),
        ("Nuestro correo es ", False),
        ("", False),
    ],
)
def test_is_example(before: str, example: bool) -> None:  # noqa: FBT001
    assert is_example(before) is example
