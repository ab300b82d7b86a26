"""Pages for commands that need no database: fetched as a crawl fetches them, guards and all."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from scrapersky.config import get_config
from scrapersky.crawl.failures import SiteError, site_error
from scrapersky.logs import quieten
from scrapersky.net.connect_to import ConnectTo
from scrapersky.outcomes import ErrorCode

Outcome = Response | SiteError


def fetch_pages(urls: Sequence[str]) -> dict[str, Outcome]:
    """Each URL with its answer, after redirects, or with why there is none.

    robots.txt is obeyed, private addresses are refused. Once a process: Twisted's reactor does not
    start again.
    """
    ConnectTo.parse(get_config().connect_to)
    quieten()
    settings = Settings()
    settings.setmodule("scrapersky.settings")
    settings.setdict({"LOG_LEVEL": "ERROR", "ITEM_PIPELINES": {}, "EXTENSIONS": {}}, "cmdline")
    outcomes: dict[str, Outcome] = {}
    process = AsyncCrawlerProcess(settings)
    process.crawl(_PageSpider, urls=urls, outcomes=outcomes)
    process.start()
    missing = SiteError(ErrorCode.INTERNAL, "The fetch was broken off.")
    return {url: outcomes.get(url, missing) for url in urls}


class _PageSpider(Spider):
    name = "page"
    urls: Sequence[str]
    outcomes: dict[str, Outcome]

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield Request(
                url, self._take, errback=self._take, dont_filter=True, cb_kwargs={"asked": url}
            )

    def _take(self, outcome: Response | Failure, asked: str = "") -> Iterator[Any]:
        if isinstance(outcome, Failure):
            asked = outcome.request.cb_kwargs["asked"]  # type: ignore[attr-defined]
            self.outcomes[asked] = site_error(outcome.value or RuntimeError("no exception"))
        else:
            self.outcomes[asked] = outcome
        yield from ()
