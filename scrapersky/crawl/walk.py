"""Which sitemaps of a site to read, in which order, and which not."""

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urldefrag
from uuid import UUID

from scrapersky.db.outage import wait_out
from scrapersky.db.session import session_factory
from scrapersky.db.sitemap_files import KnownFile, known_files
from scrapersky.domains import registrable_domain
from scrapersky.extract.urls import host_of
from scrapersky.sitemaps.entries import Kind
from scrapersky.states import FoundVia

PROOFS = 3
"""Times that a site's index must have told of a change, and never have kept silent about one,
before it is believed that nothing changed."""
BELIEVED_FOR = timedelta(days=7)
"""However reliable an index is, a file is looked at again after this."""
SETTLED = timedelta(days=1)
"""A date without a time says nothing about changes later that day."""


class Refusal(StrEnum):
    """Why a sitemap that was found is not read."""

    OFF_HOST = "off_host"
    """An index lists it, and it is on another site than that index and the domain."""
    DUPLICATE = "duplicate"
    """It redirects to a file that this crawl has read."""
    FILES_LIMIT = "files_limit"
    """The site has more sitemaps than `SITEMAP_FILES`; so have all that follow it."""


class Found(NamedTuple):
    """A sitemap that somebody names."""

    url: str
    via: FoundVia
    parent: str | None = None
    lastmod: datetime | None = None
    """As the index says that lists it."""


class Walk:
    """The way through a site's sitemaps: each once, first found first read."""

    def __init__(
        self,
        *,
        site: str,
        known: Mapping[str, KnownFile],
        limit: int,
        is_full: bool = False,
        now: datetime,
    ) -> None:
        """Begins with nothing to read.

        Args:
            site: the host of the homepage.
            known: what earlier crawls left, by URL.
            limit: files, at most.
            is_full: whether to read what did not change, too.
            now: the beginning of the visit.
        """
        self.known = {} if is_full else known
        self._stored = known
        self._site = site
        self._limit = limit
        self._now = now
        self._queue: deque[Found] = deque()
        self._met: set[str] = set()
        self._given: set[str] = set()
        self._children: dict[str, list[KnownFile]] = defaultdict(list)
        for file in known.values():
            if file.parent is not None:
                self._children[file.parent].append(file)
        hits = sum(file.lastmod_hits for file in known.values())
        misses = sum(file.lastmod_misses for file in known.values())
        self._is_reliable = hits >= PROOFS and not misses
        self.over_limit: Found | None = None
        """The first that is too many."""

    def add(self, found: Found) -> bool:
        """Takes note of a sitemap; what was met before is passed over.

        Returns:
            Whether it is to be read.
        """
        if not self.meet(found.url):
            return False
        if len(self._met) > self._limit:
            self.over_limit = self.over_limit or found
            return False
        self._queue.append(found)
        return True

    def add_stored(self, *, only_chosen: bool) -> None:
        """Takes note of what earlier crawls found, without what their indexes list.

        Args:
            only_chosen: of those which a person selected, and no others.
        """
        for file in self._stored.values():
            is_root = file.parent is None and file.error_code != Refusal.OFF_HOST
            if file.is_chosen or (is_root and not only_chosen):
                self._given.add(file.url)
                self.add(Found(file.url, file.found_via, file.parent, file.listed_lastmod))

    def add_submitted(self) -> None:
        """Takes note of what people submitted: the site itself may never name it."""
        for file in self._stored.values():
            if file.found_via == FoundVia.SUBMITTED:
                self._given.add(file.url)
                self.add(Found(file.url, file.found_via))

    def meet(self, url: str) -> bool:
        """Whether the URL is new to this walk. It is not from now on."""
        key = _key(url)
        is_new = key not in self._met
        self._met.add(key)
        return is_new

    def next(self) -> Found | None:
        """The next to read."""
        return self._queue.popleft() if self._queue else None

    def was_stored(self, url: str) -> bool:
        """Whether an earlier crawl had it, so that pages may have left it since."""
        return url in self._stored

    def is_off_host(self, found: Found) -> bool:
        """Whether it is none of the site's.

        robots.txt may name any host (https://www.sitemaps.org/protocol.html#sitemaps_cross_submits);
        an index those of its own site and of the domain's.
        """
        if found.via == FoundVia.ROBOTS or found.url in self._given:
            return False
        own = {_owner(self._site), _owner(host_of(found.parent or ""))}
        return _owner(host_of(found.url)) not in own

    def may_skip(self, found: Found) -> bool:
        """Whether the index is to be believed that the file did not change."""
        known = self.known.get(found.url)
        if known is None or found.lastmod is None or not self._is_reliable:
            return False
        if found.url in self._given:  # its date is not the index's of today
            return False
        if known.content_hash is None or known.error_code or known.fetched_at is None:
            return False
        return (
            found.lastmod == known.listed_lastmod
            and known.fetched_at >= found.lastmod + SETTLED
            and known.fetched_at >= self._now - BELIEVED_FOR
        )

    def add_known_children(self, parent: str) -> None:
        """What an index lists that did not change."""
        for child in self._children[parent]:
            self.add(Found(child.url, FoundVia.INDEX, parent, child.listed_lastmod))

    def is_known_index(self, url: str) -> bool:
        """Whether it lists sitemaps, as far as is known."""
        known = self.known.get(url)
        return known is not None and known.kind == Kind.SITEMAPINDEX


async def stored_files(domain_id: UUID, limit: int) -> dict[str, KnownFile]:
    """What earlier crawls left of a domain's sitemaps, by URL."""

    async def read() -> dict[str, KnownFile]:
        async with session_factory()() as session:
            return await known_files(session, domain_id, limit)

    return await wait_out(read)


def candidates(domain: str) -> tuple[str, ...]:
    """Where a domain's site may be, in the order of trying."""
    if domain.startswith("www."):
        return f"https://{domain}/", f"http://{domain}/"
    hosts = domain, f"www.{domain}"
    return tuple(f"{scheme}://{host}/" for scheme in ("https", "http") for host in hosts)


def _key(url: str) -> str:
    """The same for http and https, and without fragment."""
    return urldefrag(url).url.partition("://")[2]


def _owner(host: str) -> str:
    return registrable_domain(host) or host
