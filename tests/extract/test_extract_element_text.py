import pytest
from lxml.html import fragment_fromstring

from scrapersky.extract.element_text import element_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a></a>", ""),
        ("<a> Rye \n bread </a>", "Rye bread"),
        ("<a><b>Con</b>tact <i>us</i> now</a>", "Contact us now"),
        ("<a>Rye<!-- no --> bread</a>", "Rye bread"),
        (f"<a>{'rye ' * 99}</a>", "rye rye rye rye rye"),
        (f"<div>Rye{'<b>x</b>' * 9_000}</div>", "Ryexxxxxxxxxxxxxxxxx"),
    ],
)
def test_texts(html: str, expected: str) -> None:
    assert element_text(fragment_fromstring(html), 20) == expected
