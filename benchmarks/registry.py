"""All that is measured. To add something: a function in a file of its own, and a line here."""

from collections.abc import Callable, Iterator

from benchmarks.cpu import cpu
from benchmarks.exports import exports
from benchmarks.expressions import expressions
from benchmarks.extraction import extraction
from benchmarks.frontier import frontier
from benchmarks.frontier_close import frontier_close
from benchmarks.frontier_delay import frontier_delay
from benchmarks.frontier_pair import frontier_pair
from benchmarks.growth import growth
from benchmarks.lists import lists
from benchmarks.row import Row
from benchmarks.sitemap_import import sitemap_import
from benchmarks.sitemaps import sitemaps
from benchmarks.stage import Stage
from benchmarks.startup import startup
from benchmarks.upsert import upsert

SUBJECTS: dict[str, Callable[[Stage], Iterator[Row]]] = {
    "cpu": cpu,
    "upsert": upsert,
    "growth": growth,
    "extraction": extraction,
    "expressions": expressions,
    "sitemaps": sitemaps,
    "frontier": frontier,
    "frontier_close": frontier_close,
    "frontier_pair": frontier_pair,
    "frontier_delay": frontier_delay,
    "startup": startup,
    "sitemap_import": sitemap_import,
    "lists": lists,
    "exports": exports,
}
