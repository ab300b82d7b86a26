import re

import pytest

from scrapersky.extract.contact import Phone, PhoneType
from scrapersky.extract.page import parse_page
from scrapersky.extract.phones import MAX_FINDS, phones


def read(body: str, *, url: str = "https://bakery.de/", head: str = "") -> list[Phone]:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return phones(parse_page(html.encode(), url=url, content_type="text/html; charset=utf-8"))


def values(body: str, *, url: str = "https://bakery.de/", head: str = "") -> list[str]:
    return [phone.value for phone in read(body, url=url, head=head)]


FORMS = [
    # Germany
    ("de", "Tel.: 0731 555 1234", "+497315551234"),
    ("de", "Telefon (0731) 555-1234", "+497315551234"),
    ("de", "Tel. 0731/5551234", "+497315551234"),
    ("de", "Fon: +49 (0) 731 / 555 12-0", "+49731555120"),
    ("de", "Tel +49 (0)731 555-12 34", "+497315551234"),
    ("de", "Tel.: 0049 731 5551234", "+497315551234"),
    ("de", "Tel.: +0049 731 5551234", "+497315551234"),
    ("de", "Zentrale: 0731 55512-0", "+49731555120"),
    ("de", "T 0731-5551234", "+497315551234"),
    ("de", "Rufen Sie uns an: 0731 5551234", "+497315551234"),
    ("de", "<b>Telefon</b><br>0731 5551234", "+497315551234"),
    ("de", "<dl><dt>Telefon<dd>0731 5551234</dl>", "+497315551234"),
    ("de", "<table><tr><td>Telefon:<td>0731 5551234</table>", "+497315551234"),
    ("de", "Tel: 0 7 3 1 5 5 5 1 2 3 4", "+497315551234"),
    ("de", "Tel: 07\u200b31 55\u200b51\u200c234", "+497315551234"),
    ("de", "Tel: 0731\u2011555\u20131234", "+497315551234"),
    ("de", "Tel: 0731&nbsp;555&nbsp;1234", "+497315551234"),
    ("de", "Tel: <span>07</span><span>31</span> 555<i>12</i>34", "+497315551234"),
    ("de", "Tel. 0731 5551234, Mo-Fr 8-18 Uhr", "+497315551234"),
    ("de", "Tel. 0731 5551234 8-18 Uhr", "+497315551234"),
    ("de", "Servicehotline 0800 555 1234", "+498005551234"),
    ("de", "+49 731 5551234", "+497315551234"),
    ("de", "(0731) 555 12 34", "+497315551234"),
    # other plans
    ("at", "Tel: +43 1 555 12 34 - 0", "+43155512340"),
    ("ch", "Tél. 044 555 12 34", "+41445551234"),
    ("fr", "01 42 68 53 00", "+33142685300"),
    ("fr", "Tél : 01.42.68.53.00", "+33142685300"),
    ("fr", "Appelez le +33 (0)1 42 68 53 00", "+33142685300"),
    ("it", "Telefono 0541 300555", "+390541300555"),
    ("it", "Tel. +39 (0)541 300555", "+390541300555"),
    ("it", "Cell. 331 65 55 512", "+393316555512"),
    ("es", "Tfno: 961 55 70 43", "+34961557043"),
    ("es", "Teléfono: (+34) 961 557 043", "+34961557043"),
    ("pt", "Telefone 21 355 5512", "+351213555512"),
    ("nl", "Telefoon: 020 - 555 1234", "+31205551234"),
    ("nl", "Bel 06-12555678", "+31612555678"),
    ("be", "Tel. 02/555.12.12", "+3225551212"),
    ("se", "Telefon: 08-555 123 45", "+46855512345"),
    ("no", "Tlf. 22 55 55 01", "+4722555501"),
    ("dk", "Tlf: 31 23 61 10", "+4531236110"),
    ("pl", "tel. 12 27 85 666", "+48122785666"),
    ("cz", "Telefon: 491 615 555", "+420491615555"),
    ("hu", "Telefon: (06 1) 555 5014", "+3615555014"),
    ("gr", "Τηλ: 210 555 5142", "+302105555142"),
    ("ru", "Телефон: 8 (383) 258-29-55", "+73832582955"),
    ("ru", "тел. (495) 555-37-01", "+74955553701"),
    ("ua", "Тел.: (044) 555-50-14", "+380445555014"),
    ("tr", "Tel: 0212 555 50 14", "+902125555014"),
    ("il", "טלפון: 03-555-5014", "+97235555014"),
    ("jp", "電話：03-5549-2555", "+81355492555"),  # noqa: RUF001 - full-width forms are the case
    ("jp", "TEL ０３－５５４９－２５５５", "+81355492555"),  # noqa: RUF001 - full-width forms are the case
    ("cn", "电话：010-5555 8989", "+861055558989"),  # noqa: RUF001 - full-width forms are the case
    ("kr", "전화 02-555-5014", "+8225555014"),
    ("in", "Call us: 098765 43215", "+919876543215"),
    ("au", "Phone: 1300 555 125", "+611300555125"),
    ("br", "Fone: (31) 3313-5500", "+553133135500"),
    ("co.uk", "Call 020 7925 0918", "+442079250918"),
    ("co.uk", "Telephone: 01270 668555", "+441270668555"),
    ("co.uk", "+44 (0) 1270 668 555", "+441270668555"),
    ("us", "(312) 244-0100", "+13122440100"),
    ("us", "Phone: 312.244.0100", "+13122440100"),
    ("us", "312-244-0100", "+13122440100"),
    ("us", "Call 3122440100", "+13122440100"),
    ("us", "1-800-244-0100", "+18002440100"),
    ("us", "Call 1-800-FLOWERS today", "+18003569377"),
    ("us", "1-800-MATTRESS", "+18006288737"),
    ("us", "Phone: 312.244.BAKE", "+13122442253"),
    ("us", "24/7 312-244-0100", "+13122440100"),
    ("us", "P: 312 244 0100", "+13122440100"),
    ("com", "Tel +852 2555 1234", "+85225551234"),
    ("com", "Singapore: (65) 6436 5550", "+6564365550"),
]


