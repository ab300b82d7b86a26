"""From the answer of a server to the items of a sitemap."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from scrapersky.crawl.failures import SiteError
from scrapersky.crawl.walk import Found, Refusal, Walk
from scrapersky.items import PagesItem, SitemapFileItem
from scrapersky.net.spool import Spool
from scrapersky.outcomes import ErrorCode
from scrapersky.sitemaps.entries import PageEntry, Problem
from scrapersky.sitemaps.reader import Limits, SitemapReader
from scrapersky.states import FileOutcome, FoundVia

PAGES = 2_000
"""Pages an item."""
LIMITS = tuple(each for each in Problem if each.endswith("_limit"))
COSTS_ENTRIES = (Problem.NOT_A_SITEMAP, *LIMITS, Problem.BAD_GZIP, Problem.TRUNCATED)
"""After these a file may list more than was read."""
_LOST = {
    Problem.NOT_A_SITEMAP: "It is no sitemap.",
    Problem.BAD_GZIP: "Its compression is damaged; what came before is kept.",
    Problem.TRUNCATED: "It ends too early; what came before is kept.",
    **dict.fromkeys(LIMITS, "It is larger than what is read of a sitemap; the rest is left out."),
}
_ENDS = {
    Refusal.OFF_HOST: "An index lists it, and it is on another site.",
    Refusal.DUPLICATE: "It redirects to a file that was read before.",
    Refusal.FILES_LIMIT: "The site has more sitemaps than SITEMAP_FILES.",
}


@dataclass(slots=True)
class Tally:
    """What a visit has come to so far."""

    sitemaps: int = 0
    unchanged: int = 0
    failed: int = 0
    pages: int = 0
    number: int = 0
    """Files begun."""
    is_complete: bool = True
    transient: SiteError | None = None
    """A failure that may be over later."""
    limited: int = 0
    """Refusals for too many requests, one after the other."""


@dataclass(slots=True)
class FileVisit:
    """One sitemap of a visit."""

    facts: dict[str, Any]
    """What every part of the visit says."""
    found: Found
    walk: Walk
    tally: Tally
    limits: Limits
    has_pages: bool = True
    """Whether its pages are wanted, too."""
    _fetched_at: datetime | None = field(default=None, init=False)
    _has_skipped: bool = field(default=False, init=False)
    """Whether it has pages, which were left for another crawl to read."""

    @property
    def is_mere_guess(self) -> bool:
        """Whether nobody ever said that it is there."""
        return self.found.via == FoundVia.GUESS and not self.walk.was_stored(self.found.url)

    def conditions(self) -> dict[str, str]:
        """Headers that spare sending what is known."""
        known = self.walk.known.get(self.found.url)
        if known is None or known.content_hash is None:
            return {}
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in headers.items() if value}

    def fetched(self) -> None:
        """Takes note of the time: it is asked for now."""
        self._fetched_at = datetime.now(UTC)

    def listed(self) -> SitemapFileItem:
        """It is there, somebody says. To read it is another's turn."""
        self.tally.sitemaps += 1
        return self._item(FileOutcome.LISTED)

    def refused(self, why: Refusal) -> SitemapFileItem:
        """It is not read, on purpose."""
        if why == Refusal.FILES_LIMIT:
            self.tally.is_complete = False
        return self._item(FileOutcome.FAILED, error_code=why, error_message=_ENDS[why])

    def failed(self, error: SiteError) -> SitemapFileItem:
        """It could not be had."""
        self.tally.failed += 1
        # What is not there lists nothing. Else it may list what seems to be gone.
        if error.http_status not in {404, 410}:
            self.tally.is_complete = False
        return self._item(
            FileOutcome.FAILED,
            http_status=error.http_status,
            error_code=error.code,
            error_message=error.message,
        )

    def unchanged(self, http_status: int | None = None) -> SitemapFileItem:
        """It has what it had. If it is an index its children are next."""
        self.tally.sitemaps += 1
        self.tally.unchanged += 1
        if self.walk.is_known_index(self.found.url):
            self.walk.add_known_children(self.found.url)
        return self._item(FileOutcome.UNCHANGED, http_status=http_status)

    async def read(
        self, response: Response, body: Spool
    ) -> AsyncIterator[SitemapFileItem | PagesItem]:
        """What the file says, as far as it is new; nothing where a guess was wrong."""
        known = self.walk.known.get(self.found.url)
        if response.status == 304 and known is not None:
            yield self.unchanged(304)
            return
        if response.url != self.found.url and not self.walk.meet(response.url):
            yield self.refused(Refusal.DUPLICATE)
            return
        if known is not None and known.content_hash == body.digest:
            yield self.unchanged(response.status)
            return
        async for item in self._parsed(response, body):
            yield item

    async def _parsed(
        self, response: Response, body: Spool
    ) -> AsyncIterator[SitemapFileItem | PagesItem]:
        reader = SitemapReader(url=response.url, limits=self.limits)
        hashes = bytearray() if self.walk.was_stored(self.found.url) else None
        self.tally.number += 1
        children: list[Found] = []
        has_begun = False
        async for pages in self._pages(reader, body, children):
            if not has_begun:
                has_begun = True
                yield self._item(FileOutcome.BEGUN)
            if hashes is not None:
                for page in pages:
                    hashes += hashlib.md5(page.url.encode(), usedforsecurity=False).digest()
            self.tally.pages += len(pages)
            if not self.has_pages:
                self._has_skipped = True
                continue
            yield PagesItem(
                **self.facts, sitemap=self.found.url, number=self.tally.number, pages=pages
            )
        if self.is_mere_guess and not reader.kind.is_sitemap:
            return
        if not has_begun:
            yield self._item(FileOutcome.BEGUN)
        # All of them before the index counts as read: when it is unchanged it is not read again.
        for child in children:
            if self.walk.add(child):
                yield self._item(FileOutcome.LISTED, child)
        yield self._end(response, body, reader, None if hashes is None else bytes(hashes))

    async def _pages(
        self, reader: SitemapReader, body: Spool, children: list[Found]
    ) -> AsyncIterator[list[PageEntry]]:
        """Pages by the thousand; sitemaps go to the children."""
        pages: list[PageEntry] = []
        for entries in _entries(reader, body):
            for entry in entries:
                if isinstance(entry, PageEntry):
                    pages.append(entry)
                    if len(pages) == PAGES:
                        yield pages
                        pages = []
                else:
                    children.append(Found(entry.url, FoundVia.INDEX, self.found.url, entry.lastmod))
            await asyncio.sleep(0)  # others want to go on, too
        if pages:
            yield pages

    def _end(
        self, response: Response, body: Spool, reader: SitemapReader, listed: bytes | None
    ) -> SitemapFileItem:
        problems = dict(reader.problems)
        if "download_stopped" in response.flags:
            problems[Problem.BYTES_LIMIT] = 1
        if "dataloss" in response.flags:
            problems.setdefault(Problem.TRUNCATED, 1)
        lost = next((each for each in COSTS_ENTRIES if each in problems), None)
        if lost is not None:
            self.tally.failed += lost not in LIMITS
            self.tally.is_complete = False
        if reader.kind.is_sitemap:
            self.tally.sitemaps += 1
        is_whole = lost is None and not self._has_skipped
        return self._item(
            FileOutcome.READ,
            http_status=response.status,
            error_code=lost,
            error_message=None if lost is None else _LOST[lost],
            kind=reader.kind,
            body_bytes=body.size,
            gzip=reader.gzip,
            entry_count=reader.entry_count,
            lastmod_min=reader.lastmod_min,
            lastmod_max=reader.lastmod_max,
            generator=reader.generator,
            problems={str(name): count for name, count in problems.items()},
            etag=_header(response, "ETag") if is_whole else None,
            last_modified=_header(response, "Last-Modified") if is_whole else None,
            content_hash=body.digest.hex() if is_whole else None,
            listed=listed if is_whole else None,
            **self._proof(),
        )

    def _proof(self) -> dict[str, Any]:
        """Whether the index told of the change, where it says anything at all."""
        known = self.walk.known.get(self.found.url)
        before = known.listed_lastmod if known is not None and known.content_hash else None
        if before is None or self.found.lastmod is None:
            return {}
        is_told = before != self.found.lastmod
        return {"lastmod_hit": is_told, "lastmod_miss": not is_told}

    def _item(
        self, outcome: FileOutcome, found: Found | None = None, **values: Any
    ) -> SitemapFileItem:
        found = found or self.found
        return SitemapFileItem(
            **self.facts,
            url=found.url,
            outcome=outcome,
            found_via=found.via,
            parent=found.parent,
            listed_lastmod=found.lastmod,
            fetched_at=None if self._has_skipped else self._fetched_at,
            **values,
        )


def _entries(reader: SitemapReader, body: Spool) -> Iterator[Iterator[Any]]:
    for chunk in body.chunks():
        yield reader.feed(chunk)
        if reader.is_full:
            break
    yield reader.close()


def status_error(response: Response) -> SiteError | None:
    """What a status means that brings no content; None: it does."""
    status = response.status
    if 200 <= status < 300:
        return None
    code = ErrorCode.HTTP_5XX if status >= 500 else ErrorCode.HTTP_4XX
    if status == 429:
        code = ErrorCode.RATE_LIMITED
    elif status in {401, 403, 407, 451}:
        code = ErrorCode.BLOCKED
    elif 300 <= status < 400:
        code = ErrorCode.BAD_REDIRECT
    return SiteError(code, f"The server answered with status {status}.", http_status=status)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")
