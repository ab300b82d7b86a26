"""The nodes, as they were at the last look."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from api.scrapyd import NodeReport, Scrapyd
from scrapersky.config import Config
from scrapersky.errors import ConfigError, NodeError


@dataclass(slots=True)
class Node:
    """One node."""

    scrapyd: Scrapyd
    report: NodeReport | None = None
    error: str | None = "It has not been asked yet."
    seen_at: float = 0.0
    """When it last answered, by the monotonic clock."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        said = self.report
        shown: dict[str, Any] = {
            "url": self.scrapyd.url,
            "reachable": self.error is None,
            "error": self.error,
        }
        if said is None or self.error is not None:
            return shown
        return shown | {
            "name": said.name,
            "slots": said.slots,
            "running": len(said.running),
            "pending": len(said.pending),
            **said.about,
        }


class Nodes:
    """All that are configured."""

    def __init__(self, config: Config) -> None:
        self._client = httpx2.AsyncClient(follow_redirects=False, trust_env=False)
        urls = [url.strip() for url in config.nodes.split(",") if url.strip()]
        self.all: Sequence[Node] = [Node(self._scrapyd(url)) for url in urls]
        self._by_url = {node.scrapyd.url: node for node in self.all}

    def _scrapyd(self, url: str) -> Scrapyd:
        try:
            parsed = httpx2.URL(url)
        except httpx2.InvalidURL:
            parsed = httpx2.URL("")
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            # Not shown as it is: it may hold a password.
            raise ConfigError("SCRAPERSKY_NODES has an entry that is no http:// or https:// URL.")
        return Scrapyd(url, self._client)

    def get(self, url: str) -> Node | None:
        """The node of that URL; None where it is configured no longer."""
        return self._by_url.get(url)

    def slots(self) -> int:
        """Of all nodes that answered last."""
        return sum(node.report.slots for node in self.all if node.report and not node.error)

    async def look(self) -> Sequence[Node]:
        """Asks all of them at once. One that is down does not hold up the others."""
        await asyncio.gather(*(self._look_at(node) for node in self.all))
        return self.all

    async def _look_at(self, node: Node) -> None:
        try:
            node.report = await node.scrapyd.report()
            node.error, node.seen_at = None, time.monotonic()
        except NodeError as error:
            node.error = str(error)
        except (KeyError, TypeError, ValueError) as error:
            node.error = f"{node.scrapyd.url} answers what a Scrapyd does not: {error!r}."

    async def close(self) -> None:
        """Hangs up."""
        await self._client.aclose()
