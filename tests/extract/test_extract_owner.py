from scrapersky.extract.owner import described_objects
from scrapersky.extract.page import parse_page


def read(json: str, *, body: str = "") -> list[tuple[bool, str]]:
    html = f'<script type="application/ld+json">{json}</script>{body}'
    page = parse_page(html.encode(), url="https://bakery.test/", content_type=None)
    return [(owned, str(found.get("name"))) for owned, found in described_objects(page)]


def test_owners_and_others() -> None:
    assert read(
        '[{"@type": "Bakery", "name": "a", "founder": {"@type": "Organization", "name": "b"}},'
        '{"@type": "NewsArticle", "name": "c", "author": {"@type": "Person", "name": "d"},'
        '"publisher": {"@type": "Organization", "name": "e"}},'
        '{"@graph": [{"@type": ["Person", "Organization"], "name": "f"}]},'
        '{"@type": "Product", "name": "g", "brand": {"@type": "Brand", "name": "h"}}]'
    ) == [
        (True, "a"),
        (False, "b"),
        (False, "c"),
        (False, "d"),
        (True, "e"),
        (True, "None"),
        (True, "f"),
        (False, "g"),
        (False, "h"),
    ]


def test_microdata_too() -> None:
    body = '<div itemscope itemtype="https://schema.org/Bakery"><b itemprop="name">m</b></div>'
    assert read('{"@type": "Bakery", "name": "a"}', body=body) == [(True, "a"), (True, "m")]


def test_many_objects_are_bounded() -> None:
    assert len(read("[" + ",".join(["{}"] * 30_000) + "]")) <= 20_000
