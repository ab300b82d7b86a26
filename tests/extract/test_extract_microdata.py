import pytest
from lxml.html import document_fromstring

from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.microdata import microdata

ORGANISATION = """<div itemscope itemtype="https://schema.org/Organization">
<span itemprop="name">Bakery</span><a itemprop="url" href="/x">x</a>
<div itemprop="address" itemscope itemtype="http://schema.org/PostalAddress">
<span itemprop="postalCode">1234</span></div><b itemprop="email">a@b.c</b>
<b itemprop="email">d@e.f</b></div>"""


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>nothing", []),
        (
            ORGANISATION,
            [
                {
                    "@type": "Organization",
                    "name": "Bakery",
                    "url": "https://bakery.test/x",
                    "address": {"@type": "PostalAddress", "postalCode": "1234"},
                    "email": ["a@b.c", "d@e.f"],
                }
            ],
        ),
        ("<div itemscope><a itemprop=url href='http://[x'>x</a></div>", []),
        ("<div itemscope><b itemprop=x>1</b></div>" * 400, []),
    ],
)
def test_microdata(html: str, found: list[JsonObject]) -> None:
    tree = document_fromstring(f"<body>{html}</body>")
    assert microdata(tree, "https://bakery.test/") == found


def read(html: str) -> list[JsonObject]:
    return microdata(document_fromstring(f"<body>{html}</body>"), "https://bakery.test/")


def test_a_property_belongs_to_the_item_around_it() -> None:
    html = (
        "<div itemscope><p itemprop=a>1<i itemprop=b>2</i></p>"
        "<div itemprop=c itemscope><i itemprop=d>3</i></div><i itemprop=e>4</i></div>"
    )
    assert read(html) == [
        {"@type": [], "a": "1 2", "b": "2", "c": {"@type": [], "d": "3"}, "e": "4"}
    ]


def test_references() -> None:
    html = (
        "<div itemscope itemref='x y none'><i itemprop=a>1</i></div>"
        "<p id=x itemprop=b>2</p><div id=y><i itemprop=c>3</i></div>"
    )
    assert read(html) == [{"@type": [], "a": "1", "b": "2", "c": "3"}]


def test_a_text_is_without_scripts_and_bounded() -> None:
    html = f"<div itemscope><p itemprop=a>x <script>f()</script> y {'z' * 20_000}</p></div>"
    (item,) = read(html)
    assert item["a"].startswith("x y zz")
    assert len(item["a"]) == 5_000


@pytest.mark.parametrize(
    "html",
    [
        "<div itemscope itemprop=a><b itemprop=n>x</b>" * 299,
        "<div itemscope itemtype=x><b itemprop=name>" * 200 + "x y " * 20_000,
        "<div itemscope itemprop=a>" * 200 + "<p>" * 2_000 + "<b itemprop=n>x",
        "".join(
            f"<div itemscope id=i{n} itemref='{'i1 ' * 40}' itemprop=x></div>" for n in range(9)
        ),
        "<div itemscope itemref=a></div><div id=a itemscope itemprop=x itemref=a></div>",
        "<div itemscope><b itemprop></b><b itemprop=' '>x</b></div>",
    ],
)
def test_hostile_nesting_ends(html: str) -> None:
    assert isinstance(read(html), list)


def test_items_nested_without_end_are_cut() -> None:
    """Far from where Python itself would stop them (`_MAX_NESTING` says why)."""
    item, *_ = read("<div itemscope itemprop=a><b itemprop=n>x</b>" * 299)
    depth = 0
    while item:
        assert item["n"] == "x"
        item, depth = item["a"], depth + 1
    assert depth == 20
