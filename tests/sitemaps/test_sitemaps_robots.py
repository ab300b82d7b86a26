import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapersky.sitemaps.robots import MAX_SITEMAPS, sitemap_urls

URL = "https://a.test/robots.txt"


@pytest.mark.parametrize(
    "line",
    [
        "Sitemap: https://a.test/s.xml",
        "SITEMAP:https://a.test/s.xml",
        "  sitemap \t:  https://a.test/s.xml  ",
        "Site-map: https://a.test/s.xml",
        "Sitemaps: https://a.test/s.xml",
        "Sitemap= https://a.test/s.xml",
        "Sitemap: /s.xml",
        "Sitemap: s.xml",
        "Sitemap: //a.test/s.xml",
        "Sitemap: a.test/s.xml",
        "Sitemap: <https://a.test/s.xml>",
        'Sitemap: "https://a.test/s.xml"',
        "Sitemap: https:///s.xml",
        "Sitemap: https://a.test/s.xml # the only one",
        "User-agent: x\rDisallow: /\rSitemap: https://a.test/s.xml",
        "\ufeffSitemap: https://a.test/s.xml",
        "Sitemap: https://a.test/s.xml\r\n\r\nSitemap: https://a.test/s.xml",
    ],
)
def test_spellings(line: str) -> None:
    for codec in ("utf-8", "utf-16", "utf-8-sig"):
        assert sitemap_urls(line.encode(codec), URL) == ["https://a.test/s.xml"], codec


@pytest.mark.parametrize(
    "line",
    [
        "# Sitemap: https://a.test/s.xml",
        "#Sitemap: /s.xml",
        "Sitemap:",
        "Sitemap: #",
        "Sitemap: # x",
        "Disallow: /sitemap.xml",
        "User-agent: A1 Sitemap Generator",
        "Video Sitemap: /v.xml",
        "Sitemap: {{ site.url }}/s.xml",
        "Sitemap: mailto:a@a.test",
        "Sitemap:\nhttps://a.test/s",
    ],
)
def test_none(line: str) -> None:
    assert sitemap_urls(line.encode(), URL) == []


def test_other_hosts_and_the_order() -> None:
    text = "Sitemap: https://b.test/2.xml\nDisallow: /\nSitemap: /1.xml?a=1#f\nSitemap: /\xe9\n"
    expected = ["https://b.test/2.xml", "https://a.test/1.xml?a=1#f", "https://a.test/%C3%A9"]
    assert sitemap_urls(text.encode("latin-1"), URL) == expected


def test_no_end_of_them() -> None:
    text = "".join(f"Sitemap: /{number}\n" for number in range(20_000))
    assert len(sitemap_urls(text.encode(), URL)) == MAX_SITEMAPS
    assert sitemap_urls(b"Sitemap:" + b" " * 3_000_000, URL) == []


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    assert all(url.startswith("http") for url in sitemap_urls(b"Sitemap: " + data, URL))
