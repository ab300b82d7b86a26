"""The reader of sitemaps: bytes in, by chunks; typed entries out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scrapersky.sitemaps.entries import Entry, Kind, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file is read. The protocol's 50 MB and 50,000 URLs are often exceeded."""

    bytes: int = 512 * 1024 * 1024
    """Unpacked."""
    entries: int = 1_000_000


class SitemapReader:
    """Reads one file. Nothing that stands in it raises, or leads to another file or the network.

    for chunk in body:
        for entry in reader.feed(chunk):
            ...
        if reader.is_full:
            break
    for entry in reader.close():
        ...

    Each iterator has to be exhausted before the next call.
    """

    def __init__(self, *, url: str, limits: Limits | None = None) -> None:
        self.url = url
        """Of the file: relative URLs are resolved against it."""
        self.limits = limits or Limits()
        self.kind = Kind.EMPTY
        """What the file is; final after `close`."""
        self.gzip = False
        """Whether the file itself is compressed (whatever its name says)."""
        self.generator: str | None = None
        """What wrote it: `yoast`, `wordpress`, `shopify`, …"""
        self.problems: dict[Problem, int] = {}
        """What was wrong, and how often."""
        self.entry_count = 0
        self.lastmod_count = 0
        """Entries with a date that was understood."""
        self.lastmod_min: datetime | None = None
        self.lastmod_max: datetime | None = None
        self.is_full = False
        """A limit is reached: more bytes would not be read."""

    def feed(self, chunk: bytes) -> Iterator[Entry]:
        """The entries that are complete with this chunk."""
        raise NotImplementedError

    def close(self) -> Iterator[Entry]:
        """The remaining entries: nothing more comes."""
        raise NotImplementedError


def read_sitemap(
    chunks: Iterable[bytes], url: str, *, limits: Limits | None = None
) -> Iterator[Entry]:
    """The entries of a file."""
    reader = SitemapReader(url=url, limits=limits)
    for chunk in chunks:
        yield from reader.feed(chunk)
        if reader.is_full:
            break
    yield from reader.close()
