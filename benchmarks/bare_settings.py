"""Settings of the baseline: those that Scrapy's documentation advises for broad crawls.

https://docs.scrapy.org/en/latest/topics/broad-crawls.html; all else is Scrapy's default, but the
resolver: names must lead to the same place as in the crawl that it is compared with.
"""

BOT_NAME = "bare"
SPIDER_MODULES = ["benchmarks.bare"]

SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.DownloaderAwarePriorityQueue"
CONCURRENT_REQUESTS = 100
REACTOR_THREADPOOL_MAXSIZE = 20
LOG_LEVEL = "INFO"
COOKIES_ENABLED = False
RETRY_ENABLED = False
DOWNLOAD_TIMEOUT = 15

TWISTED_DNS_RESOLVER = "scrapersky.net.resolver.GuardedResolver"
