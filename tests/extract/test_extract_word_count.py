import pytest

from scrapersky.extract.page import parse_page
from scrapersky.extract.word_count import word_count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("… – !", 0),
        ("Rye bread", 2),
        ("<b>Rye</b><i>bread</i>", 2),
        ("<script>var x</script>Rye<style>b{}</style>", 1),
        ("don't well-known 1,000.50 C++", 4),
        ("Brötchen für Ümit", 3),
        ("Ржаной хлеб", 2),
        ("黑麦面包", 4),
        ("パンです", 4),
        ("호밀 빵", 2),
        ("Bakery 面包店 24", 5),
        ("_ __ a_b", 2),
    ],
)
def test_words(text: str, expected: int) -> None:
    page = parse_page(f"<p>{text}</p>".encode(), url="", content_type="text/html; charset=utf-8")
    assert word_count(page) == expected


@pytest.mark.timeout(30)
@pytest.mark.parametrize("text", ["a" * 1_000_000, "a." * 500_000, "a'" * 500_000, "-" * 1_000_000])
def test_hostile_texts(text: str) -> None:
    word_count(parse_page(text.encode(), url="", content_type=None))
