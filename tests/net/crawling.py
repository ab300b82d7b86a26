"""Run by test_handler.py in a process of its own: a crawl with our handler and our resolver.

Takes `{"urls": […], "settings": {…}}` and prints what became of each URL, one after the other.
"""

import json
import sys
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from scrapersky.net.resolver import installed_resolver

HANDLER = "scrapersky.net.handler.HttpHandler"
SETTINGS = {
    "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
    "TWISTED_DNS_RESOLVER": "scrapersky.net.resolver.GuardedResolver",
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "DOWNLOAD_TIMEOUT": 30,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "ERROR",
}

results: list[Any] = []


class OneByOne(scrapy.Spider):
    name = "one_by_one"
    urls: list[str]

    async def start(self) -> AsyncIterator[Any]:
        results.extend([await self.visit(url) for url in self.urls])
        return
        yield

    async def visit(self, url: str) -> Any:
        resolver = installed_resolver()
        assert resolver is not None
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(scrapy.Request(url))
        except Exception as error:  # noqa: BLE001 - its name is what is tested
            return [type(error).__name__, resolver.failure(urlsplit(url).hostname or "")]
        handlers: Any = self.crawler.engine.downloader.handlers
        pool = handlers._handlers[urlsplit(url).scheme]._pool
        return [response.text, sorted(key[1].decode() for key in pool._connections)]


def main() -> None:
    what = json.loads(sys.argv[1])
    process = AsyncCrawlerProcess(SETTINGS | what.get("settings", {}))
    process.crawl(OneByOne, urls=what["urls"])
    process.start()
    print(json.dumps(results))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
