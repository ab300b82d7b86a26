"""scrapy-redis as it stands: the bare spider, fed from Redis, its requests queued there."""

from typing import TYPE_CHECKING, Any

from scrapy.http import Response

if TYPE_CHECKING:  # which has no types of its own
    from scrapy import Spider as RedisSpider
else:
    from scrapy_redis.spiders import RedisSpider


class BareRedisSpider(RedisSpider):
    """Fetches homepages and does nothing with them."""

    name = "bare_redis"
    fetched = 0
    server: Any

    def parse(self, response: Response, **_: Any) -> None:  # noqa: ARG002 - it only counts
        """Counts."""
        self.fetched += 1

    def closed(self, reason: str) -> None:  # noqa: ARG002 - Scrapy gives it
        """Says how many there were, to whoever measures."""
        self.server.set(f"{self.name}:fetched", self.fetched)
