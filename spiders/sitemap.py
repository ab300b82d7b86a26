"""`scrapy crawl sitemap`: every sitemap of a site, and every page in them."""

from collections.abc import AsyncIterator, Container, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urljoin

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response

from scrapersky.arguments import SitemapArguments
from scrapersky.crawl.discovery import guesses, homepage_links
from scrapersky.crawl.failures import SiteError, site_error
from scrapersky.crawl.sitemap_file import FileVisit, Tally, status_error
from scrapersky.crawl.spider import DomainSpider
from scrapersky.crawl.visit import Visit
from scrapersky.crawl.walk import Found, Refusal, Walk, candidates, stored_files
from scrapersky.db.sitemap_files import KnownFile
from scrapersky.extract.urls import host_of
from scrapersky.items import Ending, Part, SitemapsItem
from scrapersky.middlewares.robots import RobotsMiddleware
from scrapersky.net.spool import SPOOL, spooled_body
from scrapersky.outcomes import OUTCOMES, ErrorCode
from scrapersky.sitemaps.reader import Limits
from scrapersky.sitemaps.robots import sitemap_urls
from scrapersky.states import FoundVia, Stage
from spiders.homepage import NO_CONNECTION, NO_SUCH_HOST

NO_HOMEPAGE = frozenset(
    {
        ErrorCode.ROBOTS,
        ErrorCode.BAD_ENCODING,
        ErrorCode.TOO_LARGE,
        ErrorCode.REDIRECT_LOOP,
        ErrorCode.BAD_REDIRECT,
    }
)
"""What may be wrong with a homepage while the site has sitemaps."""
RECEIVED = "sitemap_bytes"
"""Key of a request's meta: how much of the answer has come."""
RATE_LIMITS = 5
"""Refusals for too many requests, one after the other, after which a visit ends."""


class Site(NamedTuple):
    """Where a domain's site is."""

    url: str
    homepage: Response | None
    error: SiteError | None
    """What is wrong with the homepage. Sitemaps may be there all the same."""


