import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapersky.domains import (
    BadDomain,
    clean_domain,
    politeness_key,
    printable,
    registrable_domain,
)
from scrapersky.errors import InputError

PLAIN_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("example.com", "example.com"),
        ("EXAMPLE.Com", "example.com"),
        (" example.com\r\n", "example.com"),
        ('"example.com"', "example.com"),
        ("'example.com',", "example.com"),
        ("<https://example.com/>", "example.com"),
        ("\u201cexample.com\u201d", "example.com"),
        ("example.com.", "example.com"),
        ("example.com...", "example.com"),
        ("example.com:443", "example.com"),
        ("example.com:", "example.com"),
        ("https://example.com", "example.com"),
        ("HTTP://Example.com:8080/a/b?c=d#e", "example.com"),
        ("https://example.com/@someone", "example.com"),
        ("https://example.com?q=a@b", "example.com"),
        ("example.com#top", "example.com"),
        ("example.com\\path", "example.com"),
        ("//example.com/x", "example.com"),
        ("http:/example.com", "example.com"),
        ("https:example.com", "example.com"),
        ("ftp://example.com/pub", "example.com"),
        ("www.example.com", "example.com"),
        ("www.www.example.com", "example.com"),
        ("www.shop.example.co.uk", "shop.example.co.uk"),
        ("www.com", "www.com"),
        ("www.gov.uk", "www.gov.uk"),
        ("https://www.co.uk", "www.co.uk"),
        ("www.www.com", "www.com"),
        ("www.github.io", "www.github.io"),
        ("www2.example.com", "www2.example.com"),
        ("github.io", "github.io"),
        ("someone.github.io", "someone.github.io"),
        ("www.ck", "www.ck"),
        ("\ufeffexample.com", "example.com"),
        ("exa\u200bmple.com\u200e", "example.com"),
        ("exa\u00admple\u200d.com", "example.com"),
        ("example\u3002com", "example.com"),
        ("\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d", "example.com"),
        ("http\uff1a//example.com\uff0fa", "example.com"),
        ("m\u00fcnchen.de", "xn--mnchen-3ya.de"),
        ("M\u00dcNCHEN.DE", "xn--mnchen-3ya.de"),
        ("mu\u0308nchen.de", "xn--mnchen-3ya.de"),
        ("https://www.m\u00fcnchen.de/rathaus", "xn--mnchen-3ya.de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("XN--MNCHEN-3YA.DE", "xn--mnchen-3ya.de"),
        ("stra\u00dfe.de", "xn--strae-oqa.de"),
        (
            "\u043f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442.\u0440\u0444",
            "xn--d1abbgf6aiiy.xn--p1ai",
        ),
        ("\u4f8b\u5b50\u3002\u4e2d\u56fd", "xn--fsqu00a.xn--fiqs8s"),
        ("\U0001f4a9.la", "xn--ls8h.la"),
        ("xn--ls8h.la", "xn--ls8h.la"),
        ("i\u2764\ufe0f.ws", "xn--i-7iq.ws"),
        ("ab--cd.com", "ab--cd.com"),
        ("3com.com", "3com.com"),
        ("1-800.example", "1-800.example"),
        ("shop.test", "shop.test"),
        ("something.invalid", "something.invalid"),
        ("example.newtopleveldomain", "example.newtopleveldomain"),
        (f"{'a' * 63}.com", f"{'a' * 63}.com"),
    ],
)
def test_a_domain_is_found_in_what_people_write(text: str, domain: str) -> None:
    assert clean_domain(text) == domain


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("...", "nothing between"),
        ("localhost", "this machine"),
        ("printer", "a single word"),
        ("https://intranet/", "a single word"),
        ("info@example.com", "e-mail"),
        ("mailto:info@example.com", "e-mail"),
        ("info\uff20example.com", "e-mail"),
        ("https://anna@example.com/", "user name or a password"),
        ("127.0.0.1", "IP address"),
        ("https://8.8.8.8/", "IP address"),
        ("8.8.8.8:80", "IP address"),
        ("2130706433", "IP address"),
        ("0x7f.1", "IP address"),
        ("0X7F000001", "IP address"),
        ("017700000001", "IP address"),
        ("\uff11.\uff12.\uff13.\uff14", "IP address"),
        ("::1", "IP address"),
        ("[::1]", "IP address"),
        ("http://[2001:db8::1]:80/", "IP address"),
        ("1.2.3.4.5", "no top-level domain"),
        ("example.123", "no top-level domain"),
        ("example.c", "not a top-level domain"),
        ("example.c-m", "not a top-level domain"),
        ("co.uk", "public suffix"),
        ("anything.ck", "public suffix"),
        ("foo.localhost", "this machine"),
        ("printer.local", "inside a network"),
        ("wiki.internal", "inside a network"),
        ("abc.onion", "Tor"),
        ("1.0.168.192.in-addr.arpa", "infrastructure"),
        ("my_site.com", "underscore"),
        ("m\u00fc_nchen.de", "characters"),
        ("a..com", "nothing between"),
        (".example.com", "nothing between"),
        ("-example.com", "hyphen"),
        ("example-.com", "hyphen"),
        ("exa mple.com", "blank"),
        ("exa%6dple.com", "characters"),
        ("*.example.com", "characters"),
        ("example\x00.com", "characters"),
        ("exam\udc80ple.com", "characters"),
        ("\u2100.com", "characters"),
        ("a\u0301\U0001f4a9\u00e9.com", "characters"),
        ("xn--a.com", "punycode"),
        ("example.com:port", "not a port"),
        ("example.com:65536", "not a port"),
        ("javascript:alert(1)", "not a port"),
        (f"{'a' * 64}.com", "63"),
        ("\u00fc" * 64 + ".com", "characters"),
        ("a." * 127 + "com", "253"),
        ("\u00fc." * 127 + "com", "253"),
        ("a" * 1_000_000, "longer than 10,000"),
    ],
)
def test_what_is_no_domain_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadDomain) as caught:
        clean_domain(text)
    assert isinstance(caught.value, InputError)
    assert reason in caught.value.reason
    assert str(caught.value).endswith(f" cannot be used: {caught.value.reason}.")
    assert len(str(caught.value)) < 250
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "https://anna:s3cret@example.com/",
        "anna:s3cret@example.com",
        "https://anna:s3cret/x@example.com/",
        "https://s3cret@example.com/",
        "ftp://anna\uff1as3cret\uff20example.com",
    ],
)
def test_a_password_is_not_repeated(text: str) -> None:
    with pytest.raises(BadDomain) as caught:
        clean_domain(text)
    assert "s3cret" not in str(caught.value)
    assert "example.com" in caught.value.shown


