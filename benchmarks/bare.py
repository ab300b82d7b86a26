"""The baseline: a Scrapy spider that fetches homepages, and does nothing with them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response


class BareSpider(Spider):
    """No robots.txt, no parsing, no item, no database."""

    name = "bare"

    def __init__(self, file: str, scheme: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.file = file
        self.scheme = scheme

    async def start(self) -> AsyncIterator[Request]:
        """One request a domain."""
        for domain in Path(self.file).read_text("utf-8").split():  # noqa: ASYNC240 - once, at the start
            yield Request(f"{self.scheme}://{domain}/")

    def parse(self, response: Response, **_: Any) -> None:
        """Nothing."""
