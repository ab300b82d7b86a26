"""Whatever the bytes: no exception, no endless regular expression."""

import time

import pytest

from benchmarks.expressions import LIMIT, RUNS, hostile_page, read, timed
from benchmarks.mutations import failures
from benchmarks.pages import SavedPage
from scrapersky.demo.companies import DEMO_DOMAINS, demo_web
from scrapersky.demo.response import Response

SECONDS = 4.0
"""Far above what any of them takes, far below what a quadratic expression would: no benchmark."""


@pytest.mark.parametrize("run", RUNS)
def test_no_run_of_anything_takes_long(run: str) -> None:
    body = hostile_page(run)
    began = time.process_time()
    with timed() as clock:
        read(body)
    assert time.process_time() - began < SECONDS
    [((name, _), seconds)] = clock.worst.most_common(1)
    assert seconds * 1000 < LIMIT, name


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
