import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapersky.extract.homepage import extract_homepage
from scrapersky.extract.page import Page, parse_page
from scrapersky.extract.visible import is_empty, short_text

URL = "https://bakery.test/shop/"


def page(body: bytes | str, url: str = URL, content_type: str | None = None) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return parse_page(raw, url=url, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "content_type", "charset"),
    [
        ("é".encode(), "text/html; charset=UTF-8", "utf-8"),
        ("é".encode(), None, "utf-8"),
        (b"\xe9", None, "windows-1252"),
        (b"\xe9", "text/html; charset=iso-8859-1", "windows-1252"),
        (b"\xe9", 'text/html; charset="latin1"', "windows-1252"),
        (b"<meta charset=latin1>\xe9", None, "windows-1252"),
        (b"<meta charset=latin1>\xe9", "text/html;charset=utf-8", "utf-8"),
        ("\ufeffé".encode("utf-16-le"), "text/html; charset=utf-8", "utf-16le"),
        ("\ufeffé".encode(), "text/html; charset=latin1", "utf-8"),
        (b"<meta charset=utf-16>a", None, "utf-8"),
        ("<meta charset=windows-1251>Пекарня".encode("cp1251"), None, "windows-1251"),
        ("<meta charset=koi8-r>Пекарня".encode("koi8-r"), None, "koi8-r"),
        ("<meta charset=gb2312>面包".encode("gbk"), None, "gb18030"),
        ("<meta charset=shift_jis>パン".encode("cp932"), None, "shift_jis"),
        ("<meta charset=iso-8859-2>chléb".encode("iso8859-2"), None, "iso-8859-2"),
        ("<meta charset=iso-8859-1>é".encode(), None, "utf-8"),
        ("é".encode(), "text/html; charset=rot13", "utf-8"),
        (b"a", "text/html; charset=unicode_escape", "utf-8"),
        (b"a", "text/html; charset=undefined", "utf-8"),
        (b"a", "text/html; charset=utf-7", "utf-8"),
        (b"", None, "utf-8"),
        ("é ok é".encode()[:-1], None, "utf-8"),
        (b"caf\xe9", None, "windows-1252"),
    ],
)
def test_charset(body: bytes, content_type: str | None, charset: str) -> None:
    assert page(body, content_type=content_type).charset == charset


@pytest.mark.parametrize(
    ("host", "codec", "text", "charset"),
    [
        ("pekarnya.ru", "cp1251", "Пекарня на углу", "windows-1251"),
        ("pan.jp", "euc_jp", "町のパン屋さん", "euc-jp"),
        ("pan.jp", "cp932", "町のパン屋さん", "shift_jis"),
        ("firin.com.tr", "cp1254", "Köşe baş\u0131", "windows-1254"),
        ("[broken", "cp1252", "café", "windows-1252"),
    ],
)
def test_undeclared_encodings_follow_the_top_level_domain(
    host: str, codec: str, text: str, charset: str
) -> None:
    parsed = page(f"<p>{text}".encode(codec), url=f"https://{host}/")
    assert (parsed.charset, parsed.tree.text_content()) == (charset, text)


def test_the_declared_encoding_does_not_reach_the_parser_twice() -> None:
    parsed = page("<meta charset=windows-1251><title>Хлеб</title>".encode("cp1251"))
    assert parsed.tree.findtext(".//title") == "Хлеб"


@pytest.mark.parametrize(
    ("html", "base"),
    [
        ("", URL),
        ("<base href='/de/'>", "https://bakery.test/de/"),
        ("<base target=_blank><base href=//cdn.test/x>", "https://cdn.test/x"),
        ("<base href='javascript:alert(1)'>", URL),
        ("<base href='data:text/html,x'>", URL),
        ("<base href='http://[::1'>", URL),
        ("<base href=''>", URL),
    ],
)
def test_base_url(html: str, base: str) -> None:
    assert page(html).base_url == base


NOTHING = [
    b"",
    b"\x00" * 100,
    b"<!-- nothing -->",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"<!DOCTYPE html>",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"   \n",
    b"<html><head><title>Shop</title></head><body>\n</body></html>",
    b"<style>p{}</style>",
]
SOMETHING = [
    b"Hello",
    b"<img src=a.png>",
    b"<script src=app.js></script>",
    b"<div id=root></div><script>start()</script>",
    b"<frameset><frame src=a.html></frameset>",
    b"<meta http-equiv=Refresh content='0; url=/de'>",
    b"<noscript>Please enable JavaScript</noscript>",
    b"<div/>tail",
]


