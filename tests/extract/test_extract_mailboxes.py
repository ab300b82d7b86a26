import pytest

from scrapersky.extract.contact import EmailType
from scrapersky.extract.mailboxes import is_free, is_role, mailbox_type


@pytest.mark.parametrize(
    ("domain", "free"),
    [
        ("gmail.com", True),
        ("yahoo.co.uk", True),
        ("hotmail.fr", True),
        ("yahoo.com.br", True),
        ("mail.ru", True),
        ("web.de", True),
        ("gmail.bakery.com", False),
        ("bakery.com", False),
        ("", False),
    ],
)
def test_is_free(domain: str, free: bool) -> None:  # noqa: FBT001
    assert is_free(domain) is free


@pytest.mark.parametrize(
    ("local", "role"),
    [
        ("info", True),
        ("sales-uk", True),
        ("kontakt2", True),
        ("berlin.info", True),
        ("redaktion", True),
        ("zakaz", True),
        ("ada.baker", False),
        ("informer", False),
        ("", False),
    ],
)
def test_is_role(local: str, role: bool) -> None:  # noqa: FBT001
    assert is_role(local) is role


def test_mailbox_type() -> None:
    assert mailbox_type("info@gmail.com") is EmailType.FREE
    assert mailbox_type("info@bakery.com") is EmailType.ROLE
    assert mailbox_type("ada@bakery.com") is EmailType.PERSONAL
