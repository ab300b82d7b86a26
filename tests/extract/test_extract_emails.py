import base64
import codecs
import subprocess
import sys

import pytest

from scrapersky.extract.contact import Email, EmailType
from scrapersky.extract.email_address import email_address
from scrapersky.extract.emails import emails
from scrapersky.extract.page import parse_page

SITE = "https://bakery.com/"
ADDRESS = "info@bakery.com"


def read(html: str, url: str = SITE) -> list[Email]:
    return emails(parse_page(html.encode(), url=url, content_type="text/html; charset=utf-8"))


def values(html: str, url: str = SITE) -> list[str]:
    return [email.value for email in read(html, url)]


def cloudflare(address: str) -> str:
    return bytes([0x2A, *(byte ^ 0x2A for byte in address.encode())]).hex()


def entities(text: str, form: str = "&#{};") -> str:
    return "".join(form.format(ord(char)) for char in text)


def moved(text: str, places: int) -> str:
    """TYPO3's turning of three ranges of characters."""
    ranges = ("+,-./0123456789:", "@ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
    for chars in ranges:
        turn = {char: chars[(i + places) % len(chars)] for i, char in enumerate(chars)}
        text = "".join(turn.get(char, char) for char in text)
    return text


CODES = ", ".join(str(ord(char)) for char in ADDRESS)
ESCAPED = "".join(f"%{ord(char):02x}" for char in f'<a href="mailto:{ADDRESS}">')
BASE64 = base64.b64encode(ADDRESS.encode()).decode()
ROT13 = codecs.encode(ADDRESS, "rot13")
SHUFFLED = "b65hE04-@J.FdCUstR7QSOLVfrGeojkucNpnPKYvgA1z3BwmqXMai+ZDWl2Ty_8Hx9I"
CODED = "".join(SHUFFLED[sorted(SHUFFLED).index(char)] for char in ADDRESS)

FORMS = {
    "mailto": f"<a href='mailto:{ADDRESS}'>mail</a>",
    "mailto in capitals, with blanks": f"<a href=' MAILTO: {ADDRESS} '>mail</a>",
    "mailto with a query": f"<a href='mailto:{ADDRESS}?subject=Rye%20bread&amp;body=x'>mail</a>",
    "mailto percent-encoded": "<a href='mailto:%20info%40bakery.com%20'>mail</a>",
    "mailto percent-encoded twice": "<a href='mailto:info%2540bakery.com'>mail</a>",
    "mailto in entities": f"<a href='{entities('mailto:' + ADDRESS)}'>mail</a>",
    "mailto in hexadecimal": f"<a href='{entities('mailto:' + ADDRESS, '&#x{:x};')}'>m</a>",
    "mailto in entities encoded twice": f"<a href='mailto:{entities(ADDRESS, '&amp;#{};')}'>m</a>",
    "mailto misspelt": f"<a href='maito:{ADDRESS}'>mail</a>",
    "mailto as a web address": f"<a href='http://mailto:{ADDRESS}'>mail</a>",
    "email for mailto": f"<a href='email:{ADDRESS}'>mail</a>",
    "a link without scheme": f"<a href='{ADDRESS}'>mail</a>",
    "mailto of a form": f"<form action='mailto:{ADDRESS}'></form>",
    "mailto with (at)": "<a href='mailto:info(at)bakery.com'>mail</a>",
    "mailto with a display name": "<a href='mailto:Ada%20%3Cinfo@bakery.com%3E'>mail</a>",
    "mailto with nested tags": f"<a href='mailto:{ADDRESS}'><b><i>mail</i></b></a>",
    "text": f"<p>Write to {ADDRESS}.</p>",
    "text in entities": f"<p>{entities(ADDRESS)}</p>",
    "text in entities encoded twice": f"<p>{entities(ADDRESS, '&amp;#{};')}</p>",
    "text cut into elements": "<p><b>info</b><i>@</i><span>bakery.com</span></p>",
    "text with a hidden decoy": "<p>info<span style='display: none'>.spam</span>@bakery.com</p>",
    "text with a comment": "<p>info<!-- no spam -->@bakery.com</p>",
    "text with zero-width blanks": "<p>info\u200b@\u200bbakery.com</p>",
    "text with soft hyphens": "<p>in\u00adfo@bak\u00adery.com</p>",
    "full-width sign": "<p>info\uff20bakery.com</p>",
    "full width": "<p>\uff49\uff4e\uff46\uff4f\uff20bakery\uff0ecom</p>",
    "sentence without a blank": "<p>info@bakery.com.Call us</p>",
    "word without a blank": "<p>info@bakery.comTelephone</p>",
    "NOSPAM": "<p>infoNOSPAM@bakery.com</p>",
    "REMOVE": "<p>info@remove-this.bakery.com</p>",
    "nospam for a top level": "<p>info@bakery.com.nospam</p>",
    "blanks around the sign": "<p>E-Mail: info @ bakery.com</p>",
    "(at)": "<p>info(at)bakery.com</p>",
    "[at] and [dot]": "<p>info [at] bakery [dot] com</p>",
    "{at}": "<p>info {at} bakery.com</p>",
    "<at>": "<p>info &lt;at&gt; bakery &lt;dot&gt; com</p>",
    "( at ) and ( dot )": "<p>info ( at ) bakery ( dot ) com</p>",
    "at and dot": "<p>info at bakery dot com</p>",
    "AT and DOT": "<p>info AT bakery DOT com</p>",
    "AT and DOT in one word": "<p>infoATbakeryDOTcom</p>",
    "at after a label": "<p>Email: info at bakery.com</p>",
    "_at_": "<p>info_at_bakery.com</p>",
    "-at- and -dot-": "<p>info-at-bakery-dot-com</p>",
    "*at*": "<p>info*at*bakery.com</p>",
    "only the dot": "<p>info@bakery [dot] com</p>",
    "blanks around the dot": "<p>info (at) bakery . com</p>",
    "&commat;": "<p>info&amp;commat;bakery.com</p>",
    "German": "<p>info [\u00e4t] bakery [punkt] com</p>",
    "Spanish": "<p>info (arroba) bakery (punto) com</p>",
    "French": "<p>info (arobase) bakery (point) com</p>",
    "French, chez": "<p>info chez bakery point com</p>",
    "Italian": "<p>info (chiocciola) bakery (punto) com</p>",
    "Portuguese": "<p>info arroba bakery ponto com</p>",
    "Dutch": "<p>info [apenstaartje] bakery [punt] com</p>",
    "Hungarian": "<p>info (kukac) bakery (pont) com</p>",
    "Czech": "<p>info(zavin\u00e1\u010d)bakery(te\u010dka)com</p>",
    "Polish": "<p>info (ma\u0142pa) bakery (kropka) com</p>",
    "Russian": "<p>info (собака) bakery (точка) com</p>",
    "Finnish": "<p>info(a)bakery.com</p>",
    "Japanese": "<p>info\uff20bakery\uff0ecom</p>",
    "text without scripts": "<body><noscript>info [at] bakery.com</noscript></body>",
    "turned round by a style": "<span style='unicode-bidi:bidi-override'>moc.yrekab@ofni</span>",
    "before an element, by a style": "<style>p:before{content:'info\\40 bakery.com'}</style>",
    "alternative text": f"<img src='email.png' alt='{ADDRESS}'>",
    "title": f"<p title='E-Mail: {ADDRESS}'>",
    "meta": f"<meta name='reply-to' content='{ADDRESS}'>",
    "JSON-LD": f'<script type="application/ld+json">{{"email": "{ADDRESS}"}}</script>',
    "microdata": f"<div itemscope><b itemprop='email'>{ADDRESS}</b></div>",
    "Cloudflare, attribute": f"<a data-cfemail='{cloudflare(ADDRESS)}'>[email&#160;protected]</a>",
    "Cloudflare, link": f"<a href='/cdn-cgi/l/email-protection#{cloudflare(ADDRESS)}'>mail</a>",
    "Joomla": "<script>var addy7 = 'inf&#111;' + '&#64;'; addy7 = addy7 + 'b&#97;kery' + '&#46;' + "
    "'com'; document.write(addy7);</script>",
    "strings": "<script>document.write('info' + '@' + 'bakery.com')</script>",
    "variables": "<script>var u = 'info', d = \"bakery.com\"; link.href = 'mailto:' + u + '@' + d;"
    "</script>",
    "list": "<script>a.href = 'mailto:' + ['info', 'bakery.com'].join('@')</script>",
    "plus and equals": "<script>var m = 'info'; m += '@'; m += 'bakery.com';</script>",
    "fromCharCode": f"<script>document.write(String.fromCharCode({CODES}))</script>",
    "list of codes": f"<script>var codes = [{CODES}]; // mailto</script>",
    "unescape": f"<script>document.write(unescape('{ESCAPED}'))</script>",
    "eval of unescape": "<script>eval(unescape('" + "".join(f"%{ord(c):x}" for c in
    "document.write('info'+'@'+'bakery.com')") + "'))</script>",
    "atob": f"<script>location = atob('{BASE64}')</script>",
    "reversed in a script": "<script>'moc.yrekab@ofni'.split('').reverse().join('')</script>",
    "replaced in a script": "<script>x = 'info[at]bakery.com'.replace('[at]', '@')</script>",
    "escaped in a script": "<script>x = 'info\\x40bakery' + '.com'</script>",
    "function of parts": "<script>sendMail('info', 'bakery', 'com')</script>",
    "event handler": f"<a onclick=\"location.href='mailto:{ADDRESS}'\">mail</a>",
    "JavaScript link": "<a href=\"javascript:location='mailto:'+'info'+'@'+'bakery.com'\">mail</a>",
    "hide_email": f'<script>eval("var a=\\"{SHUFFLED}\\";var b=a.split(\\"\\").sort().join(\\"\\");'
    f'var c=\\"{CODED}\\";var d=b.charAt(0)")</script>',
    "TYPO3": "<a href=\"javascript:linkTo_UnCryptMailto('"
    f"{moved('mailto:' + ADDRESS, 2)}');\">m</a>",
    "TYPO3, percent-encoded": "<a href='javascript:linkTo_UnCryptMailto(%27"
    f"{moved('mailto:' + ADDRESS, -3)}%27);'>m</a>",
    "TYPO3, data": f"<a href='#' data-mailto-token='{moved('mailto:' + ADDRESS, 1)}'>m</a>",
    "CryptX": "<a href=\"javascript:DeCryptX('"
    + "".join(chr(ord(c) + 1) for c in ADDRESS) + "')\">m</a>",
    "CryptX with digits": "<a href=\"javascript:DeCryptX('"
    + "".join(f"{i % 4}{chr(ord(c) + i % 4)}" for i, c in enumerate(ADDRESS)) + "')\">m</a>",
    "Email Encoder": f"<span data-enc-email='{ROT13.replace('@', '[ng]')}'>*protected*</span>",
    "ROT13 in data": f"<span data-email='{ROT13}'>*protected*</span>",
    "ROT13 in a script": "<script>x = 'znvygb:" + ROT13 + "'.replace(/[a-z]/g, f)</script>",
    "SpamSpan": "<span class='spamspan'><span class='u'>info</span><img src='at.png'>"
    "<span class='d'>bakery [dot] com</span><span class='t'> (Ada)</span></span>",
    "base64 in data": f"<a data-email='{BASE64}'>mail</a>",
    "reversed in data": "<a data-mail='moc.yrekab@ofni'>mail</a>",
    "parts in data": "<a data-user='info' data-domain='bakery.com'>mail</a>",
    "three parts in data": "<a data-name='info' data-domain='bakery' data-tld='com'>mail</a>",
    "plain data": f"<a data-email='{ADDRESS}'>mail</a>",
}  # fmt: skip


@pytest.mark.parametrize("html", FORMS.values(), ids=FORMS.keys())
def test_forms(html: str) -> None:
    assert values(html) == [ADDRESS]


PLACEHOLDERS = [
    "you@example.com", "info@mail.example.org", "johndoe@domain.com", "john.doe@gmail.com",
    "max@mustermann.de", "max.mustermann@gmx.de", "info@yourdomain.com", "name@firma.de",
    "name@company.co.uk", "deine-email@web.de", "vorname.nachname@gmail.com", "test@test.com",
    "name@domain.tld", "deineemail@beispiel.de", "votre@email.com", "votre@exemple.fr",
    "prenom.nom@orange.fr", "tu@email.com", "tucorreo@ejemplo.com", "nombre@dominio.es",
    "nome@dominio.it", "mario.rossi@email.it", "seuemail@gmail.com", "naam@voorbeeld.nl",
    "jan@uwbedrijf.nl", "jan.kowalski@przyklad.pl", "jmeno@domena.cz", "ornek@ornek.com",
    "din-epost@eksempel.no", "user@site.com", "someone@somewhere.com", "xxx@xxx.com",
    "abc@xyz.com", "email@email.com", "username@yahoo.com", "you@bakery.com",
    "your.name@bakery.com",
]  # fmt: skip
SHAPES = [
    "logo@2x.png", "photo@3x.jpg", "icon@1.5x.webp", "logo@2x.ai", "hero@1200w.photos",
    "jquery@3.2.1", "vue@2.6.12/dist", "@scope/name@1.0.0", "npm i left-pad@1.3.0.zip",
    "9b1055a49cce467eadae790e4ae99ccf@sentry.io", "9b1055a49cce467eadae790e4ae99ccf@o1.ingest.de",
    "https://0a1b2c3d4e5f67890a1b2c3d4e5f6789@errors.bakery.com/2", "19:uhu5s6ouet@thread.tacv2",
    "https://medium.com/@name.press", "https://maps.test/@52.5,13.4,17z", "git@github.com:a/b.git",
    "https://user:secret@host.com/", "ftp://anonymous@ftp.bakery.com", "ssh://root@host.com",
    "follow @bakery.berlin", "@bakery", "noreply@bakery.com", "do-not-reply@bakery.com",
    "m\u00fcller@bakery.de", "info@bakery", "info@localhost", "info@bakery.test", "a@b@c.com",
    "We meet at bakery.com", "Shop our sales at amazon.com", "stay-at-home.com", "look-at-me.de",
    "consultants at some point in time", "@media print", "price (a) 3.50", "5 @ 3.50 each",
]  # fmt: skip
CONTEXTS = [
    "<p>E-mail (e.g. ada@other.net)</p>", "<p>z.B. ada@other.de</p>",
    "<p>Napríklad ada@other.sk</p>", "<p>Por ejemplo: ada@other.es</p>",
    "<p>например, ada@other.ru</p>",
    "<input placeholder='ada@other.net'><p>ada@other.net</p>",
    "<input type='email' value='ada@other.net'>",
    "<p>Website by <a href='mailto:ada@agency.net'>Agency</a></p>",
    "<p>Webdesign: ada@agency.net</p>", "<p>Designed &amp; hosted by Foo, ada@agency.net</p>",
    "<p>Realisatie door Foo, ada@agency.nl</p>", "<p>\u00a9 ada@other.ru/Stock</p>",
    "<p>Foto: ada@other.de</p>", "<p>Jabber: 7107102@other.cc</p>", "<p>Skype: ada@other.net</p>",
    "<p>poststelle@bfdi.bund.de</p>", "<p>casework@ico.org.uk</p>", "<p>poststelle@ldi.nrw.de</p>",
    "<p>Rating@Mail.ru</p>", "<meta name='web_author_email' content='ada@agency.net'>",
    "<p>complaint.info@financial-ombudsman.org.uk</p>", "<p>support@shopify.com</p>",
    "<script>/* Licence: write to ada@other.net, mailto */</script>",
    "<script>// bought from ada@bakery.com\nvar mailto = 1</script>",
    "<style>/* Theme by info@bakery.com */</style>", "<!-- Developed by info@bakery.com -->",
    "<script>var author = {email: 'ada@other.net'}</script>",
    "<script>alert('Es: info@other.it')</script>",
    "<script>load('https://cdn.test/npm/vue@2.6.12/vue.js')</script>",
    "<script src='https://unpkg.com/jquery@3.2.1/jquery.min.js'></script>",
    "<img srcset='logo@2x.png 2x' src='logo@2x.png' alt='logo@2x.png'>",
    "<img class='avatar' src='a.png' alt='ada@bakery.com'>",
    "<input type='hidden' name='business' value='ada@other.net'>",
    "<a href='mailto:?subject=Look&amp;body=ada@bakery.com'>share</a>", "<a href='mailto:'>x</a>",
    "<a href='mailto:%ff@%'>x</a>", "<a href='https://instagram.com/@bakery.berlin'>x</a>",
    "<a href='http://ada@other.net'>Ada</a>", "<p class='x' data-src='logo@2x.png'>",
    "<script>Sentry.init({dsn: 'https://9b1055a49cce467eadae790e4ae99ccf@sentry.io/1'})</script>",
    "<p>" + "A long paragraph about somebody else's work in the world. " * 4 + "ada@other.net</p>",
]  # fmt: skip


@pytest.mark.parametrize("text", [*PLACEHOLDERS, *SHAPES])
def test_traps_in_text(text: str) -> None:
    assert values(f"<p>{text}</p>") == []


@pytest.mark.parametrize("html", CONTEXTS)
def test_traps_in_places(html: str) -> None:
    assert values(html) == []


@pytest.mark.parametrize(
    "address",
    [
        "bakery@mail.ru", "bakery@gmx.de", "bakery@web.de", "bakery@mail.com", "info@info.com",
        "team@max.de", "hello@company-name.berlin", "contact@abc.com", "o'brien@bakery.com",
        "ada+rye@bakery.com", "1@bakery.com", "ada@bakery.co.uk", "123456@qq.com",
    ],
)  # fmt: skip
def test_what_looks_like_a_trap_and_is_none(address: str) -> None:
    assert values(f'<p>Write to {address}</p><a href="mailto:{address}">x</a>') == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("info@bakery.com", "info@bakery.com"),
        (" Info@Bakery.COM. ", "info@bakery.com"),
        ("Ada Baker <ada@bakery.co.uk>", "ada@bakery.co.uk"),
        ("ada+rye@bakery.com", "ada+rye@bakery.com"),
        ("info@bäckerei.de", "info@xn--bckerei-5wa.de"),
        ("info@\u200bbakery.com", "info@bakery.com"),
        ("info@bakery", None),
        ("info@bakery.png", None),
        ("info@bakery.c", None),
        ("info@co.uk", None),
        ("info@-bakery.com", None),
        ("info@bakery..com", None),
        ("in..fo@bakery.com", None),
        ("in fo@bakery.com", None),
        (".info@bakery.com", "info@bakery.com"),
        ("@bakery.com", None),
        ("info@", None),
        ("info", None),
        ("", None),
        ("a" * 65 + "@bakery.com", None),
        ("a@" + "b" * 64 + ".com", None),
        ("info@127.0.0.1", None),
        ("info@bakery.newertld", "info@bakery.newertld"),
        ("\ud800@bakery.com", None),
        ("info@\ud800.com", None),
    ],
)
def test_email_address(text: str, address: str | None) -> None:
    assert email_address(text) == address


