"""The reader of sitemaps: bytes in, by chunks; typed entries out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scrapersky.sitemaps.decode import HEAD, TextDecoder
from scrapersky.sitemaps.entries import Entry, Kind, Problem
from scrapersky.sitemaps.findings import Findings
from scrapersky.sitemaps.generators import find_generator_in
from scrapersky.sitemaps.lines import Lines, is_list
from scrapersky.sitemaps.markup import Markup
from scrapersky.sitemaps.unpack import Unpacker

WINDOW = 256 * 1024
"""Bytes that are read at once. Files are read alike however they come."""
PROTOCOL_BYTES = 50 * 1024 * 1024
PROTOCOL_ENTRIES = 50_000
MAX_EFFORT = 2_000_000
"""Tags, texts and lines that are looked at without finding an entry, and in addition:"""
EFFORT_PER_ENTRY = 1_000

MAX_SEARCH = 1024 * 1024
"""Bytes after which the root of a listing is no longer looked for."""

_MARKUP = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex|rss|feed|rdf|url|sitemap|html)[\s>/]"
    r"|<!doctype|<\?xml",
    re.IGNORECASE,
)
_JSON = re.compile(r"\{\s*+[\"}]|\[\s*+[\"{\[\]]")
_BLANK = "\ufeff\0 \t\r\n\f\v"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file is read. The protocol's 50 MB and 50,000 URLs are often exceeded."""

    bytes: int = 256 * 1024 * 1024
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

    def __init__(self, *, url: str, limits: Limits | None = None, window: int = WINDOW) -> None:
        self.url = url
        """Of the file: relative URLs are resolved against it."""
        self.limits = limits or Limits()
        self.kind = Kind.EMPTY
        """What the file is; final after `close`."""
        self.generator: str | None = None
        """What wrote it: `yoast`, `wordpress`, `shopify`, …"""
        self.entry_count = 0
        self.lastmod_count = 0
        """Entries with a date that was understood."""
        self.lastmod_min: datetime | None = None
        self.lastmod_max: datetime | None = None
        self._is_done = False
        self._findings = Findings()
        self._unpacker = Unpacker(self._findings, self.limits.bytes)
        self._window = window
        self._pending: list[bytes] = []
        self._waiting = 0
        self._size = 0
        self._decoder: TextDecoder | None = None
        self._document: Markup | Lines | None = None

    @property
    def is_full(self) -> bool:
        """Whether more bytes would not be read: a limit is reached, or it is no sitemap."""
        return self._is_done or self._unpacker.is_over

    @property
    def problems(self) -> dict[Problem, int]:
        """What was wrong, and how often."""
        return self._findings.counts

    @property
    def gzip(self) -> bool:
        """Whether the file itself is compressed, whatever its name says."""
        return self._unpacker.is_gzip

    def feed(self, chunk: bytes) -> Iterator[Entry]:
        """The entries that are complete with this chunk."""
        for piece in self._unpacker.feed(chunk):
            yield from self._take(piece)

    def close(self) -> Iterator[Entry]:
        """The remaining entries: nothing more comes."""
        for piece in self._unpacker.close():
            yield from self._take(piece)
        yield from self._read(b"".join(self._pending), final=True)
        self._pending.clear()
        self._conclude()

    def _take(self, piece: bytes) -> Iterator[Entry]:
        self._pending.append(piece)
        self._waiting += len(piece)
        if self._waiting < self._window:
            return
        data = b"".join(self._pending)
        size = len(data) - len(data) % self._window
        for start in range(0, size, self._window):
            yield from self._read(data[start : start + self._window])
        self._pending, self._waiting = [data[size:]], len(data) - size

    def _read(self, data: bytes, *, final: bool = False) -> list[Entry]:
        if self._is_done:
            return []
        if self._decoder is None:
            self._decoder = TextDecoder(data[:HEAD], self._findings)
        self._size += len(data)
        text = self._decoder.decode(data, final=final)
        if self._document is None:
            text = text.lstrip(_BLANK)
            self._document = self._recognised(text)
        if self._document is None:
            return []
        entries = self._document.feed(text, final=final)
        self._look_at_limits(len(entries))
        entries = entries[: self.limits.entries - self.entry_count]
        self._count(entries)
        return entries

    def _recognised(self, text: str) -> Markup | Lines | None:
        """What reads a file that begins so, if anything does."""
        if not text:
            return None
        self.generator = find_generator_in(text)
        if _JSON.match(text):
            self.kind = Kind.JSON
        elif text.startswith("<") or _MARKUP.search(text):
            return Markup(self.url, self._findings)
        elif is_list(text):
            return Lines(self.url, self._findings)
        else:
            self.kind = Kind.OTHER
        self._is_done = True
        return None

    def _look_at_limits(self, found: int) -> None:
        document = self._document
        if self.entry_count + found > self.limits.entries:
            self._findings.add(Problem.ENTRIES_LIMIT)
        elif document is not None and document.effort > MAX_EFFORT + EFFORT_PER_ENTRY * (
            self.entry_count + found
        ):
            self._findings.add(Problem.EFFORT_LIMIT)
        elif self._size <= MAX_SEARCH or (document is not None and document.kind.is_sitemap):
            return
        self._is_done = True

    def _count(self, entries: list[Entry]) -> None:
        self.entry_count += len(entries)
        dates = [entry.lastmod for entry in entries if entry.lastmod is not None]
        if not dates:
            return
        self.lastmod_count += len(dates)
        first, last = min(dates), max(dates)
        self.lastmod_min = min(first, self.lastmod_min or first)
        self.lastmod_max = max(last, self.lastmod_max or last)

    def _conclude(self) -> None:
        self._is_done = True
        if self._document is not None:
            self.kind = self._document.kind
            self.generator = self._document.generator or self.generator
        if not self.kind.is_sitemap:
            self._findings.add(Problem.NOT_A_SITEMAP)
        elif self._size > PROTOCOL_BYTES or self.entry_count > PROTOCOL_ENTRIES:
            self._findings.add(Problem.OVER_PROTOCOL)


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
