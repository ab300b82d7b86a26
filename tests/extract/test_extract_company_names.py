import pytest

from scrapersky.extract.company_names import bare, clean_name, fold, has_legal_form, is_name


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Rye & Sons", "rye and sons"),
        ("Café  Rögge\u00ae", "cafe rogge"),
        ("Ann's", "anns"),
        ("Straße", "strasse"),
        ("ООО «Рожь»", "ооо рожь"),
        ("...", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Rye Ltd.", "rye"),
        ("Rye Bakery, Inc", "rye bakery"),
        ("Rogge GmbH & Co. KG", "rogge"),
        ("Pane S.r.l.", "pane"),
        ("Pain S.A.S.", "pain"),
        ("Brood B.V.", "brood"),
        ("Chleba s.r.o.", "chleba"),
        ("Chleb Sp. z o.o.", "chleb"),
        ("ООО Рожь", "рожь"),
        ("Rye Co., Ltd.", "rye"),
        ("SAS", "sas"),
        ("Ltd", "ltd"),
        ("Rye", "rye"),
    ],
)
def test_bare(name: str, expected: str) -> None:
    assert bare(name) == expected
    assert has_legal_form(name) == (bare(name) != fold(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Rye Bakery | ", "Rye Bakery"),
        ("Welcome to Rye Bakery", "Rye Bakery"),
        ("Rye Bakery logo", "Rye Bakery"),
        ("Logo of Rye Bakery - Home", "Rye Bakery"),
        ("Rye &amp; Sons", "Rye & Sons"),
        ("Rye Bakery.", "Rye Bakery"),
        ("Rye Inc.", "Rye Inc."),
        ("2014 Rye Bakery", "Rye Bakery"),
        ("Rye Bakery 20142014", "Rye Bakery"),
        ("Rye (since", "Rye"),
        ("Contact us", None),
        ("Startseite", None),
        ("Home", None),
        ("info@rye.test", None),
        ("{{ name }}", None),
        ("2014", None),
        ("x", None),
        ("We bake the best bread in all of the town and beyond", None),
        ("", None),
    ],
)
def test_clean_name(text: str, name: str | None) -> None:
    assert clean_name(text) == name
    assert name is None or is_name(name)
