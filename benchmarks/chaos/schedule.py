"""Who is to be hit, and when: all of it from the seed."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blow:
    """Something that is done when so much of the job is done."""

    at: float
    """The share of targets that have ended."""
    what: str
    """redis, postgres or stop."""


def blows(chance: random.Random) -> list[Blow]:
    """Two of Redis, two of PostgreSQL, four long stops of workers: spread over the job."""
    wanted = ["redis", "postgres"] * 2 + ["stop"] * 4
    chance.shuffle(wanted)
    # One in each eighth of the job, none in its last tenth: it would be over before.
    places = [(number + chance.random()) / len(wanted) * 0.9 for number in range(len(wanted))]
    return [Blow(at, what) for at, what in zip(places, wanted, strict=True)]
