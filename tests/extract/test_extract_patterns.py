import re
import time

import pytest

from scrapersky.extract.patterns import PatternError, compile_pattern, expand


def search(source: str, text: str) -> re.Match[bytes] | None:
    found = text.encode()
    return compile_pattern(source, needs_literal=True).search(found, found.lower())


@pytest.mark.parametrize(
    ("source", "text", "version"),
    [
        (r"acme-([\d.]+)\.js\;version:\1", "/lib/acme-1.2.3.js", "1.2.3"),
        (r"acme-([\d.]+)\.js\;version:\1", "/lib/ACME-1.2.3.JS", "1.2.3"),
        (r"acme(?:-([\d.]+))?\.js\;version:\1", "/lib/acme.js", None),
        (r"acme(-pro)?\.js\;version:\1?5:4", "/lib/acme-pro.js", "5"),
        (r"acme(-pro)?\.js\;version:\1?5:4", "/lib/acme.js", "4"),
        (r"acme(-pro)?\.js\;version:\1?5:", "/lib/acme.js", None),
        (r"acme v(\d+)-(\d+)\;version:\1.\2", "acme v3-7", "3.7"),
        (r"<meta[^>]+acme[^>]*v([\d.]+)\;version:\1", "<meta x='acme' y='v1.2.3'>", "1.2.3"),
        (r"acme[^>]*v(\d+(?:\.\d+)+)\;version:\1", "<acme y='v1.2.3'>", "1.2.3"),
        (r"(?:acme|emca)/(\d)\;version:\1", "x emca/4", "4"),
        (r"^acme ([\d.]+)$\;version:\1", "acme 1.0", "1.0"),
        (r"grüße ([\d.]+)\;version:\1", "viele grüße 7", "7"),
    ],
)
def test_versions(source: str, text: str, version: str | None) -> None:
    match = search(source, text)
    assert match is not None
    assert expand(compile_pattern(source, needs_literal=True).version, match) == version


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"acme\.js", "/acmexjs"),
        (r"acme[^>]{0,9}end", "acme" + " " * 20 + "end"),
        (r"acme\d+x", "acme" + "1" * 101 + "x"),
        (r"^acme", "an acme"),
        (r"acme$", "acme it is"),
    ],
)
def test_no_match(source: str, text: str) -> None:
    assert search(source, text) is None


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        (r"acme[\d.]+/long-literal", (b"/long-literal",)),
        (r"(?:alpha|beta)-\d", (b"alpha-", b"beta-")),
        (r"wp-(?:content|includes)/", (b"wp-content", b"wp-includes")),
        (r"colou?r-scheme", (b"r-scheme",)),
        (r"class=\"acme", (b'class="acme',)),
        (r"class=['\"]acme-x", (b"acme-x",)),
    ],
)
def test_literals(source: str, literals: tuple[bytes, ...]) -> None:
    found = compile_pattern(source, needs_literal=True).literals
    assert [re.sub(b"-$", b"", form) for form in found] == [
        re.sub(b"-$", b"", form) for form in literals
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (r"acme(", "no regular expression"),
        (r"(?<name>acme)", "no regular expression"),
        (r"(?<=a+)acme", "no regular expression"),
        (r"[a-z]+", "no fixed text"),
        (r"ab", "no fixed text"),
        (r"acme|\d+", "no fixed text"),
        (r"acme(?:a+)+$", "too long"),
        (r"acme(?:\w+\s*)+$", "too long"),
        (r"acme.*.*.*.*end", "too long"),
        (r"acme(x)\1", "refers back"),
        (r"acme\;version:\1", "fewer groups"),
        (r"acme\;verzion:1", "the tag 'verzion:1'"),
        (r"acme\;confidence:high", "the confidence 'high'"),
        (r"acme\;confidence:0", "the confidence '0'"),
    ],
)
def test_refused(source: str, reason: str) -> None:
    with pytest.raises(PatternError, match=re.escape(reason)):
        compile_pattern(source, needs_literal=True)


def test_confidence() -> None:
    assert compile_pattern(r"acme\;confidence:40", needs_literal=True).confidence == 40
    assert compile_pattern("acme", needs_literal=True).confidence == 100


def test_a_line_each() -> None:
    text = b"/a/one/x\n/b/\n/a/two/y/a/three\n"
    pattern = compile_pattern(r"^/a/(\w+)", needs_literal=True)
    assert [match[1] for match in pattern.in_lines(text, text)] == [b"one", b"two"]


HOSTILE = ["acme" * 250_000, "acme" + "a" * 1_000_000, "<meta acme" * 100_000, "1." * 500_000]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
@pytest.mark.parametrize(
    "source",
    [
        r"<meta[^>]*acme[^>]*v([\d.]+)",
        r"acme[^>]*v(\d+(?:\.\d+)+)",
        r"acme[^>]*[^<]*x",
        r"acme\w*?\w*;",
        r"(?:\d+\.)?acme!",
    ],
)
def test_hostile_texts_cost_a_bounded_number_of_steps(source: str, text: str) -> None:
    pattern = compile_pattern(source, needs_literal=True)
    encoded = text.encode()
    began = time.process_time()
    pattern.search(encoded, encoded.lower())
    # What would be quadratic takes minutes here; the bound is far from both.
    assert time.process_time() - began < 5
