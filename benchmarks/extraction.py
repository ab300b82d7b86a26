"""What extraction costs by itself, in one process, without a crawl around it."""

from collections.abc import Iterator
from statistics import median

from lxml.html import document_fromstring

from benchmarks.process import own_cpu
from benchmarks.row import Row
from benchmarks.stage import Stage
from benchmarks.web import homepage
from scrapersky.demo.load import VARIANTS
from scrapersky.extract.homepage import extract_homepage
from scrapersky.extract.page import parse_page

CONTENT_TYPE = "text/html; charset=utf-8"


def extraction(stage: Stage) -> Iterator[Row]:
    """All fields of a page, against its tree alone."""
    pages = [homepage(number)[0] for number in range(VARIANTS)]
    ours: list[float] = []
    trees: list[float] = []
    for _ in range(max(stage.sizes.pages // VARIANTS, 1)):
        began = own_cpu()
        for number, page in enumerate(pages):
            url = f"https://d{number}.load.test/"
            extract_homepage(parse_page(page, url=url, content_type=CONTENT_TYPE))
        middle = own_cpu()
        for page in pages:
            document_fromstring(page)
        ours.append((middle - began) * 1000 / VARIANTS)
        trees.append((own_cpu() - middle) * 1000 / VARIANTS)
    stage.say("extraction")
    yield Row(
        name="extraction",
        value=median(ours),
        unit="ms",
        meaning="CPU of parsing a page and of extracting all fields from it",
        baseline=median(trees),
        baseline_name="lxml's tree of the page alone",
    )
