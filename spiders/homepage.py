"""`scrapy crawl homepage`: what each site is, and how to reach its owner, from its homepage."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Response

from scrapersky.arguments import HomepageArguments
from scrapersky.crawl.failures import SiteError
from scrapersky.crawl.homepage import check, homepage_item
from scrapersky.crawl.spider import DomainSpider
from scrapersky.crawl.visit import Visit
from scrapersky.items import DomainItem, Ending
from scrapersky.outcomes import OUTCOMES, ErrorCode
from scrapersky.states import DomainStatus

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
        """One homepage, one item."""
        response = await self._homepage(visit, first)
        yield homepage_item(self.facts(visit), response)

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
