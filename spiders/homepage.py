"""`scrapy crawl homepage`: what each site is, and how to reach its owner, from its homepage."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Response

from scrapersky.arguments import HomepageArguments
from scrapersky.crawl.failures import SiteError
from scrapersky.crawl.homepage import check, homepage_item, read_contact_page, read_homepage
from scrapersky.crawl.spider import DomainSpider
from scrapersky.crawl.visit import Visit
from scrapersky.extract.contact_page import ContactPage
from scrapersky.extract.homepage import Homepage
from scrapersky.extract.site import is_reachable
from scrapersky.items import DomainItem, Ending
from scrapersky.outcomes import OUTCOMES, ErrorCode
from scrapersky.states import DomainStatus

logger = logging.getLogger(__name__)

LEAST_SECONDS = 5.0
"""With less of the domain's time left no further page is asked for."""
NO_CONNECTION = frozenset(
    {
        ErrorCode.DNS,
        ErrorCode.DNS_TEMPORARY,
        ErrorCode.PRIVATE_ADDRESS,
        ErrorCode.UNREACHABLE,
        ErrorCode.REFUSED,
        ErrorCode.TIMEOUT,
        ErrorCode.TLS,
        ErrorCode.CONNECTION_LOST,
        ErrorCode.BAD_RESPONSE,
    }
)
"""After these another scheme or host name may do better. An HTTP answer is an answer."""
NO_SUCH_HOST = frozenset({ErrorCode.DNS, ErrorCode.DNS_TEMPORARY, ErrorCode.PRIVATE_ADDRESS})
"""After these no other scheme on the same host can."""


class HomepageSpider(DomainSpider):
    """https first, then www., then http."""

    name = "homepage"
    arguments_model = HomepageArguments

    async def crawl(self, visit: Visit, first: Response | SiteError) -> AsyncIterator[Ending]:
        """One homepage, a few pages about contact where it lacks that, one item."""
        response = await self._homepage(visit, first)
        home = read_homepage(response)
        others = await self._contact_pages(visit, home)
        yield homepage_item(self.facts(visit), response, home, others)

    def error_item(self, visit: Visit, error: SiteError) -> DomainItem:
        """The domain has no homepage, for this reason."""
        return DomainItem(
            **self.facts(visit),
            status=DomainStatus.ERROR,
            error_code=error.code,
            error_message=error.message,
            http_status=error.http_status,
            final_url=error.final_url,
        )

    async def _contact_pages(self, visit: Visit, home: Homepage) -> list[ContactPage]:
        """Until there is an address and a number, or nothing more to look at."""
        pages: list[ContactPage] = []
        contacts = list(home.contacts)
        for link in home.contact_links[: self.settings.getint("CONTACT_PAGES")]:
            if is_reachable(contacts) or visit.remaining < LEAST_SECONDS:
                break
            try:
                # The homepage is had: it must not be lost to the time limit over another page.
                async with asyncio.timeout(visit.remaining / 2):
                    response = check(await self.fetch(visit, link.url))
            except (SiteError, TimeoutError) as error:
                logger.debug("%s: %s", link.url, error, extra={"domain": visit.lease.domain})
                continue
            page = read_contact_page(response)
            pages.append(page)
            contacts += page.contacts
        return pages

    async def _homepage(self, visit: Visit, first: Response | SiteError) -> Response:
        furthest: SiteError | None = None
        dead_hosts: set[str | None] = set()
        for url in _candidates(visit.lease.domain):
            host = urlsplit(url).hostname
            if host in dead_hosts:
                continue
            try:
                return check(await self._answer(visit, url, first))
            except SiteError as error:
                if furthest is None or _distance(error) > _distance(furthest):
                    furthest = error
                if error.code not in NO_CONNECTION:
                    break
                if error.code in NO_SUCH_HOST:
                    dead_hosts.add(host)
        assert furthest is not None  # noqa: S101 - the first candidate is always tried
        raise furthest

    async def _answer(self, visit: Visit, url: str, first: Response | SiteError) -> Response:
        if url != self.first_url(visit.lease.domain):
            return await self.fetch(visit, url)
        if isinstance(first, SiteError):
            raise first
        return first


def _candidates(domain: str) -> tuple[str, ...]:
    if domain.startswith("www."):
        return f"https://{domain}/", f"http://{domain}/"
    return (
        f"https://{domain}/",
        f"https://www.{domain}/",
        f"http://{domain}/",
        f"http://www.{domain}/",
    )


def _distance(error: SiteError) -> Any:
    return OUTCOMES[error.code].distance
