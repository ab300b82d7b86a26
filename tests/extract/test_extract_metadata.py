import pytest

from scrapersky.extract.found import Found
from scrapersky.extract.languages import normalise_language
from scrapersky.extract.metadata import Metadata, metadata
from scrapersky.extract.open_graph import OpenGraph, open_graph
from scrapersky.extract.page import parse_page

URL = "https://bakery.test/shop/"
PRAGMA = ("fr", "http-equiv:content-language")


def read(html: str, url: str = URL) -> Metadata:
    return metadata(parse_page(html.encode(), url=url, content_type="text/html; charset=utf-8"))


def graph(html: str) -> OpenGraph:
    return open_graph(parse_page(html.encode(), url=URL, content_type=None))


def pair(found: Found | None) -> tuple[str, str] | None:
    return (found.value, found.source) if found else None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<title> Rye &amp;\n Wheat </title>", ("Rye & Wheat", "title")),
        ("<title></title><title>Rye</title>", ("Rye", "title")),
        ("<TITLE>Rye <b>bread</b></TITLE>", ("Rye <b>bread</b>", "title")),
        ("<svg><title>Icon</title></svg>", None),
        ("<body><svg><title>Icon</title></svg><title>Rye</title>", ("Rye", "title")),
        ("<title> </title><meta property='og:title' content='Rye'>", ("Rye", "og:title")),
        ("<meta name='OG:Title' content='Rye'>", ("Rye", "og:title")),
        ("<meta name=twitter:title content=Rye>", ("Rye", "twitter:title")),
        ("<meta name=title content=Rye>", ("Rye", "meta title")),
        ("<meta name=title content=' '>", None),
        ("", None),
    ],
)
def test_title(html: str, expected: tuple[str, str] | None) -> None:
    assert pair(read(html).title) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<meta name=Description content=' Fresh  bread '>", ("Fresh bread", "meta description")),
        ("<meta property=description content=Fresh>", ("Fresh", "meta description")),
        ("<meta itemprop=description content=Fresh>", ("Fresh", "meta description")),
        (
            "<meta name=description content=''><meta property=og:description content=Fresh>",
            ("Fresh", "og:description"),
        ),
        (
            "<meta name=description property=og:description content=Fresh>",
            ("Fresh", "meta description"),
        ),
        ("<meta name=dc.description content=Fresh>", ("Fresh", "meta dc.description")),
        ("<meta name=description>", None),
    ],
)
def test_description(html: str, expected: tuple[str, str] | None) -> None:
    assert pair(read(html).description) == expected


def test_lengths_are_capped() -> None:
    found = read(f"<title>{'a' * 2_000}</title><meta name=description content={'b' * 9_000}>")
    assert found.title is not None
    assert found.description is not None
    assert (len(found.title.value), len(found.description.value)) == (1_000, 5_000)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<html lang=de>", ("de", "html lang")),
        ("<html lang='' xml:lang=de-at>", ("de-AT", "html xml:lang")),
        ("<html lang={{lang}}><meta http-equiv=Content-Language content=fr>", PRAGMA),
        ("<meta http-equiv=content-language content='en, fr'>", None),
        ("<meta property=og:locale content=pt_BR>", ("pt-BR", "og:locale")),
        ("<meta name=language content=German>", None),
        ("<html><body lang=de>", None),
    ],
)
def test_language(html: str, expected: tuple[str, str] | None) -> None:
    assert pair(read(html).language) == expected


