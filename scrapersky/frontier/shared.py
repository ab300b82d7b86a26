"""The frontier of workers that share a job through Redis.

A lease is a pending entry of a consumer group, and a lock on its site. Redis only says who may do
what; what is to be done, and what has been, PostgreSQL says: every batch of leases is looked up
there, and the job is drained when it says so.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from redis.exceptions import ResponseError
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scrapersky.db import targets
from scrapersky.db.outage import wait_out
from scrapersky.db.tables import new_id
from scrapersky.errors import FrontierError
from scrapersky.frontier.base import Lease
from scrapersky.frontier.dead import dead_letter
from scrapersky.frontier.feed import Feed, FeedKeys
from scrapersky.frontier.fill import Filler
from scrapersky.frontier.keys import DEAD_LETTERS, JobKeys
from scrapersky.frontier.server import RedisServer

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
MENDED = 3
"""Times that a script is tried on keys that somebody spoilt."""
GOODBYE_SECONDS = 5.0
"""For which a worker that closes waits for a Redis that is away."""

Count = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How leases are given."""

    lease_seconds: float = 60.0
    """After so long without a heartbeat a lease may be taken over."""
    window: int = 50_000
    """Domains of the job that wait in Redis, at most."""
    prefetch: int = 50
    """Leases that a worker holds in reserve."""
    rate: float | None = None
    """Domains a second, over all workers of the job."""
    feed: FeedKeys | None = None
    """Where domains are pushed that join the job, which then never ends."""

    @property
    def lease_ms(self) -> int:
        """As Redis counts."""
        return round(self.lease_seconds * 1000)


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
        self._job, self._worker = str(job_id), str(worker_id)
        self._terms = terms
        self._count = count
        self._filler = Filler(server, sessions, self._keys, terms.window)
        self._epoch = ""
        self._ready: deque[Lease] = deque()
        self._held: dict[str, tuple[Lease, float]] = {}
        """By entry: the lease, and when it was got."""
        self._valid_until: dict[str, float] = {}
        self._acks: dict[str, tuple[str, int]] = {}
        """Entry to domain and milliseconds of rest."""
        self._passing: dict[str, str] = {}
        """Entry to domain: got, and not yet looked up in PostgreSQL."""
        self._given_back: set[UUID] = set()
        self._came = asyncio.Event()
        self._wake = asyncio.Event()
        self._talking = asyncio.Lock()
        """One script of this worker at a time: what Redis says it holds is what it knows."""
        self._tasks: list[asyncio.Task[None]] = []
        self._error: BaseException | None = None
        self._is_drained = False
        self._is_stopping = False
        self._filling: asyncio.Task[None] | None = None
        self._arrival: asyncio.Task[None] | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._has_lost = False
        self._counted = 0
        """Calls to Redis that have been counted."""
        self._next_look = 0.0
        self._joined_at = time.monotonic()

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
        while not self._ready:
            if self._error is not None:
                raise self._error
            if self._is_drained or self._is_stopping:
                return []
            self._came.clear()
            self._wake.set()
            await self._came.wait()
        leases = [self._ready.popleft() for _ in range(min(limit, len(self._ready)))]
        if len(self._ready) < self._terms.prefetch // 2:
            self._wake.set()
        try:
            await self._run(
                "begin",
                (self._keys.stream, self._keys.meta),
                *(lease.entry for lease in leases),
            )
        except BaseException:
            self._ready.extendleft(reversed(leases))
            raise
        if self._is_stopping:
            await self._give_back(leases)
            return []
        return leases

    def _work(self) -> Iterator[Coroutine[Any, Any, None]]:
        yield self._fetch()
        yield self._beat()
        if self._terms.feed is not None:
            yield Feed(self._server, self._sessions, self._terms.feed, self._keys).run()

    async def holds(self, lease: Lease) -> bool:
        """Whether it is still this worker's.

        Nearly always known without a question. While Redis is away nobody can have taken it over.
        """
        until = self._valid_until.get(lease.entry)
        if until is None:
            return False
        if time.monotonic() < until or self._server.is_away:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._renew()
        return lease.entry in self._held

    def ended(self, lease: Lease, rest: float = 0) -> None:
        """The transaction that holds the domain's ending has committed."""
        if self._forget(lease.entry) is None:
            return
        self._acknowledge(lease.entry, lease.domain, rest)

    async def release(self, leases: list[Lease]) -> None:
        """Gives back what has not ended. Not to be had here again."""
        self._given_back.update(lease.domain_id for lease in leases)
        await self._give_back(leases)

    async def stop(self, unbegun: list[Lease]) -> None:
        """The crawl is to end: leases no more, and gives back what was not begun."""
        self._is_stopping = True
        self._came.set()
        reserve = [*unbegun, *self._ready]
        self._ready.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._give_back(reserve)

    async def close(self) -> None:
        """The worker's last word. What it still holds goes back."""
        self._is_stopping = True
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
        await self._give_back([lease for lease, _ in self._held.values()])
        await self._run("leave", self._keys.all, int(self._is_drained))

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
            if not wanted or self._ready:
                await self._wake.wait()
            elif not await self._is_over():
                await self._until_something_comes(state)
        self._came.set()

    def _wanted(self) -> int:
        reserve = len(self._ready)
        if self._is_stopping or reserve > self._terms.prefetch // 2:
            return 0
        return self._terms.prefetch - reserve

    async def _exchange(self, wanted: int) -> _State:
        """Acknowledges what has ended, leases up to `wanted` more."""
        keys, terms = self._keys, self._terms
        async with self._talking:
            acks, self._acks = self._acks, {}
            if self._flush is not None:
                self._flush.cancel()
                self._flush = None
            arguments = [part for entry, ack in acks.items() for part in (entry, *ack)]
            began = time.monotonic()
            try:
                epoch, leased, waiting, pause, last, cursor = await self._run(
                    "exchange",
                    (keys.stream, keys.later, keys.meta, DEAD_LETTERS),
                    terms.lease_ms,
                    wanted,
                    terms.rate or 0,
                    str(new_id()),
                    len(acks),
                    *arguments,
                )
            except BaseException:
                self._acks = acks | self._acks
                raise
            self._meet(epoch.decode())
            entries = self._receive(leased)
        if self._has_lost:
            # What is at work here is locked again before others find it in a sweep.
            self._has_lost = False
            await self._renew()
        self._count("calls", self._server.calls - self._counted)
        self._counted = self._server.calls
        await self._admit(entries, began)
        return _State(waiting, pause / 1000, last.decode(), cursor.decode())

    async def _run(self, name: str, keys: Sequence[str], *arguments: Any) -> Any:
        """Runs a script of this worker's. Keys that somebody spoilt are made anew."""
        for _ in range(MENDED):
            try:
                return await self._server.run(name, keys, (self._job, self._worker, *arguments))
            except ResponseError as error:
                if "WRONGTYPE" not in str(error) and "NOGROUP" not in str(error):
                    raise
                logger.error("The keys of job %s are not as they were: %s", self._job, error)  # noqa: TRY400 - known
                await self._server.patiently(lambda: self._server.client.delete(*self._keys.all))
        raise FrontierError(f"The keys of job {self._job} in Redis cannot be mended.")

    def _meet(self, epoch: str) -> None:
        if self._epoch and epoch != self._epoch:
            logger.warning("Redis has lost job %s: it is filled again.", self._job)
            self._count("redis_losses", 1)
            self._has_lost = True
            self._filler.hold(HOLD_SECONDS)
        self._epoch = epoch

    def _receive(self, flat: Sequence[bytes]) -> list[tuple[str, str]]:
        entries = _pairs(flat)
        self._passing.update(entries)
        return entries

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
        async with self._sessions() as session:
            return await targets.any_left(session, self._keys.job_id, without=self._given_back)

    # --- leases -----------------------------------------------------------------------------

    async def _admit(
        self, entries: Sequence[tuple[str, str]], got_at: float, blamed: Sequence[str] = ()
    ) -> None:
        """Turns entries into leases, where PostgreSQL says that there is something to do.

        `blamed`: domains that the worker which had them before did not survive.
        """
        if not entries:
            return
        names = [domain for _, domain in entries]
        rows = await wait_out(lambda: self._described(names, blamed))
        refused: list[Lease] = []
        for entry, domain in entries:
            if self._passing.pop(entry, None) is None:
                continue  # lost meanwhile
            row = rows.get(domain)
            if row is None:
                await dead_letter(self._server, self._job, domain, "it is no target of the job")
                self._count("dead_letters", 1)
            if row is None or not row.is_due:
                self._acknowledge(entry, domain, 0)
                continue
            lease = self._lease_of(entry, row)
            self._held[entry] = lease, got_at
            self._valid_until.setdefault(entry, self._until(got_at))
            if self._is_stopping or row.domain_id in self._given_back:
                refused.append(lease)
            else:
                self._ready.append(lease)
        if refused:
            await self._give_back(refused, REFUSED_SECONDS if not self._is_stopping else 0)
        self._came.set()

    def _lease_of(self, entry: str, row: "Row[Any]") -> Lease:
        return Lease(
            domain=row.domain,
            domain_id=row.domain_id,
            attempts=row.attempts,
            expiries=row.expiries,
            entry=entry,
            epoch=self._epoch,
        )

    async def _described(
        self, names: list[str], blamed: Sequence[str]
    ) -> dict[str, "Row[Any]"]:
        async with self._sessions() as session:
            if blamed:
                await targets.count_expiries(session, self._keys.job_id, blamed)
                await session.commit()
            rows = await targets.named(session, self._keys.job_id, names)
        return {row.domain: row for row in rows}

    def _until(self, renewed_at: float) -> float:
        """Up to when nobody else can have a lease: a tenth of it is for clocks that differ."""
        return renewed_at + self._terms.lease_seconds * 0.9

    def _forget(self, entry: str) -> Lease | None:
        self._valid_until.pop(entry, None)
        held = self._held.pop(entry, None)
        return held[0] if held else None

    def _acknowledge(self, entry: str, domain: str, rest: float) -> None:
        self._acks[entry] = domain, round(rest * 1000)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._wake.set)
        elif len(self._acks) >= self._terms.prefetch:
            self._wake.set()

    async def _give_back(self, leases: Iterable[Lease], delay: float = 0) -> None:
        keys = (self._keys.stream, self._keys.later, self._keys.meta)
        async with self._talking:
            mine = [lease for lease in leases if self._forget(lease.entry) is not None]
            if not mine:
                return
            arguments = [part for lease in mine for part in (lease.entry, lease.domain)]
            await self._run("release", keys, round(delay * 1000), *arguments)
        self._count("released", len(mine))

    # --- heartbeat --------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Renews, and takes over.

        The latter begins two heartbeats after this worker came or Redis came back: by then all that
        live have renewed.
        """
        pause = self._terms.lease_seconds / 3
        while True:
            await asyncio.sleep(pause)
            await self._renew()
            if time.monotonic() - max(self._joined_at, self._server.back_at) >= 1.9 * pause:
                await self._take_over()

    async def _renew(self) -> None:
        keys = (self._keys.stream, self._keys.meta, self._keys.workers)
        async with self._talking:
            began = time.monotonic()
            leases = [lease for lease, _ in self._held.values()]
            known = [part for a in leases for part in (a.entry, a.domain, a.epoch)]
            for entry, domain in self._passing.items():
                known += (entry, domain, self._epoch)
            acknowledged = self._acks.keys()
            epoch, lost, found = await self._run(
                "renew", keys, self._terms.lease_ms, self._about(began), *known
            )
            orphans = [pair for pair in _pairs(found) if pair[0] not in acknowledged]
            self._passing.update(orphans)
            gone = {entry.decode() for entry in lost}
            for entry in gone:
                self._passing.pop(entry, None)
        for lease in leases:
            if lease.entry in gone:
                self._lose(lease)
            elif lease.entry in self._held:
                self._valid_until[lease.entry] = self._until(began)
        if orphans and epoch:
            self._count("adopted", len(orphans))
            await self._admit(orphans, began)

    def _about(self, now: float) -> bytes:
        oldest = min((got_at for _, got_at in self._held.values()), default=now)
        return orjson.dumps(
            {
                "at": round(time.time(), 1),
                "leased": len(self._held),
                "oldest_seconds": round(now - oldest, 1),
            }
        )

    def _lose(self, lease: Lease) -> None:
        if self._forget(lease.entry) is None:
            return
        logger.warning("Another worker has taken %s over.", lease.domain)
        self._count("lost", 1)
        with suppress(ValueError):
            self._ready.remove(lease)

    async def _take_over(self) -> None:
        if self._is_stopping:
            return
        keys, terms = self._keys, self._terms
        async with self._talking:
            began = time.monotonic()
            taken, begun = await self._run(
                "take_over",
                (keys.stream, keys.later, keys.meta, keys.workers),
                terms.lease_ms,
                terms.prefetch,
            )
            entries = self._receive(taken)
        if entries:
            logger.warning("%d leases had expired: taken over.", len(entries))
            self._count("taken_over", len(entries))
            await self._admit(entries, began, [domain.decode() for domain in begun])


def _pairs(flat: Sequence[bytes]) -> list[tuple[str, str]]:
    texts = [part.decode() for part in flat]
    return list(zip(texts[::2], texts[1::2], strict=True))
