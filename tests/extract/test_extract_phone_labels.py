import pytest

from scrapersky.extract.phone_labels import Label, label_after, label_before


@pytest.mark.parametrize(
    ("text", "label", "distance"),
    [
        ("Tel: ", Label.PHONE, "close"),
        ("TEL.", Label.PHONE, "close"),
        ("t: ", Label.PHONE, "close"),
        ("P ", Label.PHONE, "close"),
        ("M. ", Label.MOBILE, "close"),
        ("F (", Label.FAX, "close"),
        ("Phone (toll free): ", Label.PHONE, "close"),
        ("Call us at ", Label.PHONE, "close"),
        ("Call Ada of the bakery at ", Label.PHONE, "far"),
        ("Tel/Fax: ", Label.BOTH, "close"),
        ("Telefon und Fax ", Label.BOTH, "close"),
        ("Telephone or visit us. Fax: ", Label.FAX, "close"),
        ("Telefaxnummer ", Label.FAX, "close"),
        ("Servicetelefon ", Label.PHONE, "close"),
        ("Handynummer: ", Label.MOBILE, "close"),
        ("Τηλέφωνο: ", Label.PHONE, "close"),
        ("Факс: ", Label.FAX, "close"),
        ("お電話は ", Label.PHONE, "close"),
        ("โทร. ", Label.PHONE, "close"),
        ("Office: ", Label.DESK, "close"),
        ("Contact number: ", Label.PHONE, "close"),
        ("Customer number: ", Label.DESK, "close"),
        ("Order no. ", Label.DOUBT, "close"),
        ("IBAN ", Label.OTHER, "close"),
        ("USt-IdNr. ", Label.OTHER, "close"),
        ("Phone support for IBAN ", Label.OTHER, "close"),
    ],
)
def test_label_before(text: str, label: Label, distance: str) -> None:
    found = label_before(text)
    assert found is not None
    assert (found.label, found.close) == (label, distance == "close")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Ada Baker ",
        "I'm ",
        "plan B ",
        "t ",
        "We never answer the telephone. Ada Baker lives with ",
        "Telephone" + " bread" * 20 + " ",
        "(" * 100,
    ],
)
def test_no_label_before(text: str) -> None:
    assert label_before(text) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (" (fax)", Label.FAX),
        (" Phone", Label.PHONE),
        (" - Mobile", Label.MOBILE),
        (" (F)", Label.FAX),
        (" F", None),
        (" and fax", None),
        (" IBAN", None),
        ("", None),
        ("(" * 100 + "fax", None),
    ],
)
def test_label_after(text: str, label: Label | None) -> None:
    assert label_after(text) is label
