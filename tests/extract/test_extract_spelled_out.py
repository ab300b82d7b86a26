import pytest

from scrapersky.extract.spelled_out import all_spots, spelled_out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada dot baker at bakery dot co dot uk", ["ada.baker@bakery.co.uk"]),
        ("ada.b (at) bakery.com or zoe (at) x.com", ["ada.b@bakery.com", "zoe@x.com"]),
        ("info[at]bakery.de. In addition", ["info@bakery.de"]),
        ("info[[at]]bakery.de", ["info@bakery.de"]),
        ("Look (a) first.time", []),
        ("open at noon dot", []),
        ("at some point in", []),
        ("we are at bakery.com", []),
        ("STATIC", []),
    ],
)  # fmt: skip
def test_spelled_out(text: str, found: list[str]) -> None:
    assert [spot.value for spot in spelled_out(text)] == found


def test_all_spots() -> None:
    found = [spot.value for spot in all_spots("a@bakery.com b [at] bakery.com")]
    assert found == ["a@bakery.com", "b@bakery.com"]
