import pytest

from scrapersky.extract.contact import Profile
from scrapersky.extract.page import parse_page
from scrapersky.extract.profiles import profiles

URL = "https://corner-bakery.test/"


def read(body: str, *, url: str = URL) -> list[Profile]:
    html = f"<html><head><title>Corner Bakery | Rye</title></head><body>{body}</body></html>"
    return profiles(parse_page(html.encode(), url=url, content_type=None))


def values(body: str, *, url: str = URL) -> list[str]:
    return sorted(found.value.partition("://")[2] for found in read(body, url=url))


OWN = {
    "a name like the site's": (
        '<p>We are <a href="https://www.facebook.com/cornerbakery">here</a> too.</p>',
        ["www.facebook.com/cornerbakery"],
    ),
    "a part of the site's name": (
        '<div><a href="https://www.facebook.com/thecornerbakeryulm">x</a></div>',
        ["www.facebook.com/thecornerbakeryulm"],
    ),
    "a list of icons with other names": (
        (
            '<ul class="socials"><li><a href="https://x.com/ryelovers"><i class="fa-x"></i></a>'
            '<li><a href="https://instagram.com/ryelovers"><i class="fa-instagram"></i></a></ul>'
        ),
        ["www.instagram.com/ryelovers", "x.com/ryelovers"],
    ),
    "icons side by side in the footer": (
        (
            '<footer><a href="https://x.com/ryelovers"><img src="a1.png"></a>'
            '<a href="https://instagram.com/ryelovers"><img src="a2.png"></a></footer>'
        ),
        ["www.instagram.com/ryelovers", "x.com/ryelovers"],
    ),
    "a label that names the network": (
        '<td><a href="https://www.facebook.com/pages/Rye/123456">Like us on Facebook</a></td>',
        ["www.facebook.com/pages/rye/123456"],
    ),
    "an image map": (
        '<map><area href="https://www.youtube.com/ryelovers" alt="YouTube"></map>',
        ["www.youtube.com/ryelovers"],
    ),
    "a click handler": (
        "<li><span onclick=\"window.open('https://x.com/corner_bakery')\"><i></i></span></li>",
        ["x.com/corner_bakery"],
    ),
    "a phone number at WhatsApp": (
        '<p><a href="https://wa.me/491511234567?text=Hi">Write to us</a></p>',
        ["wa.me/491511234567"],
    ),
    "rel=me of a server that is in no list": (
        '<a rel="me" href="https://rye.test/@ulm" title="Mastodon"></a>',
        ["rye.test/@ulm"],
    ),
    "sameAs of the organisation": (
        (
            '<script type="application/ld+json">{"@type": "Bakery", "sameAs": '
            '["https://www.facebook.com/ryelovers", "instagram.com/ryelovers", 7]}</script>'
        ),
        ["www.facebook.com/ryelovers", "www.instagram.com/ryelovers"],
    ),
    "the X account of the head": (
        '<meta name="twitter:site" content="@cornerbakery">',
        ["x.com/cornerbakery"],
    ),
    "the publisher of the head": (
        '<meta property="article:publisher" content="https://www.facebook.com/cornerbakery">',
        ["www.facebook.com/cornerbakery"],
    ),
    "a page plug-in": (
        '<div class="fb-page" data-href="https://www.facebook.com/cornerbakery"></div>',
        ["www.facebook.com/cornerbakery"],
    ),
    "a framed page plug-in": (
        (
            '<iframe src="https://www.facebook.com/plugins/page.php?href='
            'https%3A%2F%2Fwww.facebook.com%2Fcornerbakery&amp;width=300"></iframe>'
        ),
        ["www.facebook.com/cornerbakery"],
    ),
    "accounts of a site builder": (
        (
            '<script>SQUARESPACE_CONTEXT = {"socialAccounts": [{"profileUrl": '
            '"https://www.instagram.com/cornerbakery"}]}</script>'
        ),
        ["www.instagram.com/cornerbakery"],
    ),
    "two pages of one owner": (
        (
            '<a href="https://www.facebook.com/cornerbakery">x</a>'
            '<a href="https://www.facebook.com/cornerbakeryulm">y</a>'
        ),
        ["www.facebook.com/cornerbakery", "www.facebook.com/cornerbakeryulm"],
    ),
}