@pytest.mark.parametrize(("top", "body", "value"), FORMS)
def test_forms(top: str, body: str, value: str) -> None:
    assert values(f"<p>{body}</p>", url=f"https://bakery.{top}/") == [value]


TRAPS = [
    # dates and times
    ("de", "12.03.2015"),
    ("de", "Stand: 01.02.2021 - 05.02.2021"),
    ("de", "2015-11-10 12:30"),
    ("us", "04-25-2015 09:47 PM"),
    ("no", "Publisert 12.03.2015"),
    ("dk", "Tlf-tid 09.00 - 17.00"),
    ("nl", "Maandag 08.30 - 17.30"),
    ("de", "Mo-Fr 08:00-12:00 13:00-18:00"),
    ("us", "© 1998-2014"),
    ("us", "2007 / 2008 / 2009"),
    # prices, statistics, measures
    ("us", "$312,244,010.00"),
    ("us", "$3122440100"),
    ("de", "20.000.000 Euro"),
    ("fr", "12 345 678 €"),
    ("us", "25,800,637 downloads"),
    ("de", "0,5 l 1013 25 hPa 300 000 km"),
    ("us", "Sonar 200/83/455 kHz, 1920 x 1080"),
    ("us", "TSX 12677.18 -68.20 -0.54%"),
    # banks, taxes, registers
    ("de", "IBAN: DE89 3704 0044 0532 0130 00"),
    ("de", "Kontonummer 0532013000 BLZ 370 400 44"),
    ("de", "USt-IdNr.: DE 136695976"),
    ("de", "Steuernummer 0731/555/12345"),
    ("de", "HRB 123456"),
    ("nl", "KvK: 17089616 BTW 8038.78.618.01"),
    ("nl", "Rabobank: 15.95.92.887"),
    ("it", "P.IVA 04718980727"),
    ("it", "Partita IVA: 0654 0470 727"),
    ("fr", "SIRET 732 829 320 00074"),
    ("pl", "NIP: 683 208 57 19, REGON: 361257067"),
    ("cz", "IČO: 274 886 83"),
    ("ru", "ИНН 7707083893 КПП 773601001"),
    ("ru", "р/с 40702810900000005555"),  # noqa: RUF001 - Russian is meant
    ("se", "Org.nr 556036-0793"),
    ("dk", "CVR: 35 54 59 05"),
    ("br", "CNPJ 12.345.678/0001-95, CEP: 30.431-228"),
    ("au", "ABN 51 824 753 556"),
    ("co.uk", "VAT Reg. No. 644 7226 33"),
    ("co.uk", "Registered in England no. 05849152"),
    ("co.uk", "Company registration number 04612356"),
    ("us", "Tax ID 53-3485355, DUNS 53-348-5355"),
    # identifiers
    ("us", "ISBN 0-306-40615-2"),
    ("de", "ISBN 978-3-16-148410-0"),
    ("us", "ISSN 1534-0295"),
    ("de", "EAN 4006381333931"),
    ("de", "Artikelnummer: 10001357"),
    ("de", "Bestell-Nr. 0731 5551234"),
    ("us", "Order #3122440100"),
    ("us", "Part no. 312 244 0100"),
    ("us", "SKU-3122440100"),
    ("us", "UA-12345678-1 GTM-3122440100"),
    ("us", "ICQ 667261308"),
    ("us", "Tracking number 312244010055"),
    ("us", "Your IP address: 176.215.38.50"),
    ("us", "Version 10.0.19041.1266"),
    ("us", "jquery-3122440100.min.js v3.1224401"),
    ("us", "https://site.us/312-244-0100/a"),
    ("us", "picture_3122440100.jpg"),
    ("us", "case No. 990/80/25"),
    ("us", "52.227-19 and 227.7202"),
    # places
    ("us", "40.712776, -74.005974"),
    ("pl", "50.032892, 20.191637"),
    ("us", "Washington, DC 20036-2103"),
    ("us", "101-1305 Welch St"),
    ("de", "Lindenstr. 12-14, 10117 Berlin"),
    ("de", "Schiffbauerdamm 19 10117 Berlin"),
    ("us", "31611 20th Avenue South"),
    # calendars, pages, archives
    ("us", "1 2 3 4 5 6 7 8 9 10 11 12"),
    ("fr", "9 10 11 12 13"),
    ("fr", "01 02 03 04 05 06 07"),
    ("us", "26 27 28 29 30 31 1 2 3"),
    ("us", "pages 3122440-3122447"),
    ("us", "May 2014 (271) April 2014 (312) March 2014 (244)"),
    ("de", "Seite 731 555 1234"),
    # examples, fiction, emergencies
    ("us", "Phone: 123-456-7890"),
    ("us", "Phone: (555) 555-5555"),
    ("us", "Phone: 555-0123"),
    ("us", "Phone: (212) 555-0142"),
    ("us", "Phone: 000-000-0000"),
    ("de", "Telefon: 0123 456789"),
    ("de", "Tel: 01234 567890"),
    ("co.uk", "Call 01632 960123"),
    ("us", "In an emergency call 911"),
    ("de", "Notruf 112"),
    ("us", "Website design by Webworks, 312-244-0100"),
    ("us", "call the Ombudsman on 1-800-244-0100"),
    # what a visitor does not see
    ("us", "<input placeholder='312-244-0100'>"),
    ("us", "<svg><path d='M312 244 0100-312.244.0100'/></svg>"),
    ("us", "<script>var id = '312-244-0100'</script>"),
    ("us", "<!-- 312-244-0100 -->"),
]


