"""CPU of a domain, against a bare Scrapy spider that only fetches the homepage."""

from collections.abc import Iterator
from statistics import median

from benchmarks.crawls import Kind, crawl
from benchmarks.row import Row, Target
from benchmarks.stage import Stage

BARE, BARE_TLS = Kind("bare"), Kind("bare", "https")
RECORDING, RECORDING_TLS = Kind("recording"), Kind("recording", "https")
EXTRACTING = Kind("extracting")
COMPARED = (
    (
        "cpu_per_domain",
        RECORDING,
        BARE,
        Target(1.0),
        "robots.txt, homepage, pipeline and job record, over http; without extraction",
    ),
    (
        "cpu_per_domain_https",
        RECORDING_TLS,
        BARE_TLS,
        None,
        "the same over https, so with TLS handshakes on both sides",
    ),
    (
        "cpu_per_domain_extracting",
        EXTRACTING,
        BARE,
        None,
        "the whole of a visit over http, with extraction",
    ),
)


def cpu(stage: Stage) -> Iterator[Row]:
    """Milliseconds of the crawl's process, from the difference between two sizes of a crawl."""
    kinds = list(dict.fromkeys(kind for _, *pair, _, _ in COMPARED for kind in pair))
    taken: dict[Kind, list[float]] = {kind: [] for kind in kinds}
    for number in range(stage.sizes.rounds):
        # Forth and back: whatever warms up or tires meanwhile favours neither.
        for kind in kinds if number % 2 == 0 else kinds[::-1]:
            taken[kind].append(_per_domain(stage, kind))
    for name, ours, theirs, target, meaning in COMPARED:
        pairs = zip(taken[ours], taken[theirs], strict=True)
        yield Row(
            name=name,
            value=median(taken[ours]),
            unit="ms",
            meaning=f"CPU of the crawl's process a domain: {meaning}",
            baseline=median(taken[theirs]),
            baseline_name="bare spider, homepage only",
            paired=median(our / their for our, their in pairs),
            target=target,
        )


def _per_domain(stage: Stage, kind: Kind) -> float:
    small, large = stage.sizes.slope
    seconds = crawl(stage, kind, large).cpu - crawl(stage, kind, small).cpu
    return seconds * 1000 / (large - small)
