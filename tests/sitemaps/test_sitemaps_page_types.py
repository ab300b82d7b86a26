"""What pages are for, by their addresses."""

import json
from importlib.resources import files

import pytest

from scrapersky.sitemaps.page_types import PageType, page_type


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", PageType.OTHER),
        ("/", PageType.OTHER),
        ("/?contact", PageType.OTHER),
        ("/contact", PageType.CONTACT),
        ("/en/Contact-Us/", PageType.CONTACT),
        ("/kontakt.html", PageType.CONTACT),
        ("/contact-2/?lang=de#form", PageType.CONTACT),
        ("/contact_us.php", PageType.CONTACT),
        ("/%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B/", PageType.CONTACT),
        ("/%E3%81%8A%E5%95%8F%E3%81%84%E5%90%88%E3%82%8F%E3%81%9B", PageType.CONTACT),
        ("/contact-lenses", PageType.OTHER),
        ("/nous-contacter", PageType.CONTACT),
        ("/ueber-uns", PageType.ABOUT),
        ("/o-nas/", PageType.ABOUT),
        ("/about-us-and-our-shop", PageType.ABOUT),
        ("/about/jane-doe", PageType.ABOUT),
        ("/impressum", PageType.LEGAL),
        ("/privacy-policy-for-our-app", PageType.LEGAL),
        ("/kontakt/datenschutz", PageType.LEGAL),
        ("/careers/backend-engineer", PageType.CAREERS),
        ("/lavora-con-noi", PageType.CAREERS),
        ("/standorte/muenchen", PageType.LOCATION),
        ("/store-locator", PageType.LOCATION),
        ("/products/blue-shoe", PageType.PRODUCT),
        ("/shop/shoes/blue-shoe.html", PageType.PRODUCT),
        ("/shop", PageType.CATEGORY),
        ("/product-category/shoes/", PageType.CATEGORY),
        ("/blog", PageType.ARTICLE),
        ("/blog/contact-forms-compared", PageType.ARTICLE),
        ("/2024/05/some-post/", PageType.ARTICLE),
        ("/2024/13/some-post/", PageType.OTHER),
        ("/blog/category/tips", PageType.CATEGORY),
        ("/files/menu.PDF", PageType.MEDIA),
        ("/products/photo.jpg", PageType.MEDIA),
        ("/some-nice-page", PageType.OTHER),
        ("/v1.2/notes", PageType.OTHER),
        ("/%FF%FE", PageType.OTHER),
        ("//", PageType.OTHER),
    ],
)
def test_types(path: str, expected: PageType) -> None:
    assert page_type(f"https://example.com{path}") == expected


@pytest.mark.parametrize("url", ["", "https://", "nonsense", "https://example.com"])
def test_what_has_no_path(url: str) -> None:
    assert page_type(url) == PageType.OTHER


def test_every_word_can_be_met() -> None:
    """It is as paths are when they are compared: lower case, hyphens, no slashes."""
    rules = json.loads(files("scrapersky.sitemaps").joinpath("page_types.json").read_text("utf-8"))
    assert set(rules) | {PageType.OTHER} == set(PageType)
    for name, by_rule in rules.items():
        assert set(by_rule) <= {"is", "under", "begins", "endings"}, name
        for words in by_rule.values():
            assert len(set(words)) == len(words), name
            for word in words:
                assert word == word.lower().strip("/- "), word
                assert not set(word) & set("_/%?# "), word
