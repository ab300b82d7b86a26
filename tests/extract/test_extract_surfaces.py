import pytest

from scrapersky.extract.page import parse_page
from scrapersky.extract.surfaces import Surfaces


def surfaces(html: str, url: str = "https://www.bakery.test/") -> Surfaces:
    headers = [("Server", "nginx"), ("Set-Cookie", "A=1; path=/"), ("Set-Cookie", "b=2")]
    return Surfaces(parse_page(html.encode(), url=url, content_type=None, headers=headers))


@pytest.mark.parametrize(
    ("html", "surface", "key", "value"),
    [
        ("<p>Ä", "html", "", "<p>Ä"),
        ("<p class='a b'><b class='a b'><i class=c>", "class", "", "a b\nc"),
        ("<p>one<p>two", "text", "", "one\ntwo"),
        ("<script>a()</script><script src=x>b()</script>", "scripts", "", "a()"),
        ("<script type='text/plain'>a()</script>", "scripts", "", "a()"),
        ("<script type='application/json'>{}</script>", "scripts", "", ""),
        (
            "<script src=a.js></script><script data-src=b.js></script>",
            "scriptSrc",
            "",
            "a.js\nb.js",
        ),
        ("<link rel=modulepreload href=a.js><link rel=icon href=b>", "scriptSrc", "", "a.js"),
        ("<iframe src=a></iframe><iframe data-src=b></iframe>", "frameSrc", "", "a\nb"),
        ("<img src='data:" + "x" * 3_000 + "'><img src=a.png>", "ownUrl", "", "a.png"),
        ("<link rel='Icon shortcut' href='a.ico'>", "link", "icon", "a.ico"),
        (
            "<meta name=Generator content=X><meta name=generator content=Y>",
            "meta",
            "generator",
            "X\nY",
        ),
        ("", "headers", "server", "nginx"),
        ("", "cookies", "a", "1"),
        ("", "cookies", "b", "2"),
        ("", "cookies", "c", ""),
        ("", "url", "", "https://www.bakery.test/"),
        (
            "<html><body></html><html><script src=late.js></script></html>",
            "scriptSrc",
            "",
            "late.js",
        ),
    ],
)
def test_what_stands_there(html: str, surface: str, key: str, value: str) -> None:
    assert surfaces(html).value(surface, key)[0].decode() == value


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("/a", True),
        ("a.png", True),
        ("https://www.bakery.test/a", True),
        ("//bakery.test/a", True),
        ("HTTPS://user@BAKERY.test:8080/a", True),
        ("https://cdn.bakery.test/a", True),
        ("https://img2.bakery.test/a", True),
        ("https://cms.bakery.test/a", True),
        ("https://blog.bakery.test/a", False),
        ("https://bakery.test.other.test/a", False),
        ("https://notbakery.test/a", False),
        ("//other.test/bakery.test/", False),
        ("http://[", False),
    ],
)
def test_own_addresses(url: str, is_own: bool) -> None:  # noqa: FBT001 - a table's column
    found = surfaces(f"<a href='{url}'>x</a>").value("ownUrl")[0].decode()
    assert found == (url if is_own else "")


def test_the_ends_of_a_large_page() -> None:
    html = "<p>begin" + "x" * 3_000_000 + "<p>end"
    text, lowered = surfaces(html).value("html")
    assert len(text) == len(lowered) == 2_000_001
    assert text.startswith(b"<p>begin")
    assert text.endswith(b"<p>end")
