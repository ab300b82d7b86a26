import pytest

from scrapersky.extract.spellings import spellings


@pytest.mark.parametrize(
    ("label", "text", "found"),
    [
        (
            "ryebakery",
            "At Rye Bakery. rye-bakery, RyeBakery!",
            ["Rye Bakery", "rye-bakery", "RyeBakery"],
        ),
        ("rye-and-sons", "Rye & Sons, Rye and Sons", ["Rye & Sons", "Rye and Sons"]),
        ("rye24", "Rye 24", ["Rye 24"]),
        ("rye", "Rye's bread, Rye Company", ["Rye's", "Rye Company"]),
        ("ryebakery", "info@ryebakery.test www.ryebakery.test /ryebakery", []),
        ("ryebakery", "Rye, the bakery. Ryebakerys", []),
        ("ry", "Ry", []),
        ("r" * 50, "r" * 50, []),
        ("rye", "", []),
    ],
)
def test_spellings(label: str, text: str, found: list[str]) -> None:
    assert list(spellings(label, text)) == found