@pytest.mark.parametrize(
    "href",
    [
        "mailto:a@bakery.com,b@bakery.com;c@bakery.com",
        "mailto:a@bakery.com%2Cb@bakery.com%3B%20c@bakery.com",
        "mailto:?to=a@bakery.com&amp;to=b%40bakery.com,c@bakery.com&amp;cc=d@bakery.com",
        "mailto:a@bakery.com?to=b@bakery.com;c@bakery.com&amp;bcc=d@bakery.com",
    ],
)
def test_several_in_one_link(href: str) -> None:
    assert values(f"<a href='{href}'>x</a>") == ["a@bakery.com", "b@bakery.com", "c@bakery.com"]


@pytest.mark.parametrize(
    ("address", "kind", "own"),
    [
        ("info@bakery.com", EmailType.ROLE, True),
        ("sales-uk@bakery.com", EmailType.ROLE, True),
        ("kontakt2@bakery.com", EmailType.ROLE, True),
        ("secretaria@mail.bakery.com", EmailType.ROLE, True),
        ("ada.baker@bakery.com", EmailType.PERSONAL, True),
        ("ada@bakery.de", EmailType.PERSONAL, False),
        ("info@gmail.com", EmailType.FREE, False),
        ("bakery@yahoo.co.uk", EmailType.FREE, False),
        ("bakery@mail.ru", EmailType.FREE, False),
        ("ada@gmail.bakery.com", EmailType.PERSONAL, True),
    ],
)
def test_type_and_domain(address: str, kind: EmailType, own: bool) -> None:  # noqa: FBT001
    (email,) = read(f"<a href='mailto:{address}'>x</a>", "https://www.bakery.com/contact")
    assert (email.value, email.type, email.own_domain) == (address, kind, own)


