"""A Scrapyd node, asked over HTTP: time limits, retries, and errors that are exceptions."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

from scrapersky.errors import NodeError

logger = logging.getLogger(__name__)

PROJECT = "scrapersky"
TIMEOUT = httpx2.Timeout(10.0, connect=3.0)
"""Seconds. The first `schedule` of a node lists its spiders, which takes some."""
SCHEDULE_TIMEOUT = 60.0
RETRIES = 2
RETRY_SECONDS = 0.3
BARE_SLOTS = 2
"""Of a Scrapyd that is not of ours and does not say how many it has."""


class NodeGoneError(NodeError):
    """The node does not answer."""


class NodeRefusedError(NodeError):
    """The node answers, and does not do what it was asked for. Scrapyd says so with HTTP 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReport:
    """What a node says of itself."""

    name: str
    slots: int
    pending: frozenset[str]
    """Ids of workers that wait for a slot."""
    running: Mapping[str, int]
    """Ids of living workers, and their processes' ids."""
    exits: Mapping[str, Mapping[str, Any]]
    """How others ended, as far as the node remembers: `status`, `signal`, `stderr`."""
    is_exact: bool
    """Whether a worker that it does not name is not there: a bare Scrapyd forgets."""
    about: Mapping[str, Any] = field(default_factory=dict)


class Scrapyd:
    """One node."""

    def __init__(self, url: str, client: httpx2.AsyncClient) -> None:
        parsed = httpx2.URL(url)
        self.url = str(parsed.copy_with(username=None, password=None)).rstrip("/")
        """Without user and password: as it may be shown and recorded."""
        self._auth = (parsed.username, parsed.password) if parsed.username else None
        self._client = client

    async def report(self) -> NodeReport:
        """Its workers, slots, load and versions.

        Raises:
            NodeError: it cannot be told.
        """
        try:
            said = await self._ask("GET", "workers.json")
        except NodeRefusedError:
            return await self._bare_report()
        return NodeReport(
            name=str(said["node_name"]),
            slots=int(said["slots"]),
            pending=frozenset(said["pending"]),
            running=said["running"],
            exits=said["exits"],
            is_exact=True,
            about={name: said[name] for name in ("load", "cpus", "memory", "versions")},
        )

    async def _bare_report(self) -> NodeReport:
        said = await self._ask("GET", "listjobs.json")
        return NodeReport(
            name=str(said["node_name"]),
            slots=BARE_SLOTS,
            pending=frozenset(str(job["id"]) for job in said["pending"]),
            running={str(job["id"]): int(job.get("pid") or 0) for job in said["running"]},
            exits={
                str(job["id"]): {"status": None, "signal": None, "stderr": ""}
                for job in said["finished"]
            },
            is_exact=False,
        )

    async def schedule(
        self,
        spider: str,
        *,
        worker: UUID,
        arguments: Mapping[str, str],
        settings: Mapping[str, str],
    ) -> None:
        """Asks for a worker. Not tried again: whether the first try counted is for `report`.

        Raises:
            NodeRefusedError: it will not be started.
            NodeGoneError: whether it will is not known.
        """
        fields: dict[str, Any] = {**arguments, "project": PROJECT, "spider": spider}
        fields["jobid"] = str(worker)
        fields["setting"] = [f"{name}={value}" for name, value in settings.items()]
        await self._ask("POST", "schedule.json", fields, retries=0, patience=SCHEDULE_TIMEOUT)

    async def cancel(self, worker: UUID) -> None:
        """Takes a worker out of the queue, or asks it to end (SIGINT).

        Raises:
            NodeError: it was not reached.
        """
        said = await self._ask(
            "POST", "cancel.json", {"project": PROJECT, "job": str(worker), "signal": "INT"}
        )
        if said.get("prevstate") is None:
            await self._signal(worker, "INT")

    async def kill(self, worker: UUID) -> None:
        """Ends a worker (SIGKILL).

        Raises:
            NodeError: it was not reached.
        """
        if await self._signal(worker, "KILL"):
            return
        await self._ask(
            "POST", "cancel.json", {"project": PROJECT, "job": str(worker), "signal": "KILL"}
        )

    async def _signal(self, worker: UUID, name: str) -> bool:
        try:
            said = await self._ask("POST", "signal.json", {"worker": str(worker), "signal": name})
        except NodeRefusedError:  # a bare Scrapyd
            return False
        return bool(said["found"])

    async def log(self, spider: str, worker: UUID, begin: int, end: int) -> tuple[bytes, int]:
        """A part of a worker's log.

        Args:
            spider: whose crawl it is.
            worker: the worker's id.
            begin: offset of the first byte.
            end: offset behind the last one.

        Returns:
            The bytes, none where there are no more; and how many the log has in all, now.

        Raises:
            NodeError: it cannot be had.
        """
        url = f"{self.url}/logs/{PROJECT}/{spider}/{worker}.log"
        # Never from the end: of a file that is shorter, Twisted answers 500.
        headers = {"Range": f"bytes={begin}-{end - 1}", "Accept-Encoding": "identity"}
        try:
            async with self._client.stream(
                "GET", url, headers=headers, auth=self._auth, timeout=TIMEOUT
            ) as answer:
                return await _part(answer, self.url)
        except httpx2.HTTPError as error:
            raise NodeGoneError(f"The node {self.url} does not answer: {_brief(error)}.") from error

    async def _ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        retries: int = RETRIES,
        patience: float | httpx2.Timeout = TIMEOUT,
    ) -> dict[str, Any]:
        for attempt in range(retries + 1):
            try:
                answer = await self._client.request(
                    method, f"{self.url}/{path}", data=fields, auth=self._auth, timeout=patience
                )
                break
            except httpx2.HTTPError as error:
                if attempt == retries:
                    raise NodeGoneError(
                        f"The node {self.url} does not answer: {_brief(error)}."
                    ) from error
                await asyncio.sleep(RETRY_SECONDS * 2**attempt)
        return self._judged(answer, path)

    def _judged(self, answer: httpx2.Response, path: str) -> dict[str, Any]:
        if answer.status_code == 401:
            raise NodeRefusedError(
                f"The node {self.url} wants another user or password: see SCRAPERSKY_NODES."
            )
        try:
            said = answer.json()
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise NodeRefusedError(
                f"{self.url}/{path} answers {answer.status_code} without JSON: is it a Scrapyd?"
            )
        if said.get("status") != "ok":
            raise NodeRefusedError(str(said.get("message") or "It gave no reason.")[-4_000:])
        return said


async def _part(answer: httpx2.Response, url: str) -> tuple[bytes, int]:
    if answer.status_code == 416 or answer.headers.get("content-length") == "0":
        return b"", 0
    if answer.status_code == 404:
        raise NodeRefusedError(f"The node {url} has no log of this worker, or no longer.")
    if answer.status_code != 206:  # 200 would be the whole log, of any size
        raise NodeRefusedError(f"The node {url} answers {answer.status_code}, not with a part.")
    return await answer.aread(), int(answer.headers["content-range"].rpartition("/")[2])


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
