import pytest

from scrapersky.extract.phone_letters import dialled


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1-800-FLOWERS", "1-800-3569377"),
        ("1-800-MATTRESS now", "1-800-6288737  now"),
        ("(877) SOV-BANK", "(877) 768-2265"),
        ("303.333.PAUL", "303.333.7285"),
        ("(212) NEW-YORK", "(212) 639-9675"),
        ("1.888.LUTRON1", "1.888.5887661"),
        ("1-888-INFO-FDA", "1-888-4636-332"),
        ("800-244-0100", "800-244-0100"),
        ("UA-800-ABCDEFG", "UA-800-ABCDEFG"),
        ("312-ABCDEFG", "312-ABCDEFG"),
        ("800 Flowers", "800 Flowers"),
        ("800 NEW Flowers", "800 NEW Flowers"),
        ("", ""),
    ],
)
def test_dialled(line: str, expected: str) -> None:
    assert dialled(line) == expected
    assert len(expected) == len(line)
