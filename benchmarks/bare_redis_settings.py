"""The baseline's settings, and those that scrapy-redis' own documentation asks for.

https://github.com/rmax/scrapy-redis#usage
"""

from benchmarks.bare_settings import *  # noqa: F403 - all of them

BOT_NAME = "bare_redis"
SPIDER_MODULES = ["benchmarks.bare_redis"]

SCHEDULER = "scrapy_redis.scheduler.Scheduler"
DUPEFILTER_CLASS = "scrapy_redis.dupefilter.RFPDupeFilter"
# Seconds. By default it waits for more for ever.
MAX_IDLE_TIME_BEFORE_CLOSE = 1
