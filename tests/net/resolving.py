"""Run by test_resolver.py in a process of its own, since a process has one reactor for good.

Each scenario is a coroutine that prints what it saw as JSON. The threads that the system's
resolver runs in can be held, so that nothing depends on time.
"""

import json
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from twisted.internet import asyncioreactor

asyncioreactor.install()  # type: ignore[no-untyped-call]

from twisted.internet import defer, reactor  # noqa: E402
from twisted.internet.address import IPv4Address, IPv6Address  # noqa: E402
from twisted.internet.interfaces import IResolutionReceiver  # noqa: E402
from twisted.internet.task import react  # noqa: E402
from zope.interface import implementer  # type: ignore[import-untyped]  # noqa: E402

from scrapersky.net.connect_to import ConnectTo  # noqa: E402
from scrapersky.net.resolver import GuardedResolver, installed_resolver  # noqa: E402

RULES = "*.test:80=127.0.0.1:8080,six.test:443=[::1]:8443,127.0.0.1:9=127.0.0.1:10"


@implementer(IResolutionReceiver)
class Receiver:
    def __init__(self) -> None:
        self.done: defer.Deferred[list[list[str | int]]] = defer.Deferred()
        self.addresses: list[list[str | int]] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append([address.host, address.port])

    def resolutionComplete(self) -> None:  # noqa: N802
        self.done.callback(self.addresses)


class HeldThreads:
    """The reactor's thread pool, cut down to one thread that waits until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.held: defer.Deferred[None] = defer.Deferred()
        self.pool = reactor.getThreadPool()
        self.pool.adjustPoolsize(0, 1)
        self.pool.callInThread(self._hold)

    def _hold(self) -> None:
        reactor.callFromThread(self.held.callback, None)
        self.go.wait()

    @property
    def backlog(self) -> int:
        return int(self.pool._team.statistics().backloggedWorkCount)


def resolver(timeout: float = 60, cache_size: int = 10_000) -> GuardedResolver:
    made = GuardedResolver(reactor, ConnectTo.parse(RULES), timeout=timeout, cache_size=cache_size)
    made.install_on_reactor()
    assert installed_resolver() is made
    return made


def ask(
    made: GuardedResolver, host: str, port: int = 80, types: Sequence[Any] | None = None
) -> defer.Deferred[list[list[str | int]]]:
    receiver = Receiver()
    made.resolveHostName(receiver, host, port, types)
    return receiver.done


async def hosts() -> Any:
    made = resolver()
    seen = {}
    for line in sys.argv[2:]:
        host, _, port = line.rpartition("|")
        addresses = await ask(made, host, int(port))
        seen[line] = [addresses, made.failure(host)]
    return seen


async def families() -> Any:
    made = resolver()
    return [
        await ask(made, "8.8.8.8", 80, [IPv4Address]),
        await ask(made, "8.8.8.8", 80, [IPv6Address]),
        await ask(made, "2606:4700::1", 80, [IPv6Address]),
        await ask(made, "2606:4700::1", 80, [IPv4Address]),
    ]


async def shared() -> Any:
    made = resolver()
    held = HeldThreads()
    await held.held
    asked = [ask(made, host) for host in ("localhost", "LOCALHOST", "localhost.")]
    questions, backlog = len(made._questions), held.backlog
    held.go.set()
    return [questions, backlog, [await one for one in asked], len(made._questions)]


async def cached() -> Any:
    made = resolver()
    await ask(made, "localhost")
    held = HeldThreads()
    await held.held
    again = ask(made, "localhost").called
    uncached = resolver(cache_size=0)
    held.go.set()
    await ask(uncached, "localhost")
    return [again, list(uncached._known)]


async def given_up() -> Any:
    made = resolver(timeout=0.01)
    held = HeldThreads()
    await held.held
    first = [await ask(made, "localhost"), made.failure("localhost")]
    # Asked again while the thread is held: no second thread, and an answer once there is one.
    made._timeout = 60
    again = ask(made, "localhost")
    backlog = held.backlog
    held.go.set()
    second = [await again, made.failure("localhost")]
    return [first, backlog, second, len(made._questions)]


async def nobody_waits() -> Any:
    made = resolver(timeout=0.01)
    held = HeldThreads()
    await held.held
    await ask(made, "localhost")
    held.go.set()
    # The pool has one thread, so a question behind the first one is answered after it.
    made._timeout = 60
    await ask(made, "ip6-localhost")
    return [list(made._questions), "localhost" in made._known]


async def endpoint() -> Any:
    from twisted.internet.endpoints import HostnameEndpoint
    from twisted.internet.protocol import Factory, Protocol

    resolver()
    factory: Any = Factory.forProtocol(Protocol)
    try:
        await HostnameEndpoint(reactor, "localhost", 80).connect(factory)
    except Exception as error:  # noqa: BLE001 - its name is what is tested
        return type(error).__name__


def main() -> None:
    scenario: Callable[[], Awaitable[Any]] = globals()[sys.argv[1]]

    async def run(_: Any) -> None:
        print(json.dumps(await scenario()))  # noqa: T201 - read by the test

    react(lambda clock: defer.ensureDeferred(run(clock)))


if __name__ == "__main__":
    main()
