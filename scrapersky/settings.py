"""Scrapy settings, in the order of Scrapy's own template.

Each changed value says what the default is and why this differs. Figures: CPU time of one page of
62 KB, 3.0 ms with Scrapy's broad-crawl settings.
"""

from typing import Any

from scrapersky import __version__
from scrapersky.config import get_config
from scrapersky.errors import ConfigError, refuse

try:
    _config = get_config()
except ConfigError as _error:
    refuse(_error)

BOT_NAME = "scrapersky"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
# `crawl` with an exit status: Scrapy leaves with 0 however a crawl ended.
COMMANDS_MODULE = "scrapersky.commands"

# --- who we are, and what we obey -------------------------------------------------------------

USER_AGENT = _config.user_agent or f"ScraperSky/{__version__}"
# Ours, below: Scrapy's takes a failure for a permission.
ROBOTSTXT_OBEY = True
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",  # default "en": we want the page that the owner shows at home
}

# --- how much at once -------------------------------------------------------------------------

# Domains begun and not ended, by one process. Ours. Bounds memory, file handles and what a killed
# worker leaves behind.
DOMAINS_IN_FLIGHT = 200
# Default 16. 0 is no limit: DOMAINS_IN_FLIGHT is the limit, and robots.txt is fetched from within
# another request, so that a limit here could hold itself back.
CONCURRENT_REQUESTS = 0
# Default 8. A domain is one coroutine and asks for one thing after the other.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Default 100: Scrapy starts that many tasks for every response (0.45 ms); one item comes from each.
CONCURRENT_ITEMS = 1
# Default 5 MB: one body of 6 MB would stall all new requests. DOMAINS_IN_FLIGHT bounds memory.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 100_000_000
DOWNLOAD_DELAY = 0
# Default 0.5: a delay of a second would be half of one at times, and a Crawl-delay is no guess.
DOWNLOAD_DELAY_JITTER = 0
# Requests to one IP address at a time, by one process, however many domains it serves. 0: no limit.
REQUESTS_PER_ADDRESS = 16
# Seconds of a robots.txt's Crawl-delay that are respected; what asks for more gets this. Ours.
CRAWL_DELAY_LIMIT = 10

# --- bounds on what the web sends -------------------------------------------------------------

# Seconds for one request. Default 180: a worker would hold 200 dead hosts for three minutes.
DOWNLOAD_TIMEOUT = 20
# Seconds for one domain as a whole. Ours.
DOMAIN_TIME_LIMIT = 60
# Bytes, before and after decompression. Default 1 GiB. Of homepages, hardly one in a million is
# larger than this and useful.
DOWNLOAD_MAXSIZE = 8_000_000
# Bytes of a sitemap as sent and unpacked, and its entries. Ours. The protocol has 50 MB and 50,000,
# which real sites exceed; what comes up to these limits is kept.
SITEMAP_BYTES = 100_000_000
SITEMAP_BYTES_UNPACKED = 500_000_000
SITEMAP_ENTRIES = 1_000_000
# Sitemaps of one site. Ours. As many as the protocol lets one index list.
SITEMAP_FILES = 50_000
DOWNLOAD_WARNSIZE = 0  # default 32 MB; an error code says it
# Default 20; curl has 50, search engines 10.
REDIRECT_MAX_TIMES = 10
# Default True, also here: a truncated page would be taken for the whole.
DOWNLOAD_FAIL_ON_DATALOSS = True

# Pages about contact, imprint and the company that are read where the homepage lacks an e-mail
# address or a phone number. Ours.
CONTACT_PAGES = 2

# --- what is read from pages ------------------------------------------------------------------

# A directory of JSON files with technology rules of one's own (docs/technology.md). Ours.
TECHNOLOGY_RULES = str(_config.technology_rules) if _config.technology_rules else None

# --- trying again -----------------------------------------------------------------------------

# Never at once: retrying a dead host bought no page and a fifth more CPU. Default True.
RETRY_ENABLED = False
# Times that a job tries a domain whose error is transient (scrapersky/outcomes.py). Ours.
RETRY_ATTEMPTS = 2
# Seconds until the later pass, doubled each time. Ours.
RETRY_DELAY = 30
# Seconds of a Retry-After that a job waits for. A site that asks for more ends with its error.
RETRY_AFTER_LIMIT = 300