def test_what_is_shown_is_short_and_printable() -> None:
    assert printable("a\x00b\udc80c\n") == "a\ufffdb\ufffdc"
    assert printable("x" * 81) == "x" * 80 + "\u2026"


def _is_refused_or_stable(text: str) -> None:
    try:
        domain = clean_domain(text)
    except BadDomain:
        return
    assert domain.isascii()
    assert clean_domain(domain) == domain
    assert registrable_domain(domain)


@given(st.text())
def test_any_text_gives_a_domain_or_bad_domain(text: str) -> None:
    _is_refused_or_stable(text)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4), st.sampled_from(["com", "de", "ck"]))
def test_any_labels_give_a_domain_or_bad_domain(labels: list[str], suffix: str) -> None:
    _is_refused_or_stable(".".join([*labels, suffix]))


@given(st.text("w.-:/@[]xn0\u3002\u200d\U0001f4a9\u00df\u00fc", max_size=20))
def test_any_delimiters_give_a_domain_or_bad_domain(text: str) -> None:
    _is_refused_or_stable(f"{text}.com")
    _is_refused_or_stable(f"https://{text}")


@given(st.text(PLAIN_LETTERS, min_size=1, max_size=20))
def test_any_punycode_gives_a_domain_or_bad_domain(label: str) -> None:
    _is_refused_or_stable(f"xn--{label}.com")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.com", "example.com"),
        ("a.b.Example.CO.UK.", "example.co.uk"),
        ("shop.myshopify.com", "shop.myshopify.com"),
        ("www.shop.myshopify.com", "shop.myshopify.com"),
        ("someone.github.io", "someone.github.io"),
        ("github.io", "github.io"),
        ("s3.amazonaws.com", "amazonaws.com"),
        ("bucket.s3.amazonaws.com", "bucket.s3.amazonaws.com"),
        ("www.shop.test", "shop.test"),
        ("www.xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("my_host.example.com", "example.com"),
        ("co.uk", None),
        ("com", None),
        ("localhost", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("[::1]", None),
        ("a..com", None),
        ("", None),
    ],
)
def test_registrable_domain(host: str, domain: str | None) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("example.com", "example.com"),
        ("WWW.example.com.", "example.com"),
        ("www.www.example.com", "www.example.com"),
        ("www.com", "www.com"),
        ("shop.example.com", "shop.example.com"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_www_and_the_apex_share_a_clock(host: str, key: str) -> None:
    assert politeness_key(host) == key
