from scrapersky.extract.contact import Email, EmailType, Phone, PhoneType, Profile
from scrapersky.extract.site import is_reachable, merge_contacts


def email(value: str, confidence: float) -> Email:
    return Email(
        value=value,
        raw=value,
        source="text",
        confidence=confidence,
        type=EmailType.ROLE,
        own_domain=True,
    )


def phone(value: str, kind: PhoneType = PhoneType.FIXED) -> Phone:
    return Phone(
        value=value,
        raw=value,
        source="tel",
        confidence=0.9,
        type=kind,
        national=value,
        region="DE",
    )


PROFILE = Profile(
    value="https://x.com/a", raw="", source="link", confidence=0.8, network="x", handle="a"
)


def test_one_contact_once_with_every_page() -> None:
    merged = merge_contacts(
        [
            ("https://a.com/", [PROFILE, email("a@a.com", 0.7), phone("+49731123")]),
            ("https://a.com/contact", [email("b@a.com", 0.9), email("A@a.com", 0.95)]),
            ("https://a.com/imprint", [email("a@a.com", 0.95)]),
        ]
    )
    assert [(s.contact.value, s.page_url, s.also_on) for s in merged] == [
        ("A@a.com", "https://a.com/contact", ("https://a.com/", "https://a.com/imprint")),
        ("b@a.com", "https://a.com/contact", ()),
        ("+49731123", "https://a.com/", ()),
        ("https://x.com/a", "https://a.com/", ()),
    ]


def test_nothing() -> None:
    assert merge_contacts([]) == merge_contacts([("https://a.com/", [])]) == []


def test_who_can_be_reached() -> None:
    assert is_reachable([email("a@a.com", 0.9), phone("+49731123")])
    assert not is_reachable([email("a@a.com", 0.9), phone("+49731123", PhoneType.FAX)])
    assert not is_reachable([phone("+49731123"), PROFILE])
    assert not is_reachable([])
