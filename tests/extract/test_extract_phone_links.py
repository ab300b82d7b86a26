import pytest

from scrapersky.extract.phone_links import MAX_HREF, phone_links


@pytest.mark.parametrize(
    ("href", "text", "source", "extension"),
    [
        ("tel:+49-731-5551234", "+49-731-5551234", "tel", None),
        (" TEL:+49%20731%205551234;ext=12", "+49 731 5551234", "tel", "12"),
        ("tel://07315551234", "07315551234", "tel", None),
        ("tel:5551234;phone-context=+49731", "5551234", "tel", None),
        ("callto:+497315551234", "+497315551234", "callto", None),
        ("sms:+491715551234?body=Hi", "+491715551234", "sms", None),
        ("https://wa.me/491715551234", "+491715551234", "whatsapp", None),
        ("//wa.me/+491715551234?text=0731", "+491715551234", "whatsapp", None),
        ("http://api.whatsapp.com/send?phone=00491715551234", "+491715551234", "whatsapp", None),
        (
            "https://web.whatsapp.com/send/?text=Hi&phone=%2B49%20171%205551234&app=1",
            "+491715551234",
            "whatsapp",
            None,
        ),
        ("whatsapp://send?phone=491715551234", "+491715551234", "whatsapp", None),
    ],
)
def test_links(href: str, text: str, source: str, extension: str | None) -> None:
    (link,) = phone_links([href])
    assert (link.text, link.source, link.extension) == (text, source, extension)
    assert link.href == href


def test_chats_are_believed_less_than_dialling() -> None:
    chat, call = phone_links(["https://wa.me/491715551234", "tel:+491715551234"])
    assert chat.mobile
    assert not call.mobile
    assert chat.doubt > call.doubt


@pytest.mark.parametrize(
    "href",
    [
        "",
        "/tel",
        "https://bakery.de/tel:0731",
        "https://wa.me/message/ABC",
        "https://wa.me/?text=1234567",
        "https://api.whatsapp.com/send?text=1234567",
        "tel:" + "1" * MAX_HREF,
        "https://api.whatsapp.com/send?" + "a&" * 400,
    ],
)
def test_no_links(href: str) -> None:
    assert list(phone_links([href])) == []
