"""The frontier of workers that share a job through Redis.

A lease is a pending entry of a consumer group, and a lock on its site. Redis only says who may do
what; what is to be done, and what has been, PostgreSQL says: every batch of leases is looked up
there, and the job is drained when it says so.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import targets
from scrapersky.db.outage import wait_out
from scrapersky.db.tables import new_id
from scrapersky.frontier.base import Lease
from scrapersky.frontier.dead import dead_letter
from scrapersky.frontier.feed import Feed
from scrapersky.frontier.fill import Filler
from scrapersky.frontier.heartbeat import Count, Heartbeat
from scrapersky.frontier.holdings import Holdings
from scrapersky.frontier.keys import DEAD_LETTERS, JobKeys
from scrapersky.frontier.scripts import JobScripts
from scrapersky.frontier.server import RedisServer
from scrapersky.frontier.terms import Terms

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.1
"""For which an acknowledgement waits for company."""
IDLE_SECONDS = 0.5
"""Between two questions of a worker that has nothing to do, at most."""
DRAINED_SECONDS = 0.25
"""Between two questions to PostgreSQL whether the job is drained."""
REFUSED_SECONDS = 5.0
"""After which a domain that this worker gave back is offered again: to another one."""
HOLD_SECONDS = 1.0
"""Until a job that Redis lost is filled again: workers lock anew what they have at work."""
GOODBYE_SECONDS = 5.0
"""For which a worker that closes waits for a Redis that is away."""


@dataclass(slots=True)
class _State:
    """What the last exchange said."""

    waiting: int
    pause: float
    last: str
    cursor: str


class RedisFrontier:
    """One worker's part of the frontier. Two tasks: one fetches and acknowledges, one beats."""

    def __init__(
        self,
        server: RedisServer,
        sessions: async_sessionmaker[AsyncSession],
        *,
        job_id: UUID,
        worker_id: UUID,
        terms: Terms,
        count: Count = lambda _name, _number: None,
    ) -> None:
        self._server = server
        self._sessions = sessions
        self._keys = JobKeys(job_id)
        self._scripts = JobScripts(server, self._keys, worker_id)
        self._terms = terms
        self._count = count
        self._holdings = Holdings(terms.lease_seconds)
        self._filler = Filler(server, sessions, self._keys, terms.window)
        self._heartbeat = Heartbeat(self._scripts, self._holdings, terms, self._admit, count)
        self._came = asyncio.Event()
        """There may be something to lease, or never again."""
        self._wake = asyncio.Event()
        """There is something to tell Redis, or to ask it for."""
        self._tasks: list[asyncio.Task[None]] = []
        self._error: BaseException | None = None
        self._is_drained = False
        self._filling: asyncio.Task[None] | None = None
        self._arrival: asyncio.Task[None] | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._has_lost = False
        self._counted = 0
        """Calls to Redis that have been counted."""
        self._next_look = 0.0

    # --- what a spider asks for -------------------------------------------------------------

    async def lease(self, limit: int) -> list[Lease]:
        """Up to `limit` domains, as soon as there is one; none when the job is drained.

        Redis hears which before the worker does: only what it begins is blamed if it dies.

        Raises:
            RedisGoneError: Redis stayed away for too long.
            DatabaseGoneError: PostgreSQL did.
        """
        if not self._tasks:
            self._tasks = [asyncio.ensure_future(self._guarded(work)) for work in self._work()]
        ready = self._holdings.ready
        while not ready:
            if self._error is not None:
                raise self._error
            if self._is_drained or self._holdings.is_stopping:
                return []
            self._came.clear()
            self._wake.set()
            await self._came.wait()
        leases = [ready.popleft() for _ in range(min(limit, len(ready)))]
        if len(ready) < self._terms.prefetch // 2:
            self._wake.set()
        await self._begin(leases)
        if self._holdings.is_stopping:
            await self._give_back(leases)
            return []
        return leases

    async def _begin(self, leases: list[Lease]) -> None:
        keys = (self._keys.stream, self._keys.meta)
        entries = " ".join(lease.entry for lease in leases)
        try:
            # Shielded: who leases may be cancelled, and redis' client can swallow that.
            await asyncio.shield(self._scripts.run("begin", keys, entries))
        except BaseException:
            self._holdings.ready.extendleft(reversed(leases))
            raise

    def _work(self) -> Iterator[Coroutine[Any, Any, None]]:
        yield self._fetch()
        yield self._heartbeat.run()
        if self._terms.feed is not None:
            yield Feed(self._server, self._sessions, self._terms.feed, self._keys).run()

    async def holds(self, lease: Lease) -> bool:
        """Whether it is still this worker's.

        Nearly always known without a question. While Redis is away nobody can have taken it over.
        """
        until = self._holdings.valid_until(lease)
        if until is None:
            return False
        if time.monotonic() < until or self._server.is_away:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._heartbeat.renew()
        return lease in self._holdings

    def ended(self, lease: Lease, rest: float = 0) -> None:
        """The transaction that holds the domain's ending has committed."""
        if self._holdings.drop(lease):
            self._acknowledge(lease.entry, lease.domain, rest)

    async def release(self, leases: list[Lease]) -> None:
        """Gives back what has not ended. Not to be had here again."""
        self._holdings.given_back.update(lease.domain_id for lease in leases)
        await self._give_back(leases)

    async def stop(self, unbegun: list[Lease]) -> None:
        """The crawl is to end: leases no more, and gives back what was not begun."""
        self._holdings.is_stopping = True
        self._came.set()
        reserve = [*unbegun, *self._holdings.ready]
        self._holdings.ready.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._give_back(reserve)

    async def close(self) -> None:
        """The worker's last word. What it still holds goes back."""
        self._holdings.is_stopping = True
        tasks = [task for task in (*self._tasks, self._filling, self._arrival) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(TimeoutError, Exception):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._say_goodbye()
        await self._server.close()

    async def _say_goodbye(self) -> None:
        await self._exchange(0)
        await self._give_back(self._holdings.leases)
        await self._scripts.run("leave", self._keys.all, int(self._is_drained))

    # --- fetching ---------------------------------------------------------------------------

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Whatever ends a task of ours ends the crawl, and says so."""
        try:
            await work
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - who leases hears of it
            self._error = error
        finally:
            self._came.set()

    async def _fetch(self) -> None:
        while not self._is_drained:
            self._wake.clear()
            wanted = self._wanted()
            state = await self._exchange(wanted)
            self._fill_if_due(state)
            if not wanted or self._holdings.ready:
                await self._wake.wait()
            elif not await self._is_over():
                await self._until_something_comes(state)
        self._came.set()

    def _wanted(self) -> int:
        reserve = len(self._holdings.ready)
        if self._holdings.is_stopping or reserve > self._terms.prefetch // 2:
            return 0
        return self._terms.prefetch - reserve

    async def _exchange(self, wanted: int) -> _State:
        """Acknowledges what has ended, leases up to `wanted` more."""
        keys, terms, holdings = self._keys, self._terms, self._holdings
        async with self._scripts.talking:
            acks, holdings.acks = holdings.acks, {}
            if self._flush is not None:
                self._flush.cancel()
                self._flush = None
            said = " ".join(f"{entry} {name} {rest}" for entry, (name, rest) in acks.items())
            began = time.monotonic()
            try:
                epoch, leased, waiting, pause, last, cursor = await self._scripts.run(
                    "exchange",
                    (keys.stream, keys.later, keys.meta, DEAD_LETTERS),
                    terms.lease_ms,
                    wanted,
                    terms.rate or 0,
                    str(new_id()),
                    said,
                )
            except BaseException:
                holdings.acks = acks | holdings.acks
                raise
            self._meet(epoch.decode())
            entries = holdings.receive(leased)
        if self._has_lost:
            # What is at work here is locked again before others find it in a sweep.
            self._has_lost = False
            await self._heartbeat.renew()
        self._count("calls", self._server.calls - self._counted)
        self._counted = self._server.calls
        await self._admit(entries, began)
        return _State(waiting, pause / 1000, last.decode(), cursor.decode())

    def _meet(self, epoch: str) -> None:
        if self._holdings.epoch and epoch != self._holdings.epoch:
            logger.warning("Redis has lost job %s: it is filled again.", self._scripts.job)
            self._count("redis_losses", 1)
            self._has_lost = True
            self._filler.hold(HOLD_SECONDS)
        self._holdings.epoch = epoch

    async def _until_something_comes(self, state: _State) -> None:
        seconds = min(state.pause or IDLE_SECONDS, IDLE_SECONDS)
        if self._arrival is None or self._arrival.done():
            self._arrival = asyncio.ensure_future(
                self._server.arrival(self._keys.stream, state.last, IDLE_SECONDS)
            )
        woken = asyncio.ensure_future(self._wake.wait())
        filling = [self._filling] if self._filling and not self._filling.done() else []
        try:
            await asyncio.wait(
                [self._arrival, woken, *filling],
                timeout=seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            woken.cancel()

    def _fill_if_due(self, state: _State) -> None:
        if self._filling is not None and self._filling.done():
            self._filling.result()
            self._filling = None
        if self._filling is None and self._filler.is_due(state.waiting, state.cursor):
            self._filling = asyncio.ensure_future(self._fill())

    async def _fill(self) -> None:
        brought = await self._filler.fill()
        if brought:
            self._count("filled", brought)

    async def _is_over(self) -> bool:
        """Whether PostgreSQL says that the job is drained."""
        now = time.monotonic()
        if self._terms.feed is not None or now < self._next_look:
            return False
        self._is_drained = not await wait_out(self._any_left)
        self._next_look = time.monotonic() + DRAINED_SECONDS
        return self._is_drained

    async def _any_left(self) -> bool:
        without = self._holdings.given_back
        async with self._sessions() as session:
            return await targets.any_left(session, self._keys.job_id, without=without)

    # --- leases -----------------------------------------------------------------------------

    async def _admit(
        self, entries: Sequence[tuple[str, str]], got_at: float, blamed: Sequence[str] = ()
    ) -> None:
        """Turns entries into leases, where PostgreSQL says that there is something to do.

        `blamed`: domains that the worker which had them before did not survive.
        """
        if not entries:
            return
        holdings = self._holdings
        names = [domain for _, domain in entries]
        rows = await wait_out(lambda: self._described(names, blamed))
        refused: list[Lease] = []
        for entry, domain in entries:
            if holdings.passing.pop(entry, None) is None:
                continue  # lost meanwhile
            row = rows.get(domain)
            if row is None:
                await self._bury(domain)
            if row is None or not row.is_due:
                self._acknowledge(entry, domain, 0)
                continue
            lease = self._lease_of(entry, row)
            holdings.add(lease, got_at)
            if holdings.is_stopping or row.domain_id in holdings.given_back:
                refused.append(lease)
            else:
                holdings.ready.append(lease)
        if refused:
            await self._give_back(refused, 0 if holdings.is_stopping else REFUSED_SECONDS)
        self._came.set()

    async def _bury(self, domain: str) -> None:
        reason = "it is no target of the job"
        await dead_letter(self._server, self._scripts.job, domain, reason)
        self._count("dead_letters", 1)

    def _lease_of(self, entry: str, row: "Row[Any]") -> Lease:
        return Lease(
            domain=row.domain,
            domain_id=row.domain_id,
            attempts=row.attempts,
            expiries=row.expiries,
            entry=entry,
            epoch=self._holdings.epoch,
        )

    async def _described(self, names: list[str], blamed: Sequence[str]) -> dict[str, "Row[Any]"]:
        async with self._sessions() as session:
            if blamed:
                await targets.count_expiries(session, self._keys.job_id, blamed)
                await session.commit()
            rows = await targets.named(session, self._keys.job_id, names)
        return {row.domain: row for row in rows}

    def _acknowledge(self, entry: str, domain: str, rest: float) -> None:
        self._holdings.acks[entry] = domain, round(rest * 1000)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._wake.set)
        elif len(self._holdings.acks) >= self._terms.prefetch:
            self._wake.set()

    async def _give_back(self, leases: Iterable[Lease], delay: float = 0) -> None:
        keys = (self._keys.stream, self._keys.later, self._keys.meta)
        async with self._scripts.talking:
            mine = [lease for lease in leases if self._holdings.drop(lease)]
            if not mine:
                return
            known = " ".join(f"{lease.entry} {lease.domain}" for lease in mine)
            await self._scripts.run("release", keys, round(delay * 1000), known)
        self._count("released", len(mine))
