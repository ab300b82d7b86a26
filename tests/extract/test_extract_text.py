import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapersky.extract.found import Found, found_text
from scrapersky.extract.text import clean_text, storable
from scrapersky.extract.urls import absolute_url, host_of, within

BASE = "https://bakery.test/shop/index.html"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Rye \n\t bread ", "Rye bread"),
        ("Rye\u00a0bread", "Rye bread"),
        ("a\x00b\x07c", "abc"),
        ("a \x01 b", "a b"),
        ("a\x85b", "a b"),
        ("\ufeffa\ud800", "a"),
        ("😀 é 面包", "😀 é 面包"),
        ("abcdefghij klm", "abcdefghij"),
        (" \n\x00", ""),
    ],
)
def test_clean_text(text: str, clean: str) -> None:
    assert clean_text(text, 11) == clean


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=50))
def test_storable_text_can_be_dumped(text: str) -> None:
    kept = storable(text)
    assert orjson.loads(orjson.dumps(kept)) == kept
    assert "\x00" not in kept


def test_nothing_is_found_in_blanks() -> None:
    assert found_text(" \x00", source="title", confidence=1.0, limit=10) is None
    assert found_text(None, source="title", confidence=1.0, limit=10) is None
    found = Found(value="a", source="title", confidence=1.0)
    assert found_text(" a ", source="title", confidence=1.0, limit=10) == found


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("a.png", "https://bakery.test/shop/a.png"),
        (" /a b\n.png ", "https://bakery.test/a%20b.png"),
        ("//CDN.test/ü", "https://cdn.test/%C3%BC"),
        ("https://bäckerei.test/", "https://xn--bckerei-5wa.test/"),
        ("HTTP://bakery.test", "http://bakery.test"),
        ("javascript:void(0)", None),
        ("data:image/png;base64,AA", None),
        ("mailto:a@b.com", None),
        ("ftp://bakery.test/", None),
        ("https://", None),
        ("https:///x", None),
        ("http://a b/", None),
        ("http://[::1", None),
        ("https://bakery.test/" + "a" * 2048, None),
        ("", None),
        (None, None),
        ("\x00", None),
    ],
)
def test_absolute_url(href: str | None, url: str | None) -> None:
    assert absolute_url(BASE, href) == url


def test_hosts() -> None:
    assert host_of("https://User@WWW.Bakery.test:8080/") == "www.bakery.test"
    assert host_of("http://[::1") == ""
    assert within("a.b.test", "b.test")
    assert within("b.test", "b.test")
    assert not within("ab.test", "b.test")
