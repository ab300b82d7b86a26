"""The quick scanner and the tokenizer are one reader, however the text comes."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sitemap_texts import texts

from scrapersky.sitemaps.findings import Findings
from scrapersky.sitemaps.markup import Markup

URL = "https://e.test/sitemap.xml"


def read(pieces: list[str], *, is_quick: bool) -> tuple[Any, ...]:
    """All that comes of a text: entries in their order, and what is said of the file."""
    findings = Findings()
    markup = Markup(URL, findings, is_quick=is_quick)
    entries = [entry for piece in pieces for entry in markup.feed(piece)]
    entries += markup.feed("", final=True)
    return entries, markup.kind, findings.counts, markup.generator


def cut(text: str, places: list[int]) -> list[str]:
    marks = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(marks)]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts(), st.lists(st.integers(0, 100_000), max_size=12))
def test_quick_or_not_and_cut_or_not(text: str, places: list[int]) -> None:
    expected = read([text], is_quick=False)
    assert read([text], is_quick=True) == expected
    pieces = cut(text, places)
    assert read(pieces, is_quick=False) == expected
    assert read(pieces, is_quick=True) == expected


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts())
def test_one_character_after_the_other(text: str) -> None:
    assert read(list(text[:3_000]), is_quick=True) == read([text[:3_000]], is_quick=False)
