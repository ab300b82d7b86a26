"""`scrapy crawl`, with an exit status that tells how it went."""

import argparse
import gc

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.spiders import Spider

from scrapersky.config import get_config
from scrapersky.errors import ConfigError, InputError, refuse
from scrapersky.logs import quieten
from scrapersky.net.connect_to import ConnectTo
from scrapersky.net.file_limit import raise_file_limit


class Command(ScrapyCrawl):
    """Scrapy's own, and its status tells how the crawl went.

    0: the job is done, or was stopped on purpose. 1: the crawl failed. 2: what was asked for
    cannot be done.
    """

    crawler: Crawler

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Reads the options, and before Scrapy's first line settles what is worth one."""
        super().process_options(args, opts)
        quieten()
        try:
            ConnectTo.parse(get_config().connect_to)
        except ConfigError as error:
            refuse(error)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Runs the crawl to its end."""
        raise_file_limit()
        collect_garbage_seldom()
        super().run(args, opts)
        if getattr(self.crawler.spider, "fault", None) is not None:
            self.exitcode = 1

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        try:
            self.crawler = super()._create_crawler(spidercls)
        except KeyError:
            assert self.crawler_process is not None  # noqa: S101 - Scrapy has made it
            known = ", ".join(sorted(self.crawler_process.spider_loader.list()))
            refuse(InputError(f"There is no spider {spidercls}. There are: {known}."))
        return self.crawler


def collect_garbage_seldom() -> None:
    """Takes what is loaded out of the collector's rounds, and makes those rounds rarer.

    A visit leaves a few hundred objects in cycles (Twisted's failures and deferreds). At Python's
    default of 700 the collector walks through all living pages a thousand times a minute.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