@pytest.mark.parametrize(("top", "body"), TRAPS)
def test_traps(top: str, body: str) -> None:
    assert values(f"<p>{body}</p>", url=f"https://bakery.{top}/") == []


@pytest.mark.parametrize(
    ("body", "faxes", "others"),
    [
        ("Tel 0731 5551234 Fax 0731 5551235", ["+497315551235"], ["+497315551234"]),
        ("T: 0731 5551234 | F: 0731 5551235", ["+497315551235"], ["+497315551234"]),
        ("Telefax: 0731 5551235", ["+497315551235"], []),
        ("0731 555-1234 (Tel) 0731 555-1235 (Fax)", ["+497315551235"], ["+497315551234"]),
        ("0731 555-1234 Telefon 0731 555-1235 Telefax", ["+497315551235"], ["+497315551234"]),
        ("Tel: 0731 5551234, 0731 5551235 (Fax)", ["+497315551235"], ["+497315551234"]),
        ("Tel./Fax: 0731 5551234", [], ["+497315551234"]),
        ("Telefon und Fax: 0731 5551234 / 0731 5551235", ["+497315551235"], ["+497315551234"]),
        ("Fax:<br>0731 5551235<br>0731 5551236", ["+497315551235", "+497315551236"], []),
        ("Fax: <a href='tel:07315551235'>0731 5551235</a>", ["+497315551235"], []),
        ("Fax 0731 5551234<p>Tel 0731 5551234", [], ["+497315551234"]),
        ("Факс: +7 383 258-29-55", ["+73832582955"], []),
        ("传真：010-5555 8989 电话：010-5555 8988", ["+861055558989"], ["+861055558988"]),  # noqa: RUF001 - full-width forms are the case
    ],
)
def test_fax(body: str, faxes: list[str], others: list[str]) -> None:
    url = "https://bakery.cn/" if "电话" in body else "https://bakery.de/"
    found = read(body, url=url)
    assert [p.value for p in found if p.type is PhoneType.FAX] == faxes
    assert [p.value for p in found if p.type is not PhoneType.FAX] == others