@pytest.mark.parametrize(
    ("tag", "normal"),
    [
        ("de", "de"),
        ("EN-us", "en-US"),
        ("pt_BR", "pt-BR"),
        ("zh-hant", "zh-Hant"),
        ("zh_Hans_CN", "zh-Hans-CN"),
        ("de_DE.UTF-8", "de-DE"),
        ("de-CH-1901", "de-CH"),
        ("ca-valencia", "ca"),
        ("es-419", "es-419"),
        ("en-UK", "en-GB"),
        ("en-EN", "en"),
        ("deu", "de"),
        ("iw", "he"),
        ("cz", "cs"),
        ("gsw", "gsw"),
        (" fr ", "fr"),
        ("", None),
        ("xx", None),
        ("und", None),
        ("zxx", None),
        ("x-default", None),
        ("c", None),
        ("english", None),
        ("de en", None),
        ("<?php", None),
        ("de-" + "a" * 100, None),
        ("ｄｅ", None),
    ],
)
def test_normalise_language(tag: str, normal: str | None) -> None:
    assert normalise_language(tag) == normal


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<link rel=canonical href=/rye>", "https://bakery.test/rye"),
        ("<link rel='Canonical nofollow' href=rye>", "https://bakery.test/shop/rye"),
        ("<base href=/de/><link rel=canonical href=rye>", "https://bakery.test/de/rye"),
        ("<link rel=canonical href=''><link rel=canonical href=/a>", "https://bakery.test/a"),
        ("<link rel=canonical href='javascript:0'>", None),
        ("<link rel=alternate href=/a>", None),
    ],
)
def test_canonical_url(html: str, url: str | None) -> None:
    found = read(html).canonical_url
    assert (found.value if found else None) == url


@pytest.mark.parametrize(
    ("html", "path", "source"),
    [
        ("<link rel=icon href=a.png>", "/shop/a.png", "link icon"),
        ("<link rel='SHORTCUT ICON' href=/a.ico>", "/a.ico", "link icon"),
        ("<link rel=icon href=a.png><link rel=icon href=b.png>", "/shop/b.png", "link icon"),
        (
            "<link rel=icon sizes=32x32 href=/32><link rel=icon sizes=192x192 href=/192>",
            "/32",
            "link icon",
        ),
        ("<link rel=icon href=/a.ico><link rel=icon sizes=any href=/a.svg>", "/a.svg", "link icon"),
        (
            "<link rel=apple-touch-icon sizes=32x32 href=/t><link rel=icon href=/i>",
            "/i",
            "link icon",
        ),
        (
            "<link rel=icon href=/l><link rel=icon media='(prefers-color-scheme:dark)' href=/d>",
            "/l",
            "link icon",
        ),
        (
            "<link rel=icon href='data:image/png;base64,AA'><link rel=apple-touch-icon href=/t>",
            "/t",
            "link apple-touch-icon",
        ),
        ("<link rel=icon href='data:,'>", "/favicon.ico", "default"),
        ("<link rel=mask-icon href=/m.svg>", "/favicon.ico", "default"),
        ("<base href=https://cdn.test/>", "/favicon.ico", "default"),
    ],
)
def test_favicon_url(html: str, path: str, source: str) -> None:
    assert pair(read(html).favicon_url) == (f"https://bakery.test{path}", source)


def test_a_default_favicon_is_hardly_believed_and_needs_a_host() -> None:
    found = read("").favicon_url
    assert found is not None
    assert found.confidence < 0.5
    assert read("", url="about:blank").favicon_url is None


def test_generator() -> None:
    html = "<meta name=Generator content='Oven 2.1'><meta name=generator content='Plugin 1'>"
    assert pair(read(html).generator) == ("Oven 2.1", "meta generator")


def test_open_graph() -> None:
    html = """
      <meta property="og:title" content=" Rye ">
      <meta name="og:type" content="website">
      <meta property="og:image" content="/1.png"><meta property="og:image" content="/2.png">
      <meta property="og:image" content="/1.png">
      <meta property="article:author" content="Ada">
      <meta property="business:contact_data:locality" content="Ulm">
      <meta property="og:empty" content=" ">
      <meta property="twitter:card" content="summary"><meta name="description" content="Fresh">
    """
    assert graph(html) == {
        "og:title": "Rye",
        "og:type": "website",
        "og:image": ["/1.png", "/2.png"],
        "article:author": "Ada",
        "business:contact_data:locality": "Ulm",
    }


def test_open_graph_is_bounded() -> None:
    many = "".join(f"<meta property=og:k{n} content={'v' * 3_000}>" for n in range(100))
    found = graph("".join(f"<meta property=og:i content={n}>" for n in range(100)) + many)
    assert len(found) == 64
    assert len(found["og:i"]) == 16
    assert found["og:k0"] == "v" * 2_048
