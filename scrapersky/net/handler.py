"""The HTTP client: Scrapy's, made fit for one visit each to a great many hosts."""

import time
from collections.abc import Hashable
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _ScrapyAgent
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web.client import URI, Agent, HTTPConnectionPool
from twisted.web.iweb import IAgentEndpointFactory, IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from scrapersky.net.address_limit import AddressLimit
from scrapersky.net.endpoint import NameEndpoint
from scrapersky.net.spool import SPOOL, spool_body
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


@implementer(IAgentEndpointFactory)
class NameEndpoints:
    """Where the agent connects to for a URL."""

    def __init__(self, reactor: Any, policy: Any, timeout: float) -> None:
        self._reactor = reactor
        self._policy = policy
        self._timeout = timeout

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:  # noqa: N802 - Twisted's name
        """TCP for http, TLS over TCP for https."""
        host = uri.host.decode("ascii")
        endpoint: Any = NameEndpoint(self._reactor, host, uri.port, self._timeout)
        if uri.scheme == b"https":
            creator = self._policy.creatorForNetloc(uri.host, uri.port)
            endpoint = wrapClientTLS(creator, endpoint)
        return cast("IStreamClientEndpoint", endpoint)


class VisitAgent(_ScrapyAgent):
    """Scrapy's agent, over one Twisted agent for all requests instead of one for each."""

    agent: Agent

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        if request.meta.get("proxy") or request.meta.get("bindaddress") or self._bindAddress:
            return super()._get_agent(request, timeout)
        return self.agent

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        if request.meta.get(SPOOL):
            spool_body(txresponse, request)
        return super()._cb_bodyready(txresponse, request)


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
        _require(_ScrapyAgent, "_cb_bodyready")
        _require(self._pool, *_POOL_ATTRIBUTES)
        self._pool = _brief(self._pool)
        self._contextFactory = cast("IPolicyForHTTPS", SharedTLSPolicy(self._contextFactory))
        reactor = self._pool._reactor  # noqa: SLF001 - the one that Scrapy gave it
        timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._addresses = AddressLimit(crawler.settings.getint("REQUESTS_PER_ADDRESS"))
        endpoints = NameEndpoints(reactor, self._contextFactory, timeout)
        self._agent = Agent.usingEndpointFactory(reactor, endpoints, self._pool)  # type: ignore[no-untyped-call]

    async def download_request(self, request: Request) -> Response:
        """What Scrapy's does, with an agent of ours."""
        agent = VisitAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        agent.agent = self._agent
        async with self._addresses.place(urlparse_cached(request).hostname or ""):
            try:
                with wrap_twisted_exceptions():
                    return await maybe_deferred_to_future(agent.download_request(request))
            finally:
                self._restart_clock(request)

    def _restart_clock(self, request: Request) -> None:
        """A site's delay counts from its answer on, not from the question.

        Otherwise a slow first connection and a quick second one would reach it closer together.
        """
        slot = self._crawler.engine.downloader.slots.get(request.meta["download_slot"])
        if slot is not None and slot.delay:
            slot.lastseen = time.monotonic()


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
