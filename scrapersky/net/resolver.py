"""Names to addresses, and only to addresses on the public internet."""

import ipaddress
import logging
import re
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, Self

import idna
from scrapy.crawler import Crawler
from scrapy.resolver import HostResolution
from scrapy.utils.datatypes import LocalCache
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
)
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

from scrapersky.config import get_config
from scrapersky.net.addresses import is_public
from scrapersky.net.connect_to import ConnectTo
from scrapersky.outcomes import ErrorCode

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 300
MISSING_SECONDS = 60
MOST_ADDRESSES = 8
"""The client tries a name's addresses in turn, so their number is the site's to choose."""

_MISSING = {
    getattr(socket, name, None) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
} - {None}
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\Z")

_Deliver = Callable[["_Answer"], None]


class _Answer(NamedTuple):
    addresses: tuple[str, ...] = ()
    error: ErrorCode | None = None


_PRIVATE = _Answer(error=ErrorCode.PRIVATE_ADDRESS)
_NO_SUCH_NAME = _Answer(error=ErrorCode.DNS)
_NO_ANSWER = _Answer(error=ErrorCode.DNS_TEMPORARY)

_KEPT = {
    None: ANSWER_SECONDS,
    ErrorCode.PRIVATE_ADDRESS: ANSWER_SECONDS,
    ErrorCode.DNS: MISSING_SECONDS,
}


class _Question:
    """A name that a thread looks up, or waits to look up, and who wants to know."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.waiting: list[_Deliver] = []
        self.timer: Any = None

    def ask(self) -> _Answer | None:
        """What the system's resolver says; None when nobody waits any longer. Runs in a thread."""
        return _look_up(self.host) if self.waiting else None


