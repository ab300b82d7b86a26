import re
from html import unescape
from typing import get_args

import pytest
from parsel import Selector

from scrapersky.demo.artwork import Artwork
from scrapersky.demo.contact_styles import EmailStyle, email_html, phone_html
from scrapersky.demo.platforms import HEADERS, assets

ADDRESS = "ink@octopus.test"


def test_an_email_address_is_hidden_in_many_ways() -> None:
    styles: tuple[EmailStyle, ...] = get_args(EmailStyle)
    written = {style: email_html(ADDRESS, style) for style in styles}
    assert len(set(written.values())) == len(styles)
    in_the_open = {style for style, html in written.items() if ADDRESS in html}
    assert in_the_open == {"link", "subject", "text", "microdata"}
    assert written["at_dot"] == "ink [at] octopus [dot] test"
    assert ADDRESS in unescape(written["entity"])
    assert ADDRESS[::-1] in written["reversed"]
    assert "vax@bpgbchf.grfg" in written["rot13"]
    assert '"ink" + \'@\' + "octopus.test"' in written["script"]
    assert written["hidden"] == ""


def test_cloudflare_s_code_can_be_undone() -> None:
    found = re.search(r'data-cfemail="([0-9a-f]+)"', email_html(ADDRESS, "cloudflare"))
    assert found
    key, *code = bytes.fromhex(found[1])
    assert bytes(byte ^ key for byte in code).decode() == ADDRESS


@pytest.mark.parametrize(
    ("style", "href", "shown"),
    [
        ("link", "tel:+13035550142", "+1 303-555-0142"),
        ("extension", "tel:+13035550142;ext=42", "+1 303-555-0142 ext. 42"),
        ("text", None, "+1 303-555-0142"),
        ("microdata", None, "+1 303-555-0142"),
        ("hidden", None, None),
    ],
)
def test_a_number_is_linked_or_not(style: str, href: str | None, shown: str | None) -> None:
    html = f"<p>{phone_html('+1 303-555-0142', style)}</p>"  # type: ignore[arg-type]
    tree = Selector(html)
    assert tree.xpath("//@href").get() == href
    assert tree.xpath("//p//text()").get() == shown


def test_a_picture_is_a_png_of_its_size() -> None:
    picture = Artwork("a.test", "🐙").picture(1200, 630)
    assert picture.body[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture.body[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
    assert len(picture.body) < 1_000


def test_the_files_of_a_platform_are_there() -> None:
    found = assets('<link href="/a.css?v=1"><script src="/b.js"></script><a href="https://c.test">')
    assert set(found) == {"/a.css", "/b.js"}
    assert "nextjs" in HEADERS
