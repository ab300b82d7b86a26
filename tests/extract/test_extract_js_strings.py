import pytest

from scrapersky.extract.js_strings import UNKNOWN, js_strings


@pytest.mark.parametrize(
    ("script", "last"),
    [
        ("x = 'a' + \"b\" + `c`", "abc"),
        ("x = 'a'; x += 'b'; y = x + 'c'", "abc"),
        ("var a = 'x', b = a + 'y'", "xy"),
        ("f('a' + unknown + 'b')", f"a{UNKNOWN}b"),
        ("x = '\\x61\\u0062\\u{63}\\'\\n'", "abc'\n"),
        ("x = ('a' + ('b'))", "ab"),
        ("['a', 'b'].join('-')", "a-b"),
        ("['b', 'a'].reverse().join('')", "ab"),
        ("'cba'.split('').reverse().join('')", "abc"),
        ("'a#b#'.replace('#', '@')", "a@b#"),
        ("'a#b#'.replace(/#/g, '@')", "a@b@"),
        ("'a[at]b'.replace(/\\[at\\]/, '@')", "a@b"),
        ("'a1b'.replace(/[0-9]/g, '')", "a1b"),
        ("'a'.concat('b', 'c')", "abc"),
        ("String.fromCharCode(97, 0x62)", "ab"),
        ("String.fromCharCode(97, 1.5, 1114112)", f"a{UNKNOWN}{UNKNOWN}"),
        ("[105,110,102,111,64,120]", "info@x"),
        ("atob('YUBi')", "a@b"),
        ("atob('?')", UNKNOWN),
        ("unescape('%61%u0062')", "ab"),
        ("decodeURIComponent('%C3%A4')", "\u00e4"),
        ("// 'no'\n/* 'no' */ 'yes'", "yes"),
        ("'unclosed", "unclosed"),
        ("", None),
        ("(((", None),
        ("x = ]", None),
    ],
)
def test_js_strings(script: str, last: str | None) -> None:
    found = [text for text in js_strings(script) if text != UNKNOWN or last == UNKNOWN]
    assert (found[-1] if found else None) == last


@pytest.mark.parametrize(
    "flood",
    ['"\\', "'", "[", "(", "a=", "a+", '"a"+', "/", "/*", "(/a", "`", "a.b(", "a", "0", "'a'.x(",
     "[["],
)  # fmt: skip
def test_floods_end(flood: str) -> None:
    assert sum(map(len, js_strings(flood * (1_000_000 // len(flood))))) < 1_000_000


def test_strings_that_double_end() -> None:
    grown = "x = 'ab';" + "x = x + x;" * 2_000 + "y = x.replace(/a/g, x); z = x.split('').join(x);"
    assert sum(map(len, js_strings(grown))) < 1_000_000
