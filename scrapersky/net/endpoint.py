"""From a host name to a connection."""

from collections.abc import Iterator, Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectingCancelledError, DNSLookupError
from twisted.internet.interfaces import (
    IAddress,
    IHostResolution,
    IProtocol,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import ClientFactory, Factory
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

ATTEMPT_DELAY = 0.3
"""Seconds until a name's next address is tried beside the last (RFC 8305, 5: 250 ms advised)."""


@implementer(IStreamClientEndpoint)
class NameEndpoint:
    """Twisted's `HostnameEndpoint`, with less work for each connection.

    That one declares a class, and its interfaces, for every connection, and decodes every name
    through IDNA tables though those of URLs are ASCII. The rule is the same, RFC 8305's: the
    addresses in the resolver's order, the next one after a moment or a failure, the first
    connection wins.
    """

    def __init__(self, reactor: Any, host: str, port: int, timeout: float) -> None:
        self._reactor = reactor
        self._host = host
        self._port = port
        self._timeout = timeout

    def connect(self, protocolFactory: Factory) -> "Deferred[IProtocol]":  # noqa: N803 - Twisted's
        """The protocol, when its connection is made."""
        race = _Race(self._reactor, self._host, protocolFactory, self._timeout)
        self._reactor.nameResolver.resolveHostName(race, self._host, portNumber=self._port)
        return race.result


@implementer(IResolutionReceiver)
class _Race:
    """The attempts at one connection."""

    def __init__(self, reactor: Any, host: str, factory: Factory, timeout: float) -> None:
        self.result: Deferred[IProtocol] = Deferred(self._cancelled)
        self._reactor = reactor
        self._host = host
        self._factory = factory
        self._timeout = timeout
        self._addresses: list[Any] = []
        self._left: Iterator[Any] = iter(())
        self._connectors: list[Any] = []
        self._failure: Failure | None = None
        self._timer: Any = None

    # --- the resolver tells -----------------------------------------------------------------

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        """Nothing yet."""

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802 - Twisted's name
        """One of the addresses."""
        self._addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        """That was all."""
        if self.result.called:
            return
        if not self._addresses:
            self.result.errback(DNSLookupError(f"no results for hostname lookup: {self._host}"))
            return
        self._left = iter(self._addresses)
        self._try_next()

    # --- the attempts tell ------------------------------------------------------------------

    def made(self, connector: Any, protocol: IProtocol) -> None:
        """A connection stands."""
        if self.result.called:
            connector.disconnect()
            return
        self._stop(self._connectors, but=connector)
        self.result.callback(protocol)

    def failed(self, connector: Any, reason: Failure) -> None:
        """An address does not answer."""
        if self.result.called:
            return
        self._connectors.remove(connector)
        self._failure = self._failure or reason
        self._stop_timer()
        self._try_next()

    # --- inside -----------------------------------------------------------------------------

    def _try_next(self) -> None:
        self._timer = None
        address = next(self._left, None)
        if address is not None:
            attempt = _Attempt(self, self._factory)
            if len(self._addresses) > 1:
                self._timer = self._reactor.callLater(ATTEMPT_DELAY, self._try_next)
            attempt.connector = self._reactor.connectTCP(
                address.host, address.port, attempt, timeout=self._timeout
            )
            self._connectors.append(attempt.connector)
        elif not self._connectors and self._failure is not None:
            self.result.errback(self._failure)

    def _stop(self, connectors: Sequence[Any], but: Any = None) -> None:
        self._stop_timer()
        for connector in connectors:
            if connector is not but:
                connector.stopConnecting()

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _cancelled(self, result: "Deferred[IProtocol]") -> None:
        result.errback(ConnectingCancelledError(self._host))  # type: ignore[no-untyped-call]
        self._stop(self._connectors)


class _Attempt(ClientFactory):
    """One address."""

    noisy = False
    connector: Any = None

    def __init__(self, race: _Race, factory: Factory) -> None:
        self._race = race
        self._factory = factory

    def buildProtocol(self, addr: IAddress | None) -> Any:  # noqa: N802 - Twisted's name
        """The real factory's protocol, which tells the race when its transport is there."""
        protocol: Any = self._factory.buildProtocol(addr)
        make_connection = protocol.makeConnection

        def made(transport: Any) -> None:
            del protocol.makeConnection
            make_connection(transport)
            self._race.made(self.connector, protocol)

        protocol.makeConnection = made
        return protocol

    def clientConnectionFailed(self, connector: Any, reason: Failure) -> None:  # noqa: N802
        """Refused, timed out, or stopped."""
        self._race.failed(connector, reason)
