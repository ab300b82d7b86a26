"""`python -m benchmarks.mutations`: extraction over broken pages, none of which may raise.

The pages of the corpus, or generated ones, each cut off, spliced with another, with bytes turned,
runs repeated, tags torn. Seeded: the same number gives the same pages. A test runs a few of them.
"""

import argparse
import random
import sys
import time
import traceback
from collections.abc import Iterator, Sequence

from benchmarks.pages import SavedPage, saved_pages
from scrapersky.extract.page import parse_page
from scrapersky.extract.record import record

SPLINTERS = (
    b"<",
    b">",
    b"&",
    b"@",
    b"&#",
    b"\x00",
    b"\xff\xfe",
    b"]]>",
    b"<!--",
    b"-->",
    b"</script>",
    b"<script type='application/ld+json'>{",
    b"mailto:",
    b"tel:+",
    b"data-cfemail='",
    b"%",
    b"\\u",
    b"<div itemscope itemprop=x>",
    b"{" * 50,
    b"<table><tr><td>" * 20,
    b"(at)",
    b"\xe2\x80\x8b" * 9,
    b"<base href='//['>",
    b"href='http://[::1'",
    b"+49 (0",
    b"1-" * 40,
    b"<font>" * 300,
)
CONTENT_TYPES = (
    None,
    "text/html; charset=utf-8",
    "text/html; charset=utf-16",
    "text/html;charset=x",
)


def mutated(pages: Sequence[SavedPage], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many broken pages, each with how it came about."""
    source = random.Random(seed)  # noqa: S311 - nothing is secret about it
    for number in range(count):
        page = source.choice(pages)
        body = page.body[:400_000]
        for _ in range(source.randint(1, 6)):
            body = _mutation(source, body, pages)
        yield f"{seed}:{number} of {page.name}", body[:600_000]


def _mutation(source: random.Random, body: bytes, pages: Sequence[SavedPage]) -> bytes:
    start, end = sorted(source.randint(0, len(body)) for _ in range(2))
    kind = source.randrange(6)
    if kind == 0:
        return body[:end]
    if kind == 1:
        return body[:start] + body[end:]
    if kind == 2:
        return body[:start] + source.choice(pages).body[start:end] + body[start:]
    if kind == 3:
        return (
            body[:end] + body[start : min(end, start + 2_000)] * source.randint(1, 5) + body[end:]
        )
    if kind == 4:
        turned = bytearray(body)
        for _ in range(min(len(turned), source.randint(1, 200))):
            turned[source.randrange(len(turned))] = source.randrange(256)
        return bytes(turned)
    return body[:start] + source.choice(SPLINTERS) * source.randint(1, 4) + body[start:]


def failures(
    pages: Sequence[SavedPage], count: int, seed: int
) -> Iterator[tuple[str, str | None, float]]:
    """Each broken page with the traceback that it caused, or None, and its CPU seconds."""
    source = random.Random(seed)  # noqa: S311 - the same
    for name, body in mutated(pages, count, seed):
        began = time.process_time()
        raised = None
        try:
            url = source.choice(pages).url
            record(parse_page(body, url=url, content_type=source.choice(CONTENT_TYPES)))
        except Exception:  # noqa: BLE001 - that there is none is what is tried
            raised = traceback.format_exc()
        yield name, raised, time.process_time() - began


def main() -> None:
    """Leaves with status 1 where something raised."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    what, pages = saved_pages()
    raised = 0
    slowest = (0.0, "")
    for number, (name, error, seconds) in enumerate(
        failures(pages, arguments.count, arguments.seed), 1
    ):
        slowest = max(slowest, (seconds, name))
        if error is not None:
            raised += 1
            sys.stderr.write(f"{name}\n{error}\n")
        if number % 500 == 0:
            sys.stderr.write(f"{number:,} pages, {raised} exceptions\n")
    sys.stdout.write(
        f"{arguments.count:,} broken copies of {len(pages)} {what} (seed {arguments.seed}):"
        f" {raised} exceptions; the slowest took {slowest[0] * 1000:.0f} ms ({slowest[1]})\n"
    )
    sys.exit(1 if raised else 0)


if __name__ == "__main__":
    main()
