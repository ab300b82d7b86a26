"""What extraction costs by itself, in one process, without a crawl around it."""

import time
from collections.abc import Callable, Iterator
from statistics import mean, quantiles
from typing import Any

from lxml.html import document_fromstring

from benchmarks import naive
from benchmarks.pages import SavedPage, saved_pages
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.commands.crawl import collect_garbage_seldom
from scrapersky.extract.addresses import addresses
from scrapersky.extract.contact_form import has_contact_form
from scrapersky.extract.contact_links import contact_links
from scrapersky.extract.emails import emails
from scrapersky.extract.language_detection import page_language
from scrapersky.extract.logo import logo_url
from scrapersky.extract.metadata import metadata
from scrapersky.extract.opening_hours import opening_hours
from scrapersky.extract.organization import organization
from scrapersky.extract.page import Page, parse_page
from scrapersky.extract.parked import parked
from scrapersky.extract.phones import phones
from scrapersky.extract.profiles import profiles
from scrapersky.extract.record import record
from scrapersky.extract.technology import technologies

EXTRACTORS: dict[str, Callable[[Page], Any]] = {
    "emails": emails,
    "phones": phones,
    "profiles": profiles,
    "technology": technologies,
    "metadata": metadata,
    "logo": logo_url,
    "language": page_language,
    "organization": organization,
    "addresses": addresses,
    "opening_hours": opening_hours,
    "contact_links": contact_links,
    "contact_form": has_contact_form,
    "parked": lambda page: parked(page, None),
}


def extraction(stage: Stage) -> Iterator[Row]:
    """The whole record, each extractor, and what the naive way costs."""
    what, pages = saved_pages()
    pages = pages[: stage.sizes.pages]
    for page in pages:  # models, data files and rules are loaded once a process, not once a page
        _record(page)
    for page in pages[:5]:
        naive.extract(page.body)
    collect_garbage_seldom()  # as in a crawl
    ours = [_milliseconds(_record, page) for page in pages]
    theirs = [_milliseconds(_naive, page) for page in pages]
    trees = [_milliseconds(_tree, page) for page in pages]
    stage.say(f"extraction: {len(pages)} {what}")
    yield Row(
        name="extraction",
        value=mean(ours),
        unit="ms",
        meaning=f"CPU of a page's whole record, parsing included: mean of {len(pages)} {what}",
        target=Target(15),
    )
    yield Row(
        name="extraction_p95",
        value=quantiles(ours, n=20)[-1],
        unit="ms",
        meaning="the same, at the 95th percentile",
        target=Target(50),
    )
    yield Row(
        name="extraction_naive",
        value=mean(ours),
        unit="ms",
        meaning="the mean",
        baseline=mean(theirs),
        baseline_name="BeautifulSoup, regexes over everything, phonenumbers' matcher",
        target=Target(0.25),
    )
    yield Row(
        name="extraction_tree",
        value=mean(ours),
        unit="ms",
        meaning="the mean",
        baseline=mean(trees),
        baseline_name="lxml's tree of the page alone",
    )
    yield from _each(pages)


def _each(pages: list[SavedPage] | Any) -> Iterator[Row]:
    spent = dict.fromkeys(EXTRACTORS, 0.0)
    shared = 0.0
    for saved in pages:
        began = time.process_time()
        page = _shared(saved)
        shared += time.process_time() - began
        for name, extractor in EXTRACTORS.items():
            began = time.process_time()
            extractor(page)
            spent[name] += time.process_time() - began
    yield _row("shared", shared, len(pages), "tree, visible text, meta elements, structured data")
    for name, seconds in spent.items():
        yield _row(name, seconds, len(pages), name.replace("_", " "))


def _row(name: str, seconds: float, count: int, meaning: str) -> Row:
    return Row(
        name=f"extraction_{name}",
        value=seconds * 1000 / count,
        unit="ms",
        meaning=f"CPU a page: {meaning}",
    )


def _milliseconds(work: Callable[[SavedPage], Any], page: SavedPage) -> float:
    began = time.process_time()
    work(page)
    return (time.process_time() - began) * 1000


def _parsed(page: SavedPage) -> Page:
    return parse_page(page.body, url=page.url, content_type=None)


def _record(page: SavedPage) -> Any:
    return record(_parsed(page))


def _naive(page: SavedPage) -> Any:
    return naive.extract(page.body)


def _tree(page: SavedPage) -> Any:
    return document_fromstring(page.body or b"<p>")


def _shared(saved: SavedPage) -> Page:
    page = _parsed(saved)
    _ = page.text, page.metas, page.json_ld, page.microdata, page.hrefs, page.sources
    return page
