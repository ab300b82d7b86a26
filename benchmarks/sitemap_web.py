"""A site with an index of gzipped sitemaps, served by another process."""

import gzip
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

from benchmarks.process import ROOT, BenchmarkError, environment, python
from scrapersky.demo.response import Response, page
from scrapersky.demo.server import DemoServerThread
from scrapersky.demo.site import Answer, Site, Web

DOMAIN = "large.test"
_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_SECTIONS = ("products", "blog", "category", "guides", "about", "stores", "news")


@contextmanager
def sitemap_web(files: int, urls: int) -> Iterator[str]:
    """Serves the site until the end of the `with`.

    Args:
        files: sitemaps in the index.
        urls: pages in each.

    Yields:
        The value of SCRAPERSKY_CONNECT_TO.
    """
    command = python("benchmarks.sitemap_web", str(files), str(urls))
    with Popen(command, cwd=ROOT, env=environment(), stdin=PIPE, stdout=PIPE) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - as asked for
            line = process.stdout.readline()
            if not line:
                raise BenchmarkError("`python -m benchmarks.sitemap_web` does not serve.")
            yield json.loads(line)["connect_to"]
        finally:
            process.terminate()


def _site(files: int, urls: int) -> Site:
    names = [f"/sitemap-{number}.xml.gz" for number in range(files)]
    entries = "".join(
        f"<sitemap><loc>https://{DOMAIN}{name}</loc><lastmod>2026-05-01</lastmod></sitemap>"
        for name in names
    )
    index = f"<sitemapindex {_XMLNS}>{entries}</sitemapindex>"
    paths: dict[str, Answer] = {
        "/": page("<title>Large</title><p>We have many pages.</p>"),
        "/sitemap.xml": _xml(index.encode()),
    }
    for number, name in enumerate(names):
        packed = gzip.compress(_urlset(number, urls).encode(), 6, mtime=0)
        paths[name] = Response(200, {"Content-Type": "application/gzip"}, packed)
    return Site(paths=paths, robots=f"Sitemap: https://{DOMAIN}/sitemap.xml\n")


def _urlset(number: int, urls: int) -> str:
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_XMLNS}>\n']
    for at in range(urls):
        section = _SECTIONS[at % len(_SECTIONS)]
        parts.append(
            f"<url>\n<loc>https://{DOMAIN}/{section}/some-page-about-a-thing-{number}-{at}</loc>\n"
            f"<lastmod>2026-{at % 12 + 1:02}-{at % 28 + 1:02}T06:{at % 60:02}:00+00:00</lastmod>\n"
            "<changefreq>weekly</changefreq>\n<priority>0.6</priority>\n</url>\n"
        )
    return "".join((*parts, "</urlset>\n"))


def _xml(body: bytes) -> Response:
    return Response(200, {"Content-Type": "application/xml"}, body)


def _main() -> None:
    files, urls = map(int, sys.argv[1:])
    with DemoServerThread(Web({DOMAIN: _site(files, urls)}), log_requests=False) as server:
        print(json.dumps({"connect_to": server.connect_to}), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    _main()
