"""Whatever the bytes: no exception, no endless regular expression."""

import time

import pytest

from benchmarks.mutations import failures
from benchmarks.pages import SavedPage
from scrapersky.demo.companies import DEMO_DOMAINS, demo_web
from scrapersky.demo.response import Response
from scrapersky.extract.page import parse_page
from scrapersky.extract.record import record

SECONDS = 4.0
"""Far above what any of them takes, far below what a quadratic expression would: no benchmark."""
SIZE = 40_000
RUNS = (
    "a",
    "1",
    "@",
    ".",
    "-",
    "_",
    "+",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "/",
    "\\",
    "%",
    "&",
    ";",
    ":",
    ",",
    "'",
    '"',
    "=",
    "#",
    "|",
    "*",
    "~",
    "\n",
    "\t",
    "\xa0",
    "\u200b",
    "\uff10",
    "\xe4",
    " ",
    "a@",
    "@a",
    "a.",
    ".a@",
    "a@b.",
    "1-",
    "1 ",
    "(1",
    "1.",
    "+1",
    "(0)",
    "00",
    "tel:",
    "mailto:",
    "%40",
    "&#64;",
    "&amp;",
    "(at)",
    " at ",
    " dot ",
    "[at]",
    "a at b dot ",
    "\\u0040",
    "\\x40",
    "'+'",
    "String.fromCharCode(",
    "unescape('",
    "atob('",
    "data-cfemail=",
    "http://",
    "https://x.com/",
    "wp-content/",
    "12345 ",
    "AB1 2CD ",
    "CA 90210 ",
    "Street ",
    "1 Main St ",
    "\xa9 2020 ",
    "GmbH ",
    "Ltd. ",
    "Tel. ",
    "Fax: ",
    "Mo-Fr 9:00",
    '{"a":',
    '["',
    '{"@type":"',
    "<b>",
    "<a href=",
    "<div itemscope>",
    "<!--",
    "<script>",
)
WRAPS = (
    "{}",
    "<p>{}</p>",
    "<a href='{}'>x</a>",
    "<script>{}</script>",
    "<title>{}</title>",
    "<script type='application/ld+json'>{}</script>",
    "<img alt='{}' src='{}'>",
    "<div class='{}' id='{}'>x</div>",
)


@pytest.mark.parametrize("run", RUNS)
def test_no_run_of_anything_takes_long(run: str) -> None:
    text = run * (SIZE // len(run))
    body = "".join(wrap.format(text, text) for wrap in WRAPS).encode()
    began = time.process_time()
    record(parse_page(body, url="https://bakery.com/", content_type="text/html; charset=utf-8"))
    assert time.process_time() - began < SECONDS


def test_broken_pages_raise_nothing() -> None:
    web = demo_web()
    pages = [
        SavedPage(domain, f"https://{domain}/", answer.body)
        for domain in DEMO_DOMAINS
        if (site := web.site(domain)) and isinstance(answer := site.find("/"), Response)
    ]
    assert len(pages) > 30
    raised = [error for _, error, _ in failures(pages, 400, seed=7) if error]
    assert not raised, raised[0]
