import pytest
from lxml.html import fromstring

from scrapersky.extract.surroundings import Surroundings, surroundings


def read(html: str) -> Surroundings:
    return surroundings(next(fromstring(f"<html><body>{html}</body></html>").iter("a")))


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<div><a>x</a></div>", set()),
        ("<ul class='social-icons'><li><a>x</a></ul>", {"social"}),
        ("<footer><a>x</a></footer>", {"frame"}),
        ("<div id='footer'><div class='FollowUs'><a>x</a></div></div>", {"social", "frame"}),
        ("<article><p><a>x</a></article>", {"content"}),
        ("<article><footer><a>x</a></footer></article>", {"frame"}),
        ("<div class='author-bio__social'><a>x</a></div>", {"social", "others"}),
        ("<ul class='commentList'><li class='comment'><a>x</a></ul>", {"others"}),
        ("<div class='feedback'><a>x</a></div>", set()),
        ("<div class='social'>" + "<div>" * 6 + "<a>x</a>", set()),
        ("<div class='partners'>" + "<div>" * 12 + "<a>x</a>", set()),
    ],
)
def test_surroundings(html: str, said: set[str]) -> None:
    found = read(html)
    assert {name for name in Surroundings.__slots__ if getattr(found, name)} == said
