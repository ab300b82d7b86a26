"""The HTTP client: Scrapy's, made fit for one visit each to a great many hosts."""

from collections.abc import Hashable
from typing import Any, cast

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web.client import HTTPConnectionPool
from twisted.web.iweb import IPolicyForHTTPS

from scrapersky.net.tls import SharedTLSPolicy

IDLE_SECONDS = 1
"""For which a connection that is not in use stays open. Twisted's default of 240 costs a file
handle for every host visited in four minutes (4,000 hosts: 4,013 handles; with 1 s: 410)."""

_POOL_ATTRIBUTES = (
    "cachedConnectionTimeout",
    "maxPersistentPerHost",
    "_connections",
    "_factory",
    "_removeConnection",
)


class BriefPool(HTTPConnectionPool):
    """Keeps connections for a moment, and nothing of a host without one.

    Twisted's own keeps an empty list for every host that it ever connected to.
    """

    cachedConnectionTimeout = IDLE_SECONDS  # noqa: N815 - Twisted's name

    def getConnection(  # noqa: N802 - Twisted's name
        self, key: Hashable, endpoint: IStreamClientEndpoint
    ) -> "Deferred[HTTP11ClientProtocol]":
        connection = super().getConnection(key, endpoint)
        self._forget(key)
        return connection

    def _removeConnection(self, key: Hashable, connection: Any) -> None:  # noqa: N802
        super()._removeConnection(key, connection)  # type: ignore[no-untyped-call]
        self._forget(key)

    def _forget(self, key: Hashable) -> None:
        if not self._connections.get(key, True):
            del self._connections[key]


class HttpHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with connections that close soon and one TLS context for all.

    A GET that fails on a kept connection is sent once more on a new one (`retryAutomatically`,
    Twisted's default): the server may have closed it just then (RFC 9110, 9.2.2).

    Raises:
        SystemExit: Scrapy or Twisted lacks a private attribute that this class builds on.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        _require(self, "_pool", "_contextFactory")
        _require(self._pool, *_POOL_ATTRIBUTES)
        self._pool = _brief(self._pool)
        self._contextFactory = cast("IPolicyForHTTPS", SharedTLSPolicy(self._contextFactory))


def _brief(pool: HTTPConnectionPool) -> BriefPool:
    brief = BriefPool(pool._reactor, persistent=pool.persistent)  # type: ignore[no-untyped-call]  # noqa: SLF001 - as Scrapy's handler made it
    brief.maxPersistentPerHost = pool.maxPersistentPerHost
    brief._factory = pool._factory  # noqa: SLF001 - Scrapy sets it there too
    return brief


def _require(owner: object, *names: str) -> None:
    missing = [name for name in names if not hasattr(owner, name)]
    if missing:
        # Scrapy logs any other exception of a handler, and crawls on without it.
        raise SystemExit(
            f"{type(owner).__name__} has no {' or '.join(missing)}: this version of Scrapy or "
            "Twisted does not fit; install the versions in requirements.txt."
        )
