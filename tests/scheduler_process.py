"""A scheduler as a process, whose clock is a file: `scheduler_process.py DATABASE_URL CLOCK`."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api import scheduler
from scrapersky.db.session import make_engine, parse_url

scheduler.TICK = 0.02
scheduler.LEASE_SECONDS = 1.0


async def main(url: str, path: str) -> None:
    """Works until it is killed."""
    engine = make_engine(parse_url(url))

    async def clock(_: AsyncSession) -> datetime:
        return datetime.fromisoformat(await asyncio.to_thread(Path(path).read_text, "ascii"))

    made = scheduler.Scheduler(async_sessionmaker(engine), lambda: 1, clock)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await made.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
