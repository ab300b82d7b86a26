"""How many requests go to one address at a time: a thousand small sites may share a server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.defer import maybe_deferred_to_future

from scrapersky.net.resolver import installed_resolver


class AddressLimit:
    """Within this process. 0 is no limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def place(self, host: str) -> AsyncIterator[None]:
        """Holds one of the places at the host's first address.

        Raises:
            CannotResolveHostError: it has none.
        """
        resolver = installed_resolver()
        if self._limit <= 0 or resolver is None or resolver.leads_elsewhere(host):
            yield
            return
        address = await maybe_deferred_to_future(resolver.address(host))
        if address is None:
            raise CannotResolveHostError(host)
        places = self._places.get(address)
        if places is None:
            places = self._places[address] = asyncio.Semaphore(self._limit)
        async with places:
            yield
