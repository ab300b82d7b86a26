import phonenumbers as pn
import pytest

from scrapersky.extract.phone_fiction import is_example, is_fiction


@pytest.mark.parametrize(
    "number",
    [
        "+12125550142",
        "+15551234567",
        "+441632960123",
        "+442079460018",
        "+447700900123",
        "+441614960123",
        "+61255501234",
        "+61491570156",
        "+33199001234",
    ],
)
def test_fiction(number: str) -> None:
    assert is_fiction(pn.parse(number))


@pytest.mark.parametrize(
    "number", ["+12122440100", "+442079250918", "+33142685300", "+4973155512", "+61255511234"]
)
def test_no_fiction(number: str) -> None:
    assert not is_fiction(pn.parse(number))


@pytest.mark.parametrize(
    "digits",
    [
        "1234567890",
        "01234567890",
        "0123456789",
        "9876543210",
        "491234567890",
        "0000000000",
        "1111111111",
        "5555555555",
        "1231231234",
    ],
)
def test_example(digits: str) -> None:
    assert is_example(digits)


@pytest.mark.parametrize("digits", ["3122440100", "07315551234", "49731123456", "18002223333"])
def test_no_example(digits: str) -> None:
    assert not is_example(digits)
