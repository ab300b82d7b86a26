"""Requests to one address at a time."""

import asyncio

import pytest
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.defer import Deferred, succeed

from scrapersky.net import address_limit
from scrapersky.net.address_limit import AddressLimit


class Names:
    """Stands for the resolver, which asks the DNS: `a1` and `a2` share an address."""

    def leads_elsewhere(self, host: str) -> bool:
        return host == "staged"

    def address(self, host: str) -> "Deferred[str | None]":
        return succeed(None if host == "gone" else host[0])


async def at_once(limit: AddressLimit, hosts: list[str]) -> int:
    now = most = 0

    async def visit(host: str) -> None:
        nonlocal now, most
        async with limit.place(host):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*map(visit, hosts))
    return most


@pytest.mark.parametrize(
    ("limit", "hosts", "most"),
    [
        (2, ["a1", "a2", "a3", "a1", "a5"], 2),
        (2, ["a1", "b1", "c1", "a2"], 4),
        (0, ["a1"] * 5, 5),
        (1, ["staged"] * 5, 5),
    ],
)
async def test_places(
    monkeypatch: pytest.MonkeyPatch, limit: int, hosts: list[str], most: int
) -> None:
    monkeypatch.setattr(address_limit, "installed_resolver", Names)
    assert await at_once(AddressLimit(limit), hosts) == most


async def test_a_failure_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_limit, "installed_resolver", Names)
    limit = AddressLimit(1)
    for _ in range(3):
        with pytest.raises(OSError, match="broken"):
            async with limit.place("a1"):
                raise OSError("broken")
    with pytest.raises(CannotResolveHostError):
        await at_once(limit, ["gone"])
    assert await at_once(limit, ["a1", "a2"]) == 1
