import pytest

from scrapersky.extract.phone_digits import Row, numbers_in
from scrapersky.extract.phone_labels import Found, Label
from scrapersky.extract.phone_plan import PlanReader, Regions

TEL = Found(label=Label.PHONE, close=True)


def cut(line: str, region: str, label: Found | None = TEL) -> list[str]:
    read = PlanReader(Regions([region], certain=True))
    row = Row(line=line, start=0, end=len(line), label=label, previous=None, read=read)
    return [line[span.start : span.end] for span in numbers_in(row)]


@pytest.mark.parametrize(
    ("line", "region", "numbers"),
    [
        ("0731 5551234", "DE", ["0731 5551234"]),
        ("0731 5551234 / 0731 5551235", "DE", ["0731 5551234", "0731 5551235"]),
        ("(0731) 5551234 (0731) 5551235", "DE", ["(0731) 5551234", "(0731) 5551235"]),
        ("312-244-0100 / 312-244-0101", "US", ["312-244-0100", "312-244-0101"]),
        ("491 615 680-1", "CZ", ["491 615 680", "1"]),
        ("491 615 680/81/82", "CZ", ["491 615 680", "81", "82"]),
        ("20036-2103 202-483-7600", "US", ["202-483-7600"]),
        ("24/7 312-244-0100", "US", ["312-244-0100"]),
        ("12.03.2015 0731 5551234", "DE", [" 0731 5551234"]),
        ("08.00 - 17.00", "NL", []),
        ("176.215.38.50", "US", []),
        ("7 8 9 10 11 12", "US", []),
        ("123-456-7890", "US", []),
        ("1 " * 30 + "1", "US", []),
    ],
)
def test_numbers_in(line: str, region: str, numbers: list[str]) -> None:
    assert cut(line, region) == numbers


def test_what_is_labelled_otherwise_is_no_number() -> None:
    other = Found(label=Label.OTHER, close=True)
    assert cut("0731 5551234", "DE", other) == []


def test_unlabelled_numbers_are_cut_out_of_nothing() -> None:
    assert cut("4567 491 615 680", "CZ", None) == []
    assert cut("491 615 680-1", "CZ", None) == []