OTHERS = {
    "links of the site itself": '<a href="/about">x</a><a href="#top">x</a>',
    "a share button": '<a class="social" href="https://www.facebook.com/sharer.php?u=x">share</a>',
    "a post": '<footer><a href="https://x.com/cornerbakery/status/1">X</a></footer>',
    "a person in a sentence": '<p>As <a href="https://x.com/adabaker">Ada B.</a> says</p>',
    "an author": '<div class="author-bio__social"><a href="https://x.com/ada">Follow</a></div>',
    "a commenter": '<li class="comment"><a href="https://www.facebook.com/ada.b">Facebook</a></li>',
    "a partner": (
        '<footer><div class="partners"><a href="https://www.facebook.com/mill">'
        '<img src="mill.png"></a></div></footer>'
    ),
    "a credit": '<footer>Made by <a href="https://x.com/webpeople">Web People</a></footer>',
    "a team": "".join(
        f'<div><h4>P{n}</h4><a href="https://www.linkedin.com/in/person{n}">LinkedIn</a></div>'
        for n in range(5)
    ),
    "a theme's leftover": '<ul class="social"><a href="https://x.com/username">X</a></ul>',
    "a theme's maker": '<ul class="social"><a href="https://facebook.com/elementor">f</a></ul>',
    "sameAs of an author": (
        '<script type="application/ld+json">{"@type": "Article", "author": '
        '{"@type": "Person", "sameAs": ["https://x.com/adabaker"]}}</script>'
    ),
    "an X account without @, as shop systems write their shop's name": (
        '<meta name="twitter:site" content="cornerbakery">'
    ),
    "an account of the head with another name": '<meta name="twitter:site" content="@wpthemes">',
    "a plug-in with another page": '<div class="fb-page" data-href="//facebook.com/mill"></div>',
    "a banner": '<a href="https://www.facebook.com/mill"><img src="banner7.jpg"></a>',
    "a page at another host's @name": '<a href="https://rye.test/@ulm">Ulm</a>',
}


@pytest.mark.parametrize("case", OWN)
def test_the_owners_own(case: str) -> None:
    body, expected = OWN[case]
    assert values(body) == expected


@pytest.mark.parametrize("case", OTHERS)
def test_others(case: str) -> None:
    assert values(OTHERS[case]) == []


def test_others_stand_back_where_the_owners_own_is_known() -> None:
    body = (
        '<footer class="social"><a href="https://www.facebook.com/cornerbakery">Facebook</a>'
        '<a href="https://www.facebook.com/ryefestival">Facebook</a>'
        '<a href="https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv">YouTube</a></footer>'
    )
    assert values(body) == [
        "www.facebook.com/cornerbakery",
        "www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
    ]


def test_each_once_the_best_first_with_its_provenance() -> None:
    found = read(
        '<p><a href="https://x.com/corner_bakery?lang=de">us</a></p>'
        '<header><ul class="social"><li><a class="icon-facebook" '
        'href="https://www.facebook.com/CornerBakery?ref=x"></a></ul></header>'
        '<a href="//facebook.com/cornerbakery/">Facebook</a>'
    )
    assert [(one.network, one.value, one.handle, one.source) for one in found] == [
        ("facebook", "https://www.facebook.com/cornerbakery", "cornerbakery", "link"),
        ("x", "https://x.com/corner_bakery", "corner_bakery", "link"),
    ]
    assert found[0].raw == "https://www.facebook.com/CornerBakery?ref=x"
    assert found[0].confidence > found[1].confidence


def test_names_come_from_the_title_where_the_address_is_not_known() -> None:
    assert values('<a href="https://x.com/cornerbakery">x</a>', url="") == ["x.com/cornerbakery"]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "body",
    [
        "<a href='https://x.com/a'>x</a>" * 20_000,
        "<div><a href='https://x.com/abc'>" * 3_000,
        "<div class='social author' onclick=\"f('//x.com/abcd')\">" * 3_000,
        f"<a href='https://x.com/{'a/' * 500_000}'>x</a>",
        "<iframe src='https://www.facebook.com/plugins/page.php?href=//x.com/a'></iframe>" * 9_000,
        'SQUARESPACE_CONTEXT "profileUrl":"https://x.com/a"' * 20_000,
    ],
)
def test_hostile_pages(body: str) -> None:
    assert len(read(body)) < 10