# --- several workers on a job -------------------------------------------------------------------

# Set: workers share jobs through Redis. Unset: a worker has its job for itself. Both are
# scrapy-redis's settings, and so are REDIS_HOST, REDIS_PORT, REDIS_DB and REDIS_START_URLS_KEY.
REDIS_URL = _config.redis_url
# Default: a client that blocks the reactor. Connections, timeouts: scrapersky/frontier/server.py.
REDIS_PARAMS = {"redis_cls": "redis.asyncio.Redis"}
# Seconds without a heartbeat, which comes three times as often, after which a lease is taken over.
LEASE_SECONDS = 60
# Workers that a domain may outlive; then it ends with the code poison.
LEASE_EXPIRIES = 3
# Domains of a job that wait in Redis, at most; the others wait in PostgreSQL.
FRONTIER_WINDOW = 50_000
# Seconds after which a worker makes room for a job with more right to it and no worker. 0: never.
YIELD_AFTER = 60

# --- writing ----------------------------------------------------------------------------------

# A batch goes to the database when it has so many domains, so many bytes, or is so old. Ours.
BATCH_COUNT = 200
BATCH_BYTES = 4_000_000
BATCH_SECONDS = 0.05
# Rows of pages in a batch; whoever reads more has to wait. Ours.
BATCH_PAGES = 10_000

# --- Scrapy's parts ---------------------------------------------------------------------------

ASYNCIO_EVENT_LOOP = "uvloop.Loop"  # default None, asyncio's own: 0.45 ms more
TWISTED_DNS_RESOLVER = "scrapersky.net.resolver.GuardedResolver"
DNS_TIMEOUT = 10  # seconds, default 60
# Default 10: that many slow names would hold up all others.
REACTOR_THREADPOOL_MAXSIZE = 64
DOWNLOAD_HANDLERS = {
    "http": "scrapersky.net.handler.HttpHandler",
    "https": "scrapersky.net.handler.HttpHandler",
    # What strangers typed must not read our disk.
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
# A homepage's cookies are of no use, and sessions of strangers none of our business.
COOKIES_ENABLED = False
REFERER_ENABLED = False
DOWNLOADER_STATS = False
# What a homepage crawl does not need costs 0.3 ms in all.
_OFF: dict[str, Any] = dict.fromkeys(
    (
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware",
        "scrapy.downloadermiddlewares.retry.RetryMiddleware",
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
        "scrapy.downloadermiddlewares.stats.DownloaderStats",
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware",
    )
)
DOWNLOADER_MIDDLEWARES = {
    **_OFF,
    "scrapersky.middlewares.visit.VisitMiddleware": 50,
    "scrapersky.middlewares.robots.RobotsMiddleware": 100,
    "scrapersky.middlewares.compression.HttpCompressionMiddleware": 590,
    "scrapersky.middlewares.redirect.RedirectMiddleware": 600,
}
# The callback takes every answer, so nothing is filtered before it.
SPIDER_MIDDLEWARES: dict[str, Any] = dict.fromkeys(
    (
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware",
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",
        "scrapy.spidermiddlewares.referer.RefererMiddleware",
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",
    )
)
ITEM_PIPELINES = {
    "pipelines.validate.ValidatePipeline": 100,
    "pipelines.sitemaps.SitemapPipeline": 800,
    "pipelines.postgres.PostgresPipeline": 900,
}
EXTENSIONS: dict[str, Any] = {
    "scrapersky.extensions.job_log.JobLog": 0,
    "scrapersky.extensions.worker.JobWorker": 0,
    "scrapersky.extensions.progress.Progress": 0,
    "scrapy.extensions.logstats.LogStats": None,  # ours says more
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}
# Both let whoever reaches them run Python in here; the second is on by default since Scrapy 2.19.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# --- logging ----------------------------------------------------------------------------------

LOG_JSON = _config.log_format == "json"  # one JSON object a line. Ours.
LOG_LEVEL = "INFO"  # default DEBUG: three lines a page
LOG_FORMATTER = "scrapersky.logs.LogFormatter"
LOG_VERSIONS: list[str] = []
STATS_DUMP = False  # they are in job_workers
FEED_EXPORT_ENCODING = "utf-8"  # default: ASCII with escapes in JSON
