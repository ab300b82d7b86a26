"""Lists of domains become rows, piece by piece."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncSession

from scrapersky.db import companies
from scrapersky.domain_lists import BadLine, DomainLine
from scrapersky.errors import InputError

CHUNK = 2_000
"""List entries a transaction."""

Lines = list[DomainLine | BadLine]


def chunks(lines: Iterable[DomainLine | BadLine]) -> Iterator[Lines]:
    """A list in pieces, each for a transaction of its own."""
    rest = iter(lines)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


@dataclass(slots=True)
class Added:
    """What became of the entries of a list."""

    most_bad: int = 0
    """So many of the bad lines are kept."""
    added: int = 0
    known: int = 0
    rejected: int = 0
    bad: list[BadLine] = field(default_factory=list)

    async def add(self, session: AsyncSession, lines: Lines) -> None:
        """Adds a piece of the list. Domains that were not there wait for a crawl then."""
        names = [line.domain for line in lines if isinstance(line, DomainLine)]
        bad = [line for line in lines if isinstance(line, BadLine)]
        added = await companies.add(session, names) if names else 0
        self.added += added
        self.known += len(names) - added
        self.rejected += len(bad)
        self.bad += bad[: self.most_bad - len(self.bad)]

    @property
    def numbers(self) -> dict[str, int]:
        """The counts."""
        return {"added": self.added, "known": self.known, "rejected": self.rejected}

    def told(self, error: InputError) -> InputError:
        """The error over which a list broke off, with what was added before."""
        if not self.added:
            return error
        return InputError(
            f"{error} {self.added:,} domains before that were added; import the list again when"
            " it is whole."
        )
