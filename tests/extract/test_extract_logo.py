import pytest

from scrapersky.extract.logo import logo_url
from scrapersky.extract.page import parse_page

URL = "https://corner-bakery.test/shop/"


def read(body: str, *, url: str = URL) -> tuple[str, str] | None:
    found = logo_url(parse_page(body.encode(), url=url, content_type=None))
    return (found.value, found.source) if found else None


def path(body: str) -> str | None:
    found = read(body)
    return found[0].removeprefix("https://corner-bakery.test") if found else None


LOGOS = {
    '<header><a href="/"><img src="/img/logo.png" alt="Rye"></a></header>': "/img/logo.png",
    '<img src="/b.jpg"><div id="logo"><img src="mark.svg"></div>': "/shop/mark.svg",
    '<a class="navbar-brand" href="/"><img src="/m.png"></a>': "/m.png",
    '<div class="header"><a href="https://www.corner-bakery.test"><img src="/m.png"></a></div>': (
        "/m.png"
    ),
    '<img src="/a.png" alt="Logo of the bakery">': "/a.png",
    # for a script to put in
    '<header><a href="/"><img class="logo" src="data:image/gif;base64,R0" data-src="/l.png">': (
        "/l.png"
    ),
    '<header><a href="/"><img class="logo" src="/blank.gif" data-lazy-src="/l.png">': "/l.png",
    '<header><a href="/"><img class="logo" srcset="/l1.png 1x, /l2.png 2x">': "/l1.png",
    '<header><a href="/"><object class="logo" data="/l.svg"></object></a></header>': "/l.svg",
    # of two, the one for the usual place
    '<header><a href="/"><img src="/logo-small.png"><img src="/logo.png">': "/logo.png",
    # not the partner's, not the card brand's, not a pixel
    '<p class="partners"><img src="/mill-logo.png"></p><a href="/" id="logo"><img src="/m.png">': (
        "/m.png"
    ),
    '<footer><img src="/visa-logo.png"></footer><h1 class="logo"><a href="/"><img src="/m.png">': (
        "/m.png"
    ),
    '<img width="1" height="1" src="/logo-pixel.gif"><a href="/" class="logo"><img src="/m.png">': (
        "/m.png"
    ),
    # said in data
    '<script type="application/ld+json">{"@type": "Bakery", "logo": "/l.png"}</script>': "/l.png",
    '<script type="application/ld+json">{"@type": "WebPage", "publisher": {"@type": "Organization",'
    ' "logo": [{"@type": "ImageObject", "url": "/l.png"}]}}</script>': "/l.png",
    '<meta property="og:logo" content="/l.png">': "/l.png",
    # backgrounds, at last
    '<a class="logo" style="background: url(\'/l.png\') no-repeat"></a>': "/l.png",
    "<style>a{color:red} #logo a { background-image: url(/img/logo.png) }</style>": "/img/logo.png",
}

NONE = [
    "",
    "<p>Rye</p>",
    '<img src="/bread.jpg"><img src="/rye.jpg" alt="Rye bread">',
    '<div class="clients"><img src="/logo-mill.png"><img src="/logo-oven.png"></div>',
    '<div class="payment"><img src="/paypal-logo.png" alt="PayPal logo"></div>',
    '<a href="https://mill.test/"><img src="/mill-logo.png"></a>',
    '<a href="https://www.facebook.com/rye"><img src="/facebook-logo.png"></a>',
    '<nav><a href="/"><img src="/button-home.gif"></a></nav>',
    '<img class="logo" src="data:image/png;base64,R0lG">',
    '<img class="logo" src="">',
    '<object class="logo" data="/logo.swf"></object>',
    (
        '<script type="application/ld+json">{"@type": "Product", "brand": {"@type": "Brand",'
        ' "logo": "/mill.png"}}</script>'
    ),
    "<style>.partner-logo { background: url(/img/logo.png) }</style>",
    '<a class="logo" style="background: url(/sprite.png)"></a>',
    '<img src="http://[logo.png" class="logo">',
]


@pytest.mark.parametrize("body", LOGOS)
def test_the_sites_own(body: str) -> None:
    assert path(body) == LOGOS[body]


@pytest.mark.parametrize("body", NONE)
def test_none(body: str) -> None:
    assert read(body) is None


def test_source_and_confidence() -> None:
    page = parse_page(
        b'<header><a href="/"><img src="/logo.png" alt="Corner Bakery"></a></header>',
        url=URL,
        content_type=None,
    )
    found = logo_url(page)
    assert found is not None
    assert (found.source, found.confidence) == ("img", 0.95)
    assert read('<meta property="og:logo" content="/l.png">') == (
        "https://corner-bakery.test/l.png",
        "og:logo",
    )


def test_links_to_the_front_page_of_a_page_without_address() -> None:
    assert read('<header><a href="index.html"><img src="/m.png"></a></header>', url="") is None
    found = read(
        '<base href="https://rye.test/"><header><a href="/"><img src="/m.png"></a></header>', url=""
    )
    assert found == ("https://rye.test/m.png", "img")


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "body",
    [
        '<img src="logo.png" alt="logo">' * 50_000,
        f'<img class="{"logo " * 200_000}" src="x.png">',
        f"<style>{'.logo{background:' * 100_000}</style>",
        f'<div class=logo style="{"background:url(" * 50_000}"></div>',
        f'<img src="{"blank" * 100_000}">',
        "<div class=logo>" * 5_000 + '<img src="logo.png">' * 1_000,
    ],
)
def test_hostile_pages(body: str) -> None:
    read(body)
