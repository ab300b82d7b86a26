import pytest

from scrapersky.extract.copyright_line import copyright_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("\u00a9 2024 Rye Bakery", ["Rye Bakery"]),
        ("Copyright \u00a9 2012-2024, Rye Bakery Ltd. All rights reserved.", ["Rye Bakery Ltd."]),
        ("\u00a9 Copyright by Rye Bakery 2024 | Privacy", ["Rye Bakery"]),
        ("(c) 2024 Rye Bakery - Imprint", ["Rye Bakery"]),
        ("Rye Bakery \u00a9 2024", ["Rye Bakery"]),
        ("Rye Bakery. \u00a9 2024 All rights reserved", ["Rye Bakery"]),
        ("\u00a9 2024\nRye Bakery", ["Rye Bakery"]),
        ("\u00a9 20142014 Rye Bakery", ["Rye Bakery"]),
        ("\u00a9 2020\u2013heute Rogge GmbH. Alle Rechte vorbehalten.", ["Rogge GmbH."]),
        ("\u00a9 2024 Pain SARL - Tous droits r\u00e9serv\u00e9s", ["Pain SARL"]),
        ("\u00a9 2024 ООО «Рожь». Все права защищены", ["ООО «Рожь»"]),
        ("\u00a9 2024 Rye Bakery. 3 High Street, Rye", ["Rye Bakery"]),
        ("\u00a9 2024 St. Rye & Co. Ltd, Company No 123", ["St. Rye & Co. Ltd"]),
        ("\u00a9 2024 Rye Bakery. Website by Pixel Works", ["Rye Bakery"]),
        ("Powered by Shopware \u00a9 2024 Rye Bakery", ["Rye Bakery"]),
        ("\u00a9 Rye\ntext\n\u00a9 Wheat", ["Rye", "Wheat"]),
        ("Map data \u00a92024 Google", []),
        ("\u00a9 2024 All rights reserved.", []),
        ("\u00a9 2024", []),
        ("\u00a9 July 2024", []),
        ("Size (c) of the loaf", []),
        ("No mark", []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert copyright_names(text) == names
