from scrapersky.extract.contact import Profile
from scrapersky.extract.page import parse_page
from scrapersky.extract.profiles import profiles


def read(*hrefs: str, body: str = "") -> list[Profile]:
    html = "".join(f'<a href="{href}">x</a>' for href in hrefs) + body
    return profiles(parse_page(html.encode(), url="https://bakery.com/", content_type=None))


def test_links_to_profiles() -> None:
    found = read(
        "/about",
        "#top",
        "https://bakery.com/x",
        "https://www.facebook.com/CornerBakery?ref=x",
        "https://www.facebook.com/sharer.php?u=x",
        "//twitter.com/CornerBakery",
    )
    assert [(c.network, c.value, c.source) for c in found] == [
        ("facebook", "https://www.facebook.com/cornerbakery", "link"),
        ("x", "https://x.com/cornerbakery", "link"),
    ]
