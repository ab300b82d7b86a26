from scrapersky.extract.page import parse_page
from scrapersky.extract.twitter_card import MAX_KEYS, MAX_VALUE, TwitterCard, twitter_card


def read(html: str) -> TwitterCard:
    return twitter_card(parse_page(html.encode(), url="https://bakery.test/", content_type=None))


def test_properties() -> None:
    assert read(
        '<meta name="twitter:card" content="summary">'
        '<meta property="twitter:title" content=" Rye \n bread ">'
        '<meta name="Twitter:Site" content="@bakery"><meta name="twitter:image" content="">'
        '<meta name="og:title" content="x"><meta name="twitterish" content="x">'
    ) == {"twitter:card": "summary", "twitter:title": "Rye bread", "twitter:site": "@bakery"}


def test_the_first_that_is_not_blank() -> None:
    assert read(
        '<meta name="twitter:title" content=" "><meta name="twitter:title" content="a">'
        '<meta name="twitter:title" content="b">'
    ) == {"twitter:title": "a"}


def test_none() -> None:
    assert read("<p>x</p>") == {}


def test_bounds() -> None:
    found = read("".join(f'<meta name="twitter:{n}" content="{"x" * 9_000}">' for n in range(99)))
    assert len(found) == MAX_KEYS
    assert {len(value) for value in found.values()} == {MAX_VALUE}
