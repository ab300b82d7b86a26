import pytest

from scrapersky.extract.contact_links import (
    MAX_CONTACT_LINKS,
    ContactLink,
    contact_links,
    is_contact_page,
)
from scrapersky.extract.page import parse_page

URL = "https://www.bakery.test/"


def read(body: str, *, url: str = URL) -> list[ContactLink]:
    return contact_links(parse_page(body.encode(), url=url, content_type=None))


def kinds(*links: tuple[str, str]) -> list[str]:
    return [link.kind for link in read("".join(f'<a href="{h}">{t}</a>' for h, t in links))]


CONTACT = [
    "Contact", "CONTACT US", "» Contact", "Get in touch!", "Kontakt", "Kontakt & Anfahrt",
    "Ansprechpartner", "Nous contacter", "Contactez-nous", "Contatti", "Dove siamo", "Contacto",
    "Contáctenos", "Contato", "Fale conosco", "Neem contact op", "Kontakty", "Kapcsolat",
    "Контакты", "Обратная связь", "Контакти", "İletişim", "Επικοινωνία", "Kontakta oss",
    "Yhteystiedot", "お問い合わせ", "联系我们", "문의하기", "اتصل بنا", "צור קשר", "Liên hệ",
    "Contact Acme", "Acme kontaktieren Sie uns",
]  # fmt: skip
IMPRINT = [
    "Impressum", "Imprint", "Mentions légales", "Note legali", "Aviso legal", "Colofon",
    "Impresszum", "Реквизиты", "Künye", "特定商取引法に基づく表記", "Impressum / Datenschutz",
]  # fmt: skip
ABOUT = [
    "About", "About us", "Über uns", "Qui sommes-nous ?", "Chi siamo", "Quiénes somos",
    "Sobre nosotros", "Quem somos", "Over ons", "O nas", "О компании", "Hakkımızda", "Om oss",
    "会社概要", "关于我们", "회사소개", "من نحن", "About Acme",
]  # fmt: skip
PATHS = {
    "/contact": "contact",
    "/en/contact-us.html": "contact",
    "/ContactUs.aspx?x=1": "contact",
    "/kontakt/": "contact",
    "/index.php?page=kontakt": "contact",
    "/kontaktformular.php": "contact",
    "/%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B": "contact",
    "/impressum": "imprint",
    "/mentions-legales/": "imprint",
    "/ueber-uns.html": "about",
    "/quienes-somos": "about",
}
NONE = [
    ("https://other.test/contact", "Contact"),
    ("https://facebook.com/contact", "Contact us"),
    ("mailto:a@bakery.test", "Contact"),
    ("tel:+49731", "Contact us"),
    ("#contact", "Contact"),
    ("javascript:void(0)", "Contact"),
    ("/contact-lenses", "Contact lenses"),
    ("/blog/how-to-contact-your-senator", "How to contact your senator in ten easy steps"),
    ("/contactless-payment", "Pay without cash"),
    ("/contacts.pdf", "Contacts"),
    ("/cookies", "About our cookies"),
    ("/team-building", "Our team building"),
    ("/search.php?do=finduser&userid=1", "Posts"),
    ("/", "Home"),
    ("http://[contact", "Contact"),
    (URL, "Contact"),
]


@pytest.mark.parametrize("text", CONTACT)
def test_texts_of_contact_pages(text: str) -> None:
    assert kinds(("/a", text)) == ["contact"]


@pytest.mark.parametrize("text", IMPRINT)
def test_texts_of_imprints(text: str) -> None:
    assert kinds(("/a", text)) == ["imprint"]


@pytest.mark.parametrize("text", ABOUT)
def test_texts_of_about_pages(text: str) -> None:
    assert kinds(("/a", text)) == ["about"]


@pytest.mark.parametrize("href", PATHS)
def test_paths(href: str) -> None:
    assert kinds((href, "")) == [PATHS[href]]


@pytest.mark.parametrize("link", NONE)
def test_what_is_none(link: tuple[str, str]) -> None:
    assert kinds(link) == []


def test_the_best_first_each_once_absolute() -> None:
    found = read(
        '<a href="/about">About us</a><a href="/impressum#top">Impressum</a>'
        '<a href="/c">Contact</a><a href="/contact">Contact</a><a href="contact#form">Write</a>'
        '<a href="//shop.bakery.test/contact"><img alt="Contact"></a>'
    )
    assert [link.url for link in found] == [
        "https://www.bakery.test/contact",
        "https://shop.bakery.test/contact",
        "https://www.bakery.test/impressum",
        "https://www.bakery.test/c",
        "https://www.bakery.test/about",
    ]
    assert found[0].text == "Contact"


def test_at_most_twenty() -> None:
    body = "".join(f'<a href="/{number}/contact">Contact</a>' for number in range(50))
    assert len(read(body)) == MAX_CONTACT_LINKS


@pytest.mark.parametrize(
    ("url", "html", "expected"),
    [
        ("https://bakery.test/contact-us", "", True),
        ("https://bakery.test/a", "<title>Kontakt | Rye</title>", True),
        ("https://bakery.test/a", "<h1> Nous <b>contacter</b></h1>", True),
        ("https://bakery.test/", "<title>Rye</title><h1>Bread</h1>", False),
        ("", "", False),
    ],
)
def test_a_contact_page(url: str, html: str, *, expected: bool) -> None:
    assert is_contact_page(parse_page(html.encode(), url=url, content_type=None)) is expected


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "body",
    [
        '<a href="/contact">contact us</a>' * 50_000,
        f'<a href="/x">{"contact " * 200_000}</a>',
        f'<a href="/{"contact" * 100_000}">x</a>',
        '<div><a href="/contact">' * 3_000,
    ],
)
def test_hostile_pages(body: str) -> None:
    assert len(read(body)) < 3
