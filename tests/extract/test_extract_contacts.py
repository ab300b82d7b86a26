import json

from scrapersky.extract.contact import Contact
from scrapersky.extract.contacts import contacts
from scrapersky.extract.json_ld import JsonObject
from scrapersky.extract.page import parse_page
from scrapersky.states import ContactKind


def read(*hrefs: str, json_ld: JsonObject | None = None) -> list[Contact]:
    html = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    html += f'<script type="application/ld+json">{json.dumps(json_ld or {})}</script>'
    return contacts(parse_page(html.encode(), url="https://bakery.com/", content_type=None))


def test_json_ld_at_any_depth() -> None:
    block: JsonObject = {
        "@graph": [
            {
                "contactPoint": [
                    {"email": "mailto:info@bakery.com", "telephone": ["+49 731 123456", 7]},
                ],
                "sameAs": ["www.facebook.com/cornerbakery", "https://en.wikipedia.org/wiki/Rye"],
                "founder": {"sameAs": "https://x.com/ada"},
            }
        ]
    }
    assert [(c.kind, c.value, c.source) for c in read(json_ld=block)] == [
        (ContactKind.EMAIL, "info@bakery.com", "json-ld"),
        (ContactKind.PHONE, "+49731123456", "json-ld"),
        (ContactKind.SOCIAL, "https://www.facebook.com/cornerbakery", "sameAs"),
    ]


def test_each_once_and_the_best_first() -> None:
    found = read(
        "https://x.com/rye",
        "mailto:Info@bakery.com",
        "mailto:info@bakery.com",
        "tel:+49731123456",
        json_ld={"sameAs": "https://twitter.com/Rye", "email": "info@BAKERY.com"},
    )
    assert [(c.value, c.source) for c in found] == [
        ("info@bakery.com", "mailto"),
        ("+49731123456", "tel"),
        ("https://x.com/rye", "sameAs"),
    ]


def test_the_number_of_contacts_is_bounded() -> None:
    assert len(read(*(f"mailto:a{n}@bakery.com" for n in range(300)))) == 200
