"""A request for a job, from the checked body to the job's row."""

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api import jobs as service
from api import loading
from api.answers import Accepted
from api.bodies import Body
from api.nodes import Nodes
from api.requests import MOST_WORKERS, JobOptions, JobRequest
from scrapersky.config import get_config
from scrapersky.db import dispatch
from scrapersky.domain_lists import BadLine
from scrapersky.errors import InputError
from scrapersky.states import JobState


class Intake:
    """Makes the job with a short list at once; leaves a long one, and the table, to the loader."""

    def __init__(
        self, state: Any, wanted: JobOptions, body: Body, key: str | None, digest: str
    ) -> None:
        self._state = state
        self._wanted = wanted
        self._body = body
        self._key = key
        self._digest = digest
        self._kept: Path | None = None
        entries = wanted.domains if isinstance(wanted, JobRequest) else None
        self._entries = entries
        self._is_short = entries is not None and len(entries) <= loading.CHUNK

    async def answered(self, session: AsyncSession) -> Accepted | None:
        """The answer that the same request got before."""
        job = await service.earlier(session, self._key, self._digest)
        return None if job is None else Accepted.of(job["id"], job["state"])

    async def take(self, session: AsyncSession) -> Accepted:
        """Makes the job.

        Raises:
            InputError: a short list has no domain.
        """
        shown = None
        if self._entries is not None:
            some = self._entries[: service.SHOWN_DOMAINS]
            shown = some if isinstance(some, str) else " ".join(some)
        job_id = await service.create(
            session,
            self._wanted,
            source=self._source,
            shown=shown,
            key=self._key,
            request_hash=self._digest,
            loading_seconds=None if self._is_short else loading.SILENCE,
            workers=self._workers,
        )
        if self._is_short:
            await self._add(session, job_id)
        else:  # before the commit: a job that waits for its list has one
            self._kept = self._body.keep(job_id, is_json=isinstance(self._wanted, JobRequest))
        return Accepted.of(job_id, JobState.PENDING)

    async def _add(self, session: AsyncSession, job_id: UUID) -> None:
        assert self._entries is not None  # noqa: S101 - it is short
        lines = list(loading.typed(self._entries))
        added = await loading.add(session, job_id, lines)
        if not added:
            bad = next((line for line in lines if isinstance(line, BadLine)), None)
            example = f" {bad.text!r}: {bad.reason}." if bad else ""
            raise InputError(f"{loading.UNUSABLE}{example}")
        await dispatch.loaded(session, job_id, min(self._workers, added))

    def begin(self, job_id: UUID) -> None:
        """Once the job is committed: hands over what takes longer."""
        if self._kept is not None:
            loader: loading.Loader = self._state.loader
            loader.begin(job_id, self._kept)

    @property
    def _source(self) -> str:
        if not isinstance(self._wanted, JobRequest):
            return "upload"
        return "domains" if self._wanted.filter is None else "filter"

    @property
    def _workers(self) -> int:
        """As many as were asked for, or as there are slots."""
        if self._wanted.workers is not None:
            return self._wanted.workers
        if get_config().redis_url is None:
            return 1
        nodes: Nodes = self._state.nodes
        return min(max(nodes.slots(), 1), MOST_WORKERS)
