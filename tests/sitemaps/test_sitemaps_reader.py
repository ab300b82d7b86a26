"""What is read of good files, odd files and broken files."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapersky.sitemaps.entries import Entry, Kind, News, PageEntry, Problem, SitemapEntry, Video
from scrapersky.sitemaps.reader import Limits, SitemapReader, read_sitemap

URL = "http://a.test/maps/s.xml"
SET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def read(
    data: bytes | str, *, limits: Limits | None = None, chunk: int = 65_536
) -> tuple[list[Entry], SitemapReader]:
    if isinstance(data, str):
        data = data.encode()
    reader = SitemapReader(url=URL, limits=limits)
    entries: list[Entry] = []
    for start in range(0, len(data), chunk):
        entries += reader.feed(data[start : start + chunk])
        if reader.is_full:
            break
    entries += reader.close()
    return entries, reader


def urls(data: bytes | str) -> list[str]:
    return [entry.url for entry in read(data)[0]]


def one(text: str) -> str:
    return f"<url><loc>{text}</loc></url>"


def test_everything_of_an_entry() -> None:
    [entry], reader = read(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>'
        "<image:image><image:loc>/i.jpg</image:loc></image:image>"
        "<video:video><video:thumbnail_loc>/t.jpg</video:thumbnail_loc>"
        "<video:title>A &amp; B</video:title><video:player_loc>/p</video:player_loc></video:video>"
        "<news:news><news:publication><news:name>N</news:name><news:language>en</news:language>"
        "</news:publication><news:publication_date>2024-01-02</news:publication_date>"
        "<news:title>T</news:title></news:news><mobile:mobile/>"
        '<xhtml:link rel="alternate" hreflang="de" href="/de?a=1&amp;b=2"/>'
        "<loc>/page</loc><lastmod>2024-01-02T03:04:05+01:00</lastmod>"
        "<changefreq>Weekly</changefreq><priority>0,7</priority></url></urlset>"
    )
    day = datetime(2024, 1, 2, tzinfo=UTC)
    assert entry == PageEntry(
        url="http://a.test/page",
        lastmod=datetime(2024, 1, 2, 2, 4, 5, tzinfo=UTC),
        lastmod_text="2024-01-02T03:04:05+01:00",
        changefreq="Weekly",
        priority=0.7,
        alternates=(("de", "http://a.test/de?a=1&b=2"),),
        images=("http://a.test/i.jpg",),
        videos=(Video("http://a.test/p", "http://a.test/t.jpg", "A & B"),),
        news=News("N", "en", "T", day, "2024-01-02"),
        mobile=True,
    )
    assert (reader.kind, reader.problems, reader.entry_count) == (Kind.URLSET, {}, 1)
    assert reader.lastmod_min == reader.lastmod_max == entry.lastmod


def test_nothing_is_invented() -> None:
    [entry], _ = read(f"{SET}{one('http://a.test/')}</urlset>")
    assert entry == PageEntry("http://a.test/")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  http://a.test/x\n", "http://a.test/x"),
        ("<![CDATA[http://a.test/x?a&b]]>", "http://a.test/x?a&b"),
        ("http://a.test/?a=1&amp;b=2", "http://a.test/?a=1&b=2"),
        ("http://a.test/?a=1&b=2", "http://a.test/?a=1&b=2"),
        ("http://a.test/?a=1&copy=2", "http://a.test/?a=1&copy=2"),
        ("http://a.test/?a<b", "http://a.test/?a%3Cb"),
        ("http://a.test/&#233;", "http://a.test/%C3%A9"),
        ("http://m\u00fcnchen.test/\u00e9", "http://xn--mnchen-3ya.test/%C3%A9"),
        ("HTTP://A.Test/X", "http://a.test/X"),
        ("/x", "http://a.test/x"),
        ("x", "http://a.test/maps/x"),
        ("//b.test/x", "http://b.test/x"),
        ("a.test/x", "http://a.test/x"),
        ("www.b.test/x", "http://www.b.test/x"),
        ('"http://a.test/x"', "http://a.test/x"),
        ("http://a.test/a b", "http://a.test/a%20b"),
        ("http://a.test/a\n b", "http://a.test/a%20b"),
        ("http://a.test/x\x00\x0b", "http://a.test/x"),
        ('<a href="/n">http://a.test/x</a>', "http://a.test/x"),
        ("<url>http://a.test/x</url>", "http://a.test/x"),
        ("http://a.test/<!-- c -->x", "http://a.test/x"),
    ],
)
def test_a_url_as_it_is_written(text: str, expected: str) -> None:
    assert urls(f"{SET}{one(text)}{one('/good')}</urlset>") == [expected, "http://a.test/good"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mailto:a@b.test",
        "http://",
        "http:///x",
        "ftp://a.test/",
        "javascript:x",
        "#x",
        "{{ page.url }}",
        "http://a.test/" + "x" * 2_048,
        "y" * 10_000,
        "http://[a/",
    ],
)
def test_one_bad_entry_costs_no_good_one(text: str) -> None:
    entries, reader = read(f"{SET}{one('/1')}{one(text)}{one('/2')}</urlset>")
    assert [entry.url for entry in entries] == ["http://a.test/1", "http://a.test/2"]
    assert reader.problems[Problem.BAD_URL] == 1


BOTH = ["http://a.test/1", "http://a.test/2"]


@pytest.mark.parametrize(
    "text",
    [
        f"{SET}<url><loc>/1</loc><url><loc>/2</loc></urlset>",
        f"{SET}<url><loc>/1</url><url><loc>/2</loc></url></urlset>",
        f"{SET}<url><loc>/1<url><loc>/2</loc></url></urlset>",
        f"{SET}<url><loc>/1</ loc></url><url ><loc\n>/2</loc ></url></urlset>",
        f"{SET}<url><loc>/1</loc><loc>/2</loc></url></urlset>",
        f"{SET}<url><loc><![CDATA[/1</loc></url>{one('/2')}</urlset>",
        f"{SET}<url><loc>/1</loc><bad attr></url>{one('/2')}</urlset>",
        f"{SET}<url x='><loc>/1</loc></url>{one('/2')}</urlset>",
        f"{SET}{one('/1')}{one('/2')}",
        f"{SET}{one('/1')}<url><loc>/2</lo",
        f"{SET}{one('/1')}<url><loc>/2<",
        f"{SET}{one('/1')}<url><loc>/2</loc><lastmod>2024-0",
        f"{SET}{one('/1')}<url><loc>/2</loc></url><url><loc>/cut",
        f"{SET}{one('/1')}</urlset>{SET}{one('/2')}</urlset>",
        f"{SET}<urls>{one('/1')}{one('/2')}</urls></urlset>",
        f"{SET}<!-- {one('/no')} -->{one('/1')}{one('/2')}</urlset>",
        f"<br />\n<b>Warning</b>: x\n<?xml version='1.0'?>{SET}{one('/1')}{one('/2')}</urlset>",
        f"\n \ufeff\ufeff<?xml version='1.0'?>{SET}{one('/1')}{one('/2')}</urlset>\0\0",
        "<URLSET><URL><LOC>/1</LOC></URL><Url><Loc>/2</Loc></Url></URLSET>",
        "<urlset><loc>/1</loc><loc>/2</loc></urlset>",
        one("/1") + one("/2"),
        f'<urlset xmlns="http://other.test/">{one("/1")}{one("/2")}</urlset>',
        '<s:urlset xmlns:s="x"><s:url><s:loc>/1</s:loc></s:url><url><loc>/2</loc></url></s:urlset>',
        "<urlset><s:url><s:loc>/1</s:loc></s:url><url><s:loc>/2</s:loc></url></urlset>",
        f"{SET}<url><image:image><image:loc>/i</image:loc><loc>/1</loc></url>{one('/2')}</urlset>",
        f"{SET}<url><image:image><image:loc>/i</image:loc></image:image></url>{one('/1')}{one('/2')}",
        f'<!DOCTYPE x [<!ENTITY b "http://a.test">]>{SET}{one("&b;/1")}{one("/2")}</urlset>',
        f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///x">]>{SET}{one("/1")}{one("/&f;")}{one("/2")}',
        "http://a.test/1\nhttp://a.test/2",
        "\ufeffhttp://a.test/1\r\n\r\n# no\r\nnothing\r\n  http://a.test/2  ",
        "http://a.test/1\rhttp://a.test/2\r",
        "http://a.test/1 http://a.test/2",
        "http://a.test/1\t2024-01-01\nhttp://a.test/2\tx\n",
    ],
)
def test_what_was_meant(text: str) -> None:
    assert urls(text) == BOTH


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", "UTF8-MB4"),
        ("utf-8", "utf-16"),
        ("latin-1", "utf-8"),
        ("cp1252", "windows-1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-8"),
        ("utf-16-be", "utf-8"),
        ("utf-32", "utf-8"),
        ("utf-8-sig", "utf-8"),
    ],
)
def test_encodings(codec: str, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>{SET}{one("/é")}</urlset>'
    assert urls(text.encode(codec)) == ["http://a.test/%C3%A9"]


def test_legacy_encodings() -> None:
    for codec, letter in (("windows-1251", "я"), ("gb2312", "中"), ("shift_jis", "日")):
        text = f'<?xml version="1.0" encoding="{codec}"?>{SET}{one(f"/{letter}")}</urlset>'
        assert urls(text.encode(codec)) == urls(f"{SET}{one(f'/{letter}')}</urlset>"), codec


def test_an_index() -> None:
    entries, reader = read(
        "<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>2024</lastmod></sitemap>"
        "<url><loc>/2.xml.gz</loc></url><url><loc>/page</loc></url></sitemapindex>"
    )
    assert [type(entry) for entry in entries] == [SitemapEntry, SitemapEntry, PageEntry]
    assert entries[0].lastmod == datetime(2024, 1, 1, tzinfo=UTC)
    assert reader.kind == Kind.SITEMAPINDEX


RSS = (
    "<rss><channel><link>/feed</link><item><link>/1</link><pubDate>Mon, 1 Jan 2024"
    " 00:00:00 GMT</pubDate></item><item><guid>http://a.test/2</guid></item>"
    '<item><guid isPermaLink="false">http://a.test/3</guid></item></channel></rss>'
)
RSS_WITH_OTHER_LINKS = (
    '<rss><item><atom:link href="/x" rel="related"/><link>/1</link></item>'
    "<item><description><link>/no</link></description><link>/2</link></item></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><link href="/feed"/><entry>'
    '<link rel="edit" href="/no"/><link href="/1"/></entry><entry><source>'
    '<link href="/no"/></source><link rel="alternate" href="/2"/></entry></feed>'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item><link>/1'
    '</link></item><item rdf:about="http://a.test/2"></item></rdf:RDF>'
)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (RSS, Kind.RSS, BOTH),
        (RSS_WITH_OTHER_LINKS, Kind.RSS, BOTH),
        (ATOM, Kind.ATOM, BOTH),
        (RDF, Kind.RDF, BOTH),
        ("http://a.test/1\nhttp://a.test/2", Kind.TEXT, BOTH),
        ("<!doctype html><html><a href='/1'>404</a></html>", Kind.HTML, []),
        ("<html><body>No sitemap</body></html>", Kind.HTML, []),
        ('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', Kind.XML, []),
        ('{"error": "http://a.test/1"}', Kind.JSON, []),
        ('["http://a.test/1"]', Kind.JSON, []),
        ("Not found", Kind.OTHER, []),
        ("A licence, see\nhttp://a.test/1\nfor what\nit says", Kind.OTHER, []),
        ("\x89PNG\r\n\x1a\n\0\0", Kind.OTHER, []),
        ("", Kind.EMPTY, []),
        (" \n\ufeff", Kind.EMPTY, []),
    ],
)
def test_kinds(text: str, kind: Kind, expected: list[str]) -> None:
    entries, reader = read(text)
    assert ([entry.url for entry in entries], reader.kind) == (expected, kind)
    assert (Problem.NOT_A_SITEMAP in reader.problems) is not kind.is_sitemap


PLAIN = f"{SET}{''.join(one(f'/{n}') for n in range(500))}</urlset>".encode()
PACKED = gzip.compress(PLAIN)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (PACKED, None),
        (gzip.compress(PACKED), None),
        (gzip.compress(PLAIN[:700]) + gzip.compress(PLAIN[700:]), None),
        (PACKED + b"\0" * 100, None),
        (PACKED + b"<html>junk</html>", Problem.GZIP_JUNK),
        (PACKED[:-8] + b"badcrc!!", Problem.BAD_GZIP),
        (PACKED[:-3], Problem.TRUNCATED),
    ],
)
@pytest.mark.parametrize("chunk", [1, 65_536])
def test_gzip(data: bytes, problem: Problem | None, chunk: int) -> None:
    entries, reader = read(data, chunk=chunk)
    assert [entry.url for entry in entries] == urls(PLAIN)
    assert reader.gzip
    assert set(reader.problems) == ({problem} if problem else set())


def test_what_came_before_the_damage() -> None:
    whole = len(urls(PLAIN))
    for data in (PACKED[: len(PACKED) // 2], PACKED[: len(PACKED) // 2] + b"\xff" * 500):
        entries, reader = read(data)
        assert 50 < len(entries) < whole
        assert reader.problems.keys() & {Problem.TRUNCATED, Problem.BAD_GZIP}


def test_limits_are_recorded() -> None:
    entries, reader = read(PLAIN, limits=Limits(entries=100))
    assert (len(entries), reader.problems) == (100, {Problem.ENTRIES_LIMIT: 1})
    entries, reader = read(PLAIN, limits=Limits(bytes=1_000))
    assert 10 < len(entries) < 100
    assert reader.problems[Problem.BYTES_LIMIT] == 1
    assert reader.is_full
    assert len(read(PLAIN, limits=Limits(entries=500))[0]) == 500


def test_more_than_the_protocol_allows() -> None:
    entries, reader = read(SET + one("/x") * 50_001 + "</urlset>")
    assert (len(entries), reader.problems) == (50_001, {Problem.OVER_PROTOCOL: 1})


GOOD, AFTER = one("/good"), one("/after") + "</urlset>"


@pytest.mark.parametrize(
    ("attack", "is_survived"),
    [
        (one("http://a.test/" + "x" * 30_000_000), True),
        (f"<url a='{'x' * 30_000_000}'></url>", True),
        ("<url " + 'a="1" ' * 2_000_000 + "></url>", True),
        ("<x>" * 200_000 + "</x>" * 200_000, True),
        ("<url><loc>" + "<x>" * 200_000 + "</x>" * 200_000 + "</loc></url>", True),
        ("<!--" + "x" * 10_000_000 + "-->", True),
        ('<xi:include href="file:///etc/hostname" parse="text"/>', True),
        ("<" * 3_000_000, False),
        ("<a>" * 2_100_000, False),
        ("<![CDATA[" * 1_000_000, False),
    ],
    ids=range(10),
)
def test_attacks(attack: str, *, is_survived: bool) -> None:
    expected = ["http://a.test/good", "http://a.test/after"]
    assert urls(SET + GOOD + attack + AFTER) == (expected if is_survived else expected[:1])


def test_entities_do_not_explode() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>{SET}{GOOD}{one("/&l9;")}{one("/&l1;")}'
    entries, reader = read(text + AFTER)
    paths = ["good", "ha" * 10, "after"]
    assert [entry.url for entry in entries] == [f"http://a.test/{path}" for path in paths]
    assert reader.problems[Problem.ENTITIES] >= 1


def test_a_bomb_ends() -> None:
    packed = gzip.compress((SET + GOOD).encode() + b" " * 30_000_000)
    entries, reader = read(gzip.compress(packed), limits=Limits(bytes=10_000_000))
    assert [entry.url for entry in entries] == ["http://a.test/good"]
    assert reader.problems[Problem.BYTES_LIMIT] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<?xml-stylesheet href="//a.test/main-sitemap.xsl"?><urlset></urlset>', "yoast"),
        ("<urlset></urlset>\n<!-- XML Sitemap generated by Yoast SEO -->", "yoast"),
        ('<urlset generatedBy="WIX"></urlset>', "wix"),
        ("<rss><generator>https://wordpress.org/?v=6</generator></rss>", "wordpress"),
        (f"{SET}{one('https://a.test/blog/shopify-or-wix')}</urlset>", None),
    ],
)
def test_generators(text: str, expected: str | None) -> None:
    assert read(text)[1].generator == expected


def test_dates_are_counted() -> None:
    dates = "".join(f"<url><loc>/x</loc><lastmod>{d}</lastmod></url>" for d in ("2024", "no", ""))
    entries, reader = read(f"{SET}{dates}</urlset>")
    assert [entry.lastmod_text for entry in entries] == ["2024", "no", None]
    assert (reader.lastmod_count, reader.problems) == (1, {Problem.BAD_LASTMOD: 1})


def test_from_chunks() -> None:
    assert len(list(read_sitemap([PACKED[:100], PACKED[100:]], URL))) == 500


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_in_any_chunks(data: bytes, chunk: int) -> None:
    for body in (data, SET.encode() + data, PACKED[:200] + data):
        entries, reader = read(body, chunk=chunk)
        whole, other = read(body)
        assert (entries, reader.kind, reader.problems) == (whole, other.kind, other.problems)
