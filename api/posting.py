"""POSTs to URLs that strangers gave: resolved once, and what was judged is what is connected to.

A name may have one address when it is checked and another when it is connected to (DNS rebinding).
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping

import httpx2

from scrapersky.net.addresses import is_public

TIMEOUT = 10.0
"""Seconds."""
MOST_ADDRESSES = 3
"""Of a name, that are tried."""


class Poster:
    """A client that never asks for a name twice."""

    def __init__(self, verify: ssl.SSLContext | bool = True) -> None:  # noqa: FBT001, FBT002 - httpx2's
        self._client = httpx2.AsyncClient(
            verify=verify,
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            # Kept by address, one could be taken that another name's certificate was checked for.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool
    ) -> int:
        """POSTs to the first address of the host that takes a connection.

        Returns:
            The status of the answer, of which no more is read.

        Raises:
            ValueError: the host has a private address, or there is none.
            OSError: its name cannot be resolved.
            httpx2.HTTPError: there is no answer.
        """
        parsed = httpx2.URL(url)
        *others, last = await _addresses(parsed, allow_private=allow_private)
        for address in others:
            try:
                return await self._post_to(address, parsed, body, headers)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._post_to(last, parsed, body, headers)

    async def _post_to(
        self, address: str, url: httpx2.URL, body: bytes, headers: Mapping[str, str]
    ) -> int:
        async with self._client.stream(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers={**headers, "Host": url.netloc.decode("ascii")},
            # In the handshake, and what the certificate is checked against.
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        ) as answer:
            return answer.status_code

    async def close(self) -> None:
        """Hangs up."""
        await self._client.aclose()


async def _addresses(url: httpx2.URL, *, allow_private: bool) -> list[str]:
    if not url.host:
        raise ValueError("It names no host.")
    port = url.port or (443 if url.scheme == "https" else 80)
    name = url.raw_host.decode("ascii")
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(map(is_public, addresses)):
        raise ValueError("It leads to a private address; SCRAPERSKY_WEBHOOK_PRIVATE allows those.")
    return addresses[:MOST_ADDRESSES]