class SitemapSpider(DomainSpider):
    """robots.txt, then links of the homepage, then the usual names; or a stage of that."""

    name = "sitemap"
    arguments_model = SitemapArguments
    custom_settings = {  # noqa: RUF012 - Scrapy's name, and nobody changes it
        # Minutes, not seconds: a large site has hundreds of files.
        "DOMAIN_TIME_LIMIT": 3_600,
        # Many sites make them when they are asked for.
        "DOWNLOAD_TIMEOUT": 60,
    }
    arguments: SitemapArguments

    def _set_crawler(self, crawler: Crawler) -> None:
        super()._set_crawler(crawler)
        self._most_files = self.settings.getint("SITEMAP_FILES")
        self._most_bytes = self.settings.getint("SITEMAP_BYTES")
        self._limits = Limits(
            bytes=self.settings.getint("SITEMAP_BYTES_UNPACKED"),
            entries=self.settings.getint("SITEMAP_ENTRIES"),
        )
        crawler.signals.connect(self._received, signals.bytes_received)

    async def crawl(
        self, visit: Visit, first: Response | SiteError
    ) -> AsyncIterator[Part | Ending]:
        """All sitemaps, page rows by the thousand, and one item that says what they came to."""
        stage = self.arguments.stage
        stored = await stored_files(visit.lease.domain_id, self._most_files)
        tally = Tally()
        parts = (
            self._known(visit, stored, tally)
            if stage in {Stage.SCAN, Stage.IMPORT}
            else self._found(visit, await self._site(visit, first), stored, tally)
        )
        async for part in parts:
            yield part
        yield SitemapsItem(
            **self.facts(visit),
            sitemaps=tally.sitemaps,
            unchanged=tally.unchanged,
            failed=tally.failed,
            pages=tally.pages,
            is_complete=stage is None and tally.is_complete and tally.sitemaps > 0,
            stage=stage,
        )

    def error_item(self, visit: Visit, error: SiteError) -> SitemapsItem:
        """The site could not be reached, or not be read to its end."""
        facts = self.facts(visit)
        stage = self.arguments.stage
        return SitemapsItem(
            **facts, error_code=error.code, error_message=error.message, stage=stage
        )

    async def _found(
        self, visit: Visit, site: Site, stored: Mapping[str, KnownFile], tally: Tally
    ) -> AsyncIterator[Part]:
        """What the site names, or what stands under a usual name."""
        walk = self._walk(visit, host_of(site.url), stored)
        named = await self._named(visit, site)
        linked = homepage_links(site.homepage) if site.homepage is not None else []
        for url in named:
            walk.add(Found(url, FoundVia.ROBOTS))
        for url in linked:
            walk.add(Found(url, FoundVia.HOMEPAGE))
        walk.add_submitted()
        async for part in self._read(visit, walk, tally):
            yield part
        for url in [] if named else self._guesses(site, stored):
            if tally.sitemaps:
                break
            walk.add(Found(url, FoundVia.GUESS))
            async for part in self._read(visit, walk, tally):
                yield part
        if not tally.sitemaps and (error := site.error or tally.transient):
            raise error

    async def _known(
        self, visit: Visit, stored: Mapping[str, KnownFile], tally: Tally
    ) -> AsyncIterator[Part]:
        """What an earlier stage found; to import, what was selected of it."""
        walk = self._walk(visit, visit.lease.domain, stored)
        walk.add_stored(only_chosen=self.arguments.stage == Stage.IMPORT)
        async for part in self._read(visit, walk, tally):
            yield part
        if not tally.sitemaps and tally.transient:
            raise tally.transient

    def _walk(self, visit: Visit, host: str, stored: Mapping[str, KnownFile]) -> Walk:
        return Walk(
            site=host,
            known=stored,
            limit=self._most_files,
            is_full=self.arguments.full,
            now=visit.crawled_at,
        )

    # --- where the site is, and where its sitemaps are ----------------------------------------

    async def _site(self, visit: Visit, first: Response | SiteError) -> Site:
        dead_hosts: set[str] = set()
        furthest: SiteError | None = None
        for url in candidates(visit.lease.domain):
            if host_of(url) in dead_hosts:
                continue
            try:
                answer = await self._answer(visit, url, first)
            except SiteError as error:
                if error.code in NO_HOMEPAGE:
                    return Site(url, None, error)
                if error.code not in NO_CONNECTION:
                    raise
                if error.code in NO_SUCH_HOST:
                    dead_hosts.add(host_of(url))
                if furthest is None or _distance(error) > _distance(furthest):
                    furthest = error
            else:
                return Site(answer.url, answer, status_error(answer))
        assert furthest is not None  # noqa: S101 - the first candidate is always tried
        raise furthest

    async def _answer(self, visit: Visit, url: str, first: Response | SiteError) -> Response:
        if url != self.first_url(visit.lease.domain):
            return await self.fetch(visit, url)
        if isinstance(first, SiteError):
            raise first
        return first

    async def _named(self, visit: Visit, site: Site) -> Sequence[str]:
        """By robots.txt: the one for which the middleware has asked already."""
        middleware = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is not None:
            request = Request(site.url, meta={"visit": visit})
            return (await middleware.robots(request)).sitemaps
        try:  # ROBOTSTXT_OBEY is off
            response = await self.fetch(visit, urljoin(site.url, "/robots.txt"))
        except SiteError:
            return ()
        return sitemap_urls(response.body, response.url) if response.status == 200 else ()

    def _guesses(self, site: Site, stored: Container[str]) -> list[str]:
        """The usual names; what was there last time comes first."""
        return sorted(guesses(site.url, site.homepage), key=lambda url: url not in stored)

    # --- the files ----------------------------------------------------------------------------

    async def _read(self, visit: Visit, walk: Walk, tally: Tally) -> AsyncIterator[Part]:
        facts = self.facts(visit)
        facts = {name: facts[name] for name in ("domain", "domain_id", "crawled_at")}
        stage = self.arguments.stage
        has_pages = stage in {None, Stage.IMPORT}
        while found := walk.next():
            file = FileVisit(facts, found, walk, tally, self._limits, has_pages)
            if walk.is_off_host(found):
                yield file.refused(Refusal.OFF_HOST)
            elif stage == Stage.SUBMISSION and found.via != FoundVia.GUESS:
                yield file.listed()
            elif walk.may_skip(found):
                yield file.unchanged()
            else:
                async for part in self._fetched(visit, file):
                    yield part
        if walk.over_limit is not None:
            yield FileVisit(facts, walk.over_limit, walk, tally, self._limits).refused(
                Refusal.FILES_LIMIT
            )
            walk.over_limit = None

    async def _fetched(self, visit: Visit, file: FileVisit) -> AsyncIterator[Part]:
        try:
            response = await self._download(visit, file)
        except SiteError as error:
            tally = file.tally
            tally.limited = tally.limited + 1 if error.code == ErrorCode.RATE_LIMITED else 0
            if error.code == ErrorCode.TIME_LIMIT or tally.limited == RATE_LIMITS:
                raise
            if OUTCOMES[error.code].transient:
                tally.transient = error
            if not file.is_mere_guess:
                yield file.failed(error)
            return
        file.tally.limited = 0
        assert response.request is not None  # noqa: S101 - it has just been answered
        with closing(spooled_body(response.request)) as body:
            async for part in file.read(response, body):
                yield part

    async def _download(self, visit: Visit, file: FileVisit) -> Response:
        """The file as it was sent, as far as it came.

        Raises:
            SiteError: there is none to be had.
        """
        request = Request(
            file.found.url,
            headers={"Accept": "*/*", "Accept-Encoding": "gzip", **file.conditions()},
            # Half of it is better than nothing: the limit is in `_received`.
            meta={
                "visit": visit,
                SPOOL: True,
                "download_maxsize": 0,
                "download_fail_on_dataloss": False,
            },
            dont_filter=True,
        )
        file.fetched()
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            raise site_error(error) from error
        wrong = None if response.status == 304 else status_error(response)
        if wrong is not None:
            raise wrong
        return response

    def _received(self, data: bytes, request: Request) -> None:
        """Stops a sitemap that is too long; what came is read."""
        if SPOOL in request.meta:
            request.meta[RECEIVED] = request.meta.get(RECEIVED, 0) + len(data)
            if request.meta[RECEIVED] > self._most_bytes:
                raise StopDownload(fail=False)


def _distance(error: SiteError) -> int:
    return OUTCOMES[error.code].distance