def test_site_is_the_canonical_one_when_only_a_file_is_known() -> None:
    html = f"<link rel='canonical' href='https://www.bakery.com/'><p>{ADDRESS}</p>"
    (email,) = read(html, "")
    assert email.own_domain


def test_best_first() -> None:
    html = """<p>ada@bakery.com</p><a href="mailto:info@other.net">x</a>
    <a href="mailto:zoe@bakery.com">x</a><a href="mailto:info@bakery.com">x</a>
    <p>info@bakery.com</p>"""
    found = read(html)
    assert [email.value for email in found] == [
        "info@bakery.com",
        "zoe@bakery.com",
        "ada@bakery.com",
        "info@other.net",
    ]
    assert [email.source for email in found] == ["mailto", "mailto", "text", "mailto"]
    assert found[0].confidence >= 0.9 > found[-1].confidence


def test_what_is_shown_beats_what_a_theme_left_in_the_link() -> None:
    assert values("<a href='mailto:ada@theme.net'>info@bakery.com</a>") == ["info@bakery.com"]


def test_word_glued_to_a_linked_address() -> None:
    html = "<a href='mailto:info@bakery.com'>x</a><p>Fax 0123456info@bakery.com</p>"
    assert values(html) == ["info@bakery.com"]


def test_script_counts_as_it_stands_only_when_nothing_else_is_there() -> None:
    script = "<script>var shop = {email: 'info@bakery.com'}</script>"
    assert values(script) == ["info@bakery.com"]
    assert values(script + "<p>ada@bakery.com</p>") == ["ada@bakery.com"]


