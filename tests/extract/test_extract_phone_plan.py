import pytest

from scrapersky.extract.contact import PhoneType
from scrapersky.extract.phone_plan import (
    MAX_READS,
    Form,
    PlanReader,
    Regions,
    read_abroad,
    read_number,
)


def e164(text: str, *regions: str, certain: bool = True) -> str | None:
    number = read_number(text, Regions(regions, certain=certain))
    return f"{number.parsed.country_code} {number.parsed.national_number}" if number else None


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("0731 5551234", "DE", "49 7315551234"),
        ("+49 (0) 731 5551234", "US", "49 7315551234"),
        ("(+49) 731 5551234", "US", "49 7315551234"),
        ("0049 731 5551234", "US", "49 7315551234"),
        ("+0049 731 5551234", "US", "49 7315551234"),
        ("+0731 5551234", "DE", "49 7315551234"),
        ("+39 0541 300555", "US", "39 541300555"),
        ("+39 (0)541 300555", "US", "39 541300555"),
        ("49 731 5551234", "DE", "49 7315551234"),
        ("(312) 244-0100", "US", "1 3122440100"),
        ("1 312 244 0100", "US", "1 3122440100"),
        ("8 (383) 258-29-55", "RU", "7 3832582955"),
        ("(86-10) 5555 8989", "US", "86 1055558989"),
        ("731 5551234", "DE", None),
        ("31 224 40100", "US", None),
        ("312 244 010", "US", None),
        ("+999 731 5551234", "DE", None),
        ("12345", "DE", None),
        ("1" * 40, "DE", None),
        ("", "DE", None),
        ("+", "DE", None),
    ],
)
def test_read_number(text: str, region: str, expected: str | None) -> None:
    assert e164(text, region) == expected


@pytest.mark.parametrize(
    ("text", "region", "form"),
    [
        ("+49 731 5551234", "DE", Form.INTERNATIONAL),
        ("(0731) 5551234", "DE", Form.STRONG),
        ("0731/5551234", "DE", Form.STRONG),
        ("07315551234", "DE", Form.WEAK),
        ("0731.55.512.34", "DE", Form.FAIR),
        ("020 7925 0918", "GB", Form.STRONG),
        ("02079250918", "GB", Form.FAIR),
        ("961 55 70 43", "ES", Form.FAIR),
        ("961.557.043", "ES", Form.WEAK),
        ("961557043", "ES", Form.WEAK),
        ("312-244-0100", "US", Form.STRONG),
        ("312 244 0100", "US", Form.FAIR),
        ("3122440100", "US", Form.WEAK),
    ],
)
def test_form(text: str, region: str, form: Form) -> None:
    number = read_number(text, Regions([region], certain=True))
    assert number is not None
    assert number.form is form


def test_likeliest_country_first() -> None:
    assert e164("01 42 68 53 00", "FR", "IT") == "33 142685300"
    assert e164("800-585-0774", "UA", certain=True) == "380 8005850774"
    assert e164("800-585-0774", "UA", certain=False) == "1 8005850774"
    assert e164("020 7925 0918", certain=False) == "44 2079250918"


def test_sure_only_where_the_country_is() -> None:
    known = read_number("0731 5551234", Regions(["DE"], certain=True))
    guessed = read_number("0731 5551234", Regions(["DE"], certain=False))
    american = read_number("312-244-0100", Regions(["DE"], certain=False))
    assert known is not None
    assert known.sure
    assert guessed is not None
    assert not guessed.sure
    assert american is not None
    assert american.sure


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+49 731 5551234", PhoneType.FIXED),
        ("+49 171 5551234", PhoneType.MOBILE),
        ("+49 800 5551234", PhoneType.TOLL_FREE),
        ("+49 900 1555123", PhoneType.OTHER),
        ("+1 312 244 0100", PhoneType.OTHER),
    ],
)
def test_type(text: str, kind: PhoneType) -> None:
    number = read_number(text, Regions(["US"], certain=True))
    assert number is not None
    assert number.type is kind


def test_read_abroad() -> None:
    number = read_abroad("822-3404-5555")
    assert number is not None
    assert (number.region, number.form) == ("KR", Form.WEAK)
    assert read_abroad("0731 5551234") is None
    assert read_abroad("123") is None


def test_the_reader_stops() -> None:
    read = PlanReader(Regions(["DE"], certain=True))
    assert all(read(f"0731 55{number:05}") for number in range(MAX_READS))
    assert read("0731 6512345") is None
    assert read("0731 5500001") is not None
