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
