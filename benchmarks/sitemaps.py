"""The reading of sitemaps, against lxml that only counts their entries."""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from lxml import etree

from benchmarks.process import BenchmarkError, environment, measure, own_cpu, python
from benchmarks.row import Row, Target
from benchmarks.stage import Stage
from scrapersky.sitemaps.reader import SitemapReader

ENTRIES = 50_000
CHUNK = 64 * 1024
URL = "https://www.example.com/sitemap.xml"
LANGUAGES = ("x-default", "en", "de", "fr", "es", "it", "nl")
MEMORY_LIMIT = 24
"""Megabytes."""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
_TAG = "{http://www.sitemaps.org/schemas/sitemap/0.9}url"


def sitemaps(stage: Stage) -> Iterator[Row]:
    """A plain file, and one with languages and images: CPU, and what memory grows by."""
    empty = _written(stage.folder / "sitemap_empty.xml", _plain_entry, 0)
    before = _peak(empty)
    for name, entry, target in (
        ("sitemap_plain", _plain_entry, Target(1.5)),
        ("sitemap_rich", _rich_entry, Target(0.8)),
    ):
        file = _written(stage.folder / f"{name}.xml", entry, ENTRIES)
        size = f"{file.stat().st_size / 1e6:.0f} MB"
        stage.say(f"sitemaps: {name}, {size}")
        yield _cpu(name, file, size, rounds=2 * stage.sizes.rounds + 1, target=target)
        yield Row(
            name=f"{name}_memory",
            value=_peak(file) - before,
            unit="MB",
            meaning=f"resident memory that a file of {size} takes more than an empty one",
            target=Target(MEMORY_LIMIT),
        )


def read(file: Path) -> int:
    """Bytes to typed entries, none of which is kept. Returns their number."""
    reader = SitemapReader(url=URL)
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            for _ in reader.feed(chunk):
                pass
    for _ in reader.close():
        pass
    return reader.entry_count


def _count(file: Path) -> int:
    number = 0
    for _, element in etree.iterparse(file, tag=_TAG):
        number += 1
        element.clear()
    return number


def _cpu(name: str, file: Path, size: str, *, rounds: int, target: Target) -> Row:
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_seconds(read, file))
        theirs.append(_seconds(_count, file))
    return Row(
        name=f"{name}_cpu",
        value=median(ours) * 1e6 / ENTRIES,
        unit="µs",
        meaning=f"CPU an entry of a file of {size}, from bytes to typed entries",
        baseline=median(theirs) * 1e6 / ENTRIES,
        baseline_name="lxml's iterparse, only counting",
        paired=median(our / their for our, their in zip(ours, theirs, strict=True)),
        target=target,
    )


def _seconds(work: Callable[[Path], int], file: Path) -> float:
    began = own_cpu()
    found = work(file)
    if found != ENTRIES:
        raise BenchmarkError(f"{found} entries in {file.name}, not {ENTRIES}")
    return own_cpu() - began


def _peak(file: Path) -> float:
    return measure(python("benchmarks.sitemaps", str(file)), environment(), watched=True).memory


def _written(file: Path, entry: Callable[[random.Random, int], str], count: int) -> Path:
    chance = random.Random(7)  # noqa: S311 - the same file each time
    with file.open("w", encoding="utf-8") as stream:
        stream.write(_HEAD)
        stream.writelines(entry(chance, number) for number in range(count))
        stream.write("</urlset>\n")
    return file


def _plain_entry(chance: random.Random, number: int) -> str:
    return (
        f"  <url>\n    <loc>https://www.example.com/{_path(chance, number)}</loc>\n"
        f"    <lastmod>{_time(chance)}</lastmod>\n    <changefreq>weekly</changefreq>\n"
        f"    <priority>0.{chance.randrange(10)}</priority>\n  </url>\n"
    )


def _rich_entry(chance: random.Random, number: int) -> str:
    path = _path(chance, number)
    links = "".join(
        f'    <xhtml:link rel="alternate" hreflang="{language}"'
        f' href="https://www.example.com/{language}/{path}"/>\n'
        for language in LANGUAGES
    )
    image = f"https://cdn.example.com/files/{number}.jpg?v={chance.randrange(10**9)}&amp;width=900"
    return (
        f"  <url>\n    <loc>https://www.example.com/{path}</loc>\n"
        f"    <lastmod>{_time(chance)}</lastmod>\n    <changefreq>daily</changefreq>\n{links}"
        f"    <image:image>\n      <image:loc>{image}</image:loc>\n    </image:image>\n  </url>\n"
    )


def _path(chance: random.Random, number: int) -> str:
    kind = chance.choice(("products", "collections", "blog"))
    return f"{kind}/a-usual-name-{chance.randrange(10**9):x}-{number}"


def _time(chance: random.Random) -> str:
    month, day = 1 + chance.randrange(12), 1 + chance.randrange(28)
    hour, minute, second = chance.randrange(24), chance.randrange(60), chance.randrange(60)
    return f"2024-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00"


if __name__ == "__main__":
    read(Path(sys.argv[1]))