@pytest.mark.parametrize("body", NOTHING)
def test_empty(body: bytes) -> None:
    parsed = page(body)
    assert parsed.tree.tag == "html"
    assert is_empty(parsed)


@pytest.mark.parametrize("body", SOMETHING)
def test_not_empty(body: bytes) -> None:
    assert not is_empty(page(body))


def test_short_text() -> None:
    parsed = page("<title>T</title><p>A <b>few</b>\n words<script>no()</script> here<!-- no -->")
    assert short_text(parsed, limit=100, elements=10) == "A few words here"
    assert short_text(parsed, limit=5, elements=10) is None
    assert short_text(parsed, limit=100, elements=2) is None


HOSTILE = [
    b"<div>" * 200_000,
    b"<b><i>" * 50_000,
    b"<table><tr><td>" * 20_000,
    b"<a href='" * 20_000,
    b"<!--" * 50_000,
    b"<meta " * 50_000,
    b"<title>" * 50_000,
    b"<svg><title>" * 20_000,
    b"&#xD800;&#0;&#x110000;" * 10_000,
    b"<p>" + b" \t\n" * 300_000,
    b"<title>this domain " + b"a." * 50_000,
    b"<title>" + b"domena " * 20_000,
    b"<p>" + b"this domain " * 150,
    b'<a href="mailto:' + b"a" * 500_000 + b'@">x',
    b'<a href="mailto:' + b"a@b," * 100_000 + b'">x',
    b'<a href="tel:' + b"(" * 300_000 + b'">x',
    b'<a href="tel:' + b"0 " * 300_000 + b'">x',
    b'<a href="https://www.facebook.com/' + b"a/" * 200_000 + b'">x',
    b"<html lang='" + b"a-" * 200_000 + b"'>x",
    b"<link rel=icon sizes='" + b"1" * 200_000 + b"' href=a>",
    b'<script type=application/ld+json>["' + rb"\"" * 100_000 + b"</script>",
    b"<script type=application/ld+json>" + b"/*" * 100_000 + b"</script>",
    b"<script type=application/ld+json>" + b"[" * 100_000 + b"</script>",
    b'<script type=application/ld+json>{"a":' + b"9" * 100_000 + b",}</script>",
    b"<script type=application/ld+json>[1" + b" " * 100_000 + b",}</script>",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_pages_are_read(body: bytes) -> None:
    extract_homepage(page(body))


def test_what_is_below_many_unclosed_elements_is_read() -> None:
    parsed = page("<font>" * 1_000 + "<a href='mailto:info@bakery.com'>")
    assert [contact.value for contact in extract_homepage(parsed).contacts] == ["info@bakery.com"]


PIECES = st.sampled_from(
    [
        b"<html lang=",
        b"<meta charset=",
        b"<meta property=og:title content=",
        b"<base href=",
        b"<link rel=icon href=",
        b"<link rel=canonical href=",
        b"<a href='mailto:",
        b"<a href='tel:+",
        b"<a href='https://www.facebook.com/",
        b"<a href=https://wa.me/",
        b"<script type=application/ld+json>",
        b'{"email": "',
        b'{"a": [1e999, NaN, "\\ud800\\u0000",',
        b"</script>",
        b"<title>",
        b"<svg>",
        b"http://[",
        b"//",
        b"%",
        b"@",
        b"'>",
        b"\x00",
        b"\xff\xfe",
    ]
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    pieces=st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=25),
    url=st.one_of(st.just(URL), st.text(max_size=20)),
    content_type=st.one_of(st.none(), st.text(max_size=30), st.just("text/html; charset=latin1")),
)
def test_any_bytes_are_read(pieces: list[bytes], url: str, content_type: str | None) -> None:
    body = b"".join(pieces)
    first = extract_homepage(parse_page(body, url=url, content_type=content_type))
    again = extract_homepage(parse_page(body, url=url, content_type=content_type))
    assert first == again


def test_of_a_huge_page_its_start_and_its_end_are_read() -> None:
    data = "0123456789" * 600_000
    html = f"<title>Bakery</title><p>Start<script>x='{data}'</script><p>Call us: end"
    page = parse_page(html.encode(), url="https://bakery.com/", content_type=None)
    assert page.text.split() == ["Start", "Call", "us:", "end"]
    assert len(page.source) < 3_000_010
