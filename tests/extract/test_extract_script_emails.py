import pytest

from scrapersky.extract.script_emails import hides_an_address, written_addresses


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("x = 'mailto:info' + '@bakery.com'", ["info@bakery.com"]),
        ("x = 'info@bakery.com' // stands there as it is", []),
        ("x = 'mailto:' + user + '@bakery.com'", []),
        ("noSpam('bakery.com', 'info')", ["info@bakery.com"]),
        ("trackEmail('click', 'bakery.com')", []),
        (";" * 20_000 + "document.write('info' + '@' + 'bakery.com')", ["info@bakery.com"]),
        ("ml='.@abcefikmnory';mi='62791341:0>?0501';o+=ml.charAt(mi.charCodeAt(j)-48)", []),
        ("coded = 'd@e.fdp'; key = 'abc'; if (key.indexOf(coded.charAt(i))==-1) x", []),
    ],
)
def test_written_addresses(script: str, found: list[str]) -> None:
    assert [spot.value for spot in written_addresses(script)] == found


def test_picked_characters() -> None:
    alphabet = ".@abcefikmnory"
    places = "".join(chr(48 + alphabet.index(char)) for char in "info@bakery.com")
    script = f'var ml="{alphabet}",mi="{places}";o+=ml.charAt(mi.charCodeAt(j)-48)'
    assert [spot.value for spot in written_addresses(script)] == ["info@bakery.com"]


def test_shifted_characters() -> None:
    key = "abcdefghijklmnopqrstuvwxyz"
    plain = "info@bakery.com"
    code = "".join(
        key[(key.index(char) + len(plain)) % 26] if char in key else char for char in plain
    )
    script = f'coded = "{code}"\nkey = "{key}"\nif (key.indexOf(coded.charAt(i))==-1) {{'
    assert [spot.value for spot in written_addresses(script)] == [plain]


def test_hides_an_address() -> None:
    assert hides_an_address("x = 'info' + '@' + y")
    assert not hides_an_address("x = 'nothing'")