def test_own_address_of_a_service() -> None:
    assert values("<p>press@shopify.com</p>", "https://www.shopify.com/") == ["press@shopify.com"]


WRAPS = [
    "<p>{}</p>", "<a href='mailto:{}'>", "<script>mailto {}</script>", "<p data-mail='{}'>",
    "<style>content {}</style>", "<a href='javascript:{}'>x</a>", "<span class=spamspan>{}</span>",
    "{}",
]  # fmt: skip
FLOODS = [
    "a", "@", "a@", "1-", "(at)", " at ", "[", "((at))", "&#64;", "%40", "a.b@c.de ", "x@y.com,",
    "'+'",
    "data-a='", "title='a@", "placeholder='", '"', "unescape('", "a dot ", "content:'a@", "rtl@",
    "charAt(", "a=", "a@b.co\n", "x@y.de<b></b>z", "\\", "`",
]  # fmt: skip


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("flood", FLOODS)
def test_floods_end(wrap: str, flood: str) -> None:
    # Quadratic work on 100,000 characters would run into the test's time limit.
    found = read(wrap.format(flood * (100_000 // len(flood))))
    assert len(found) <= 1_000


@pytest.mark.parametrize(
    "url", ["", "/contact", "https://[bad", "https://192.0.2.1/", "https://a/"]
)
def test_odd_urls(url: str) -> None:
    assert values(f"<a href='mailto:{ADDRESS}'>x</a>\x00<p>\ufffd@\x01", url) == [ADDRESS]


def test_same_whatever_the_hash_seed() -> None:
    code = (
        "import sys; from scrapersky.extract.emails import emails;"
        "from scrapersky.extract.page import parse_page;"
        "page = parse_page(sys.argv[1].encode(), url='https://bakery.com/', content_type=None);"
        "print([email.value for email in emails(page)])"
    )
    html = "".join(FORMS.values()) + "".join(f"<p>{name}@bakery.com</p>" for name in "abcdefgh")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, html],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