@pytest.mark.parametrize(
    ("top", "body", "expected"),
    [
        ("de", "Tel: 0731 5551234 / 0731 5551235", ["+497315551234", "+497315551235"]),
        ("de", "Tel: 0731 5551234 oder 0731 5551235", ["+497315551234", "+497315551235"]),
        ("de", "Tel: 0731 5551234, 0171 5551235", ["+497315551234", "+491715551235"]),
        ("de", "+49 731 5551234 +49 731 5551235", ["+497315551234", "+497315551235"]),
        ("cz", "Telefon: 491 615 680-1", ["+420491615680", "+420491615681"]),
        ("ru", "Тел.: (383) 258-29-55, 258-29-56", ["+73832582955", "+73832582956"]),
        ("us", "Call (312) 244-0100, 244-0101", ["+13122440100", "+13122440101"]),
        ("us", "Phone: 312.244.0100 - 312.244.0101", ["+13122440100", "+13122440101"]),
        ("us", "Phone: 312.244.0100 - 909.244.0101", ["+13122440100", "+19092440101"]),
    ],
)
def test_several(top: str, body: str, expected: list[str]) -> None:
    assert sorted(values(body, url=f"https://bakery.{top}/")) == sorted(expected)


@pytest.mark.parametrize(
    ("body", "extension"),
    [
        ("Phone: 312-244-0100 ext. 123", "123"),
        ("Phone: 312-244-0100 x123", "123"),
        ("Phone: 312-244-0100, extension 9", "9"),
        ("Phone: 312-244-0100 (ext: 12)", "12"),
        ("Phone: 312-244-0100 #4", "4"),
        ("<a href='tel:+13122440100;ext=42'>Call</a>", "42"),
        ("<a href='tel:312-244-0100,,42'>Call</a> 312-244-0100 ext 42", "42"),
        ("Phone: 312-244-0100 x", None),
    ],
)
def test_extension(body: str, extension: str | None) -> None:
    (phone,) = read(body, url="https://bakery.us/")
    assert (phone.value, phone.extension) == ("+13122440100", extension)


@pytest.mark.parametrize(
    ("top", "body", "extension"),
    [
        ("ru", "Тел. (495) 555-37-01 доб. 12", "12"),
        ("de", "Tel. 0731 555120, Durchwahl 17", "17"),
        ("fr", "Tél. 01 42 68 53 00 poste 12", "12"),
        ("nl", "Tel. 020 5551234 toestel 3", "3"),
    ],
)
def test_extension_in_other_languages(top: str, body: str, extension: str) -> None:
    (phone,) = read(body, url=f"https://bakery.{top}/")
    assert phone.extension == extension


LD = '<script type="application/ld+json">{"@type":"Bakery",%s}</script>'
SOURCES = [
    ("<a href='tel:+49-731-5551234'>x</a>", "tel", PhoneType.FIXED),
    ("<a href=' TEL:0731%205551234'>x</a>", "tel", PhoneType.FIXED),
    ("<a href='tel://07315551234'>x</a>", "tel", PhoneType.FIXED),
    ("<a href='tel:497315551234'>x</a>", "tel", PhoneType.FIXED),
    ("<a href='tel:+49(0)7315551234'>x</a>", "tel", PhoneType.FIXED),
    ("<a href='callto:+497315551234'>x</a>", "callto", PhoneType.FIXED),
    ("<a href='sms:+491715551234?body=Hi'>x</a>", "sms", PhoneType.MOBILE),
    ("<a href='https://wa.me/491715551234?text=Hi'>x</a>", "whatsapp", PhoneType.MOBILE),
    (
        "<a href='https://api.whatsapp.com/send?l=de&phone=%2B491715551234'>x</a>",
        "whatsapp",
        PhoneType.MOBILE,
    ),
    ("<a href='whatsapp://send?phone=+491715551234'>x</a>", "whatsapp", PhoneType.MOBILE),
    (LD % '"telephone":"+49 731 5551234"', "json-ld", PhoneType.FIXED),
    (LD % '"contactPoint":[{"telephone":"0731/5551234"}]', "json-ld", PhoneType.FIXED),
    (LD % '"faxNumber":"0731/5551235"', "json-ld", PhoneType.FAX),
    (
        "<p itemscope itemtype='http://schema.org/Bakery'><b itemprop=telephone>0731 5551234</b>",
        "microdata",
        PhoneType.FIXED,
    ),
    ("<meta property='og:phone_number' content='0731 5551234'>", "meta", PhoneType.FIXED),
    ("<button data-phone='+497315551234'>Show</button>", "attribute", PhoneType.FIXED),
    ("<p>Freecall 0800 5551234</p>", "text", PhoneType.TOLL_FREE),
]