@implementer(IHostnameResolver)
class GuardedResolver:
    """The reactor's resolver (`TWISTED_DNS_RESOLVER`), through which every connection goes.

    Twisted asks it for IP literals too, and connects to the very addresses that it hands out, so
    a name cannot point elsewhere between the check and the connection. A rule of
    SCRAPERSKY_CONNECT_TO comes first and is not checked.
    """

    def __init__(
        self, reactor: Any, connect_to: ConnectTo, *, timeout: float = 60, cache_size: int = 10_000
    ) -> None:
        self._reactor = reactor
        self._connect_to = connect_to
        self._timeout = timeout
        self._cache_size = cache_size
        self._known: LocalCache[str, tuple[float, _Answer]] = LocalCache(cache_size)
        self._failures: LocalCache[str, ErrorCode] = LocalCache(10_000)
        self._questions: dict[str, _Question] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Made by Scrapy's CrawlerProcess, which passes itself as the crawler.

        Raises:
            ConfigError: SCRAPERSKY_CONNECT_TO cannot be read.
        """
        settings = crawler.settings
        has_cache = settings.getbool("DNSCACHE_ENABLED")
        return cls(
            reactor,
            ConnectTo.parse(get_config().connect_to),
            timeout=settings.getfloat("DNS_TIMEOUT"),
            cache_size=settings.getint("DNSCACHE_SIZE") if has_cache else 0,
        )

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def failure(self, host: str) -> ErrorCode | None:
        """Why the last look-up of a host gave no address; None where it gave one, or was forgotten.

        Twisted reports all of it as the same DNSLookupError.
        """
        name = _ascii(host)
        return ErrorCode.DNS if name is None else self._failures.get(name)

    def address(self, host: str) -> "Deferred[str | None]":
        """The first address of a host, once it is known.

        None where it has none. What is found is remembered, so the connection that follows asks
        nobody again.
        """
        found: Deferred[str | None] = Deferred()
        name = _ascii(host)
        if name is None:
            found.callback(None)
        else:
            self._resolve(name, lambda answer: found.callback(next(iter(answer.addresses), None)))
        return found

    def leads_elsewhere(self, host: str) -> bool:
        """Whether SCRAPERSKY_CONNECT_TO says where to connect instead."""
        name = _ascii(host)
        return name is not None and self._connect_to.knows(name)

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: Any,  # noqa: N803 - IResolutionReceiver, as below
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """IHostnameResolver: tells the receiver the addresses, at once or later; never fails."""
        resolution: Any = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        tell = partial(_tell, resolutionReceiver, addressTypes, transportSemantics)
        host = _ascii(hostName)
        target = None if host is None else self._connect_to.lookup(host, portNumber)
        if host is None:
            tell((), portNumber)
        elif target is not None:
            self._failures.pop(host, None)
            tell((target[0],), target[1])
        else:
            self._resolve(host, lambda answer: tell(answer.addresses, portNumber))
        return resolution  # type: ignore[no-any-return]

    def _resolve(self, host: str, deliver: _Deliver) -> None:
        answer = _without_asking(host) or self._remembered(host)
        if answer is None:
            self._ask(host, deliver)
        else:
            self._give(host, answer, [deliver])

    def _give(self, host: str, answer: _Answer, waiting: list[_Deliver]) -> None:
        self._failures.pop(host, None)
        if answer.error is not None:
            self._failures[host] = answer.error
        for deliver in waiting:
            deliver(answer)

    def _ask(self, host: str, deliver: _Deliver) -> None:
        question = self._questions.get(host)
        is_new = question is None
        if question is None:
            question = self._questions[host] = _Question(host)
        question.waiting.append(deliver)
        if question.timer is None:
            question.timer = self._reactor.callLater(self._timeout, self._give_up, question)
        if is_new:
            self._start(question)

    def _start(self, question: _Question) -> None:
        asked = deferToThreadPool(self._reactor, self._reactor.getThreadPool(), question.ask)
        asked.addBoth(self._answered, question)

    def _give_up(self, question: _Question) -> None:
        """Nobody waits any longer, though the thread may. Who asks later waits for it again."""
        question.timer = None
        waiting, question.waiting = question.waiting, []
        self._give(question.host, _NO_ANSWER, waiting)

    def _answered(self, result: _Answer | Failure | None, question: _Question) -> None:
        if result is None and question.waiting:
            # Somebody asked between the thread's decision not to look and this moment.
            self._start(question)
            return
        del self._questions[question.host]
        if question.timer is not None:
            question.timer.cancel()
        if isinstance(result, Failure):
            logger.error("Looking up %s failed: %s", question.host, result.getErrorMessage())
            result = _NO_ANSWER
        if result is not None:
            self._remember(question.host, result)
            self._give(question.host, result, question.waiting)

    def _remembered(self, host: str) -> _Answer | None:
        expires, answer = self._known.get(host, (0.0, None))
        return answer if expires > self._reactor.seconds() else None

    def _remember(self, host: str, answer: _Answer) -> None:
        seconds = _KEPT.get(answer.error)
        if seconds is not None and self._cache_size > 0:
            self._known.pop(host, None)
            self._known[host] = self._reactor.seconds() + seconds, answer


def installed_resolver() -> GuardedResolver | None:
    """The reactor's resolver, if it is ours.

    It belongs to the reactor, thus to the process: Scrapy makes it before, and apart from, any
    crawler. So the reactor is where to find it.
    """
    from twisted.internet import reactor  # noqa: PLC0415 - the import installs a reactor

    resolver = reactor.nameResolver
    return resolver if isinstance(resolver, GuardedResolver) else None


def _tell(
    receiver: Any,
    wanted: Sequence[type[IAddress]] | None,
    transport: Any,
    addresses: tuple[str, ...],
    port: int,
) -> None:
    for address in addresses:
        kind = IPv6Address if ":" in address else IPv4Address
        if wanted is None or kind in wanted:
            receiver.addressResolved(kind(transport, address, port))
    receiver.resolutionComplete()


def _ascii(host: str) -> str | None:
    """The name as it goes over the wire; Twisted hands international ones over in Unicode.

    None where there is no such form. IDNA 2003 (the codec of the standard library) does what
    IDNA 2008 leaves out: emoji, as in Scrapy's own fallback.
    """
    if not host.isascii():
        try:
            host = idna.encode(host).decode("ascii")
        except UnicodeError:
            host = _old_ascii(host)
    host = host.lower().removesuffix(".")
    fits = len(host) <= 253 and all(0 < len(label) <= 63 for label in host.split("."))
    return host if fits or ":" in host else None


def _old_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _without_asking(host: str) -> _Answer | None:
    """What needs no DNS: addresses in all their forms, and names that are never in it."""
    if (address := _literal(host)) is not None:
        return _judged([address])
    if _ENDS_IN_NUMBER.match(host):
        return _NO_SUCH_NAME
    if host.endswith(".localhost"):
        return _PRIVATE  # RFC 6761, 6.3
    if host.endswith((".invalid", ".onion")):
        return _NO_SUCH_NAME  # RFC 6761, 6.4; RFC 7686, 2
    return None


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host)) if _ENDS_IN_NUMBER.match(host) else None
    except OSError:
        return None


def _look_up(host: str) -> _Answer:
    # A final dot keeps the search list of resolv.conf out: a dead domain must not be found as
    # `dead.com.corp.example`, nor each name be asked for five times (Kubernetes' ndots:5). Names
    # in /etc/hosts are only found without it, so those of a single label go as they are.
    name = f"{host}." if "." in host else host
    try:
        found = socket.getaddrinfo(name.encode("ascii"), None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return _NO_SUCH_NAME if error.errno in _MISSING else _NO_ANSWER
    except (OSError, ValueError):
        return _NO_ANSWER
    return _judged([str(sockaddr[0]) for *_, sockaddr in found])


def _judged(addresses: list[str]) -> _Answer:
    public = tuple(filter(is_public, dict.fromkeys(addresses)))
    return _Answer(public[:MOST_ADDRESSES]) if public else _PRIVATE