@pytest.mark.parametrize(("body", "source", "kind"), SOURCES)
def test_sources(body: str, source: str, kind: PhoneType) -> None:
    (phone,) = read(body)
    assert phone.type is kind
    assert source in {phone.source, "microdata"}
    assert re.fullmatch(r"\+49[0-9]{9,11}", phone.value)
    assert 0.5 < phone.confidence <= 1


@pytest.mark.parametrize(
    "href",
    [
        "tel:",
        "tel:%ff",
        "tel:123",
        "tel:1234567890",
        "tel:#",
        "tel:+1-212-555-0142",
        "whatsapp://send?text=Read 0731 5551234",
        "https://wa.me/?text=0731%205551234",
        "https://wa.me/message/ABC0731555123",
        "https://api.whatsapp.com/send?text=0731%205551234",
        "sms:?body=0731%205551234",
        "tel:" + "0" * 1_000_000,
    ],
)
def test_links_without_numbers(href: str) -> None:
    assert values(f"<a href='{href}'>x</a>") == []


def test_what_is_told_of_a_number() -> None:
    (phone,) = read("<a href='tel:+497315551234'>Call</a><p>Tel.: 0731 / 555 12 34 ext. 5")
    assert phone.value == "+497315551234"
    assert phone.national == "0731 5551234"
    assert phone.region == "DE"
    assert phone.raw == "tel:+497315551234"
    assert phone.extension == "5"
    assert phone.source == "tel"
    assert phone.confidence > 0.95


def test_international_numbers_have_no_region() -> None:
    (phone,) = read("Freephone: 00800 5551 2345")
    assert (phone.value, phone.region) == ("+80055512345", None)


def test_best_first_and_faxes_last() -> None:
    body = "Tel 0731 5551231<p>+49 731 5551232<p>(0731) 555-12 33<p>Fax: 0731 5551230"
    assert [value[-1] for value in values(body)] == ["1", "2", "3", "0"]


def test_unknown_country() -> None:
    assert values("Tel: 0731 5551234", url="https://bakery.com/") == []
    assert values("Rufen Sie uns an, wir freuen uns: 0731 5551234", url="") == ["+497315551234"]
    assert values("the 312-244-0100", url="https://bakery.com/") == ["+13122440100"]
    assert values("the 020 7925 0918", url="https://bakery.com/") == ["+442079250918"]


def test_fiction_is_real_on_sites_that_are_not() -> None:
    body = "Phone: +1 303-555-0142"
    assert values(body, url="https://dragon.com/") == []
    assert values(body, url="https://dragon.test/") == ["+13035550142"]


def test_directories_are_bounded() -> None:
    body = "".join(f"<p>Tel 0731 55{number:05}" for number in range(2 * MAX_FINDS))
    assert len(read(body)) == MAX_FINDS


HOSTILE = [
    "1" * 1_000_000,
    "1-" * 500_000,
    "1 " * 500_000,
    "(" * 500_000,
    "+" * 500_000,
    "+(" * 300_000,
    "12 34 56 78 90 \n" * 60_000,
    "0731 5551234 / " * 60_000,
    "Tel: " * 200_000,
    "Tel: 12/34/56/78/" * 60_000,
    "1-800-" + "A" * 1_000_000,
    "800-AAA" * 150_000,
    "A.A-A A" * 150_000,
    "312-244-0100 " * 70_000,
    "١٢٣٤٥٦٧٨ " * 100_000,
    "\u200b1" * 300_000,
    "data-phone='" * 80_000,
    "data-tel-" + "a-" * 400_000,
    "AB1 " * 250_000,
    "GA 1234" * 150_000,
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile(text: str) -> None:
    page = parse_page(f"<p>{text}".encode(), url="https://x.de/", content_type=None)
    assert len(phones(page)) <= 2 * MAX_FINDS
