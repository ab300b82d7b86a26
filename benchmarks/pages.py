"""Pages to extract from: the corpus where it lies beside the project, else the generated web's."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.web import homepage
from scrapersky.demo.load import VARIANTS

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page as it came, or as somebody saved it."""

    name: str
    url: str
    body: bytes


def saved_pages(corpus: Path = CORPUS) -> tuple[str, Sequence[SavedPage]]:
    """What they are, for people; and the pages."""
    index = corpus / "homepages" / "index.tsv"
    if not index.exists():
        generated = [
            SavedPage(f"d{number}", f"https://d{number}.load.test/", homepage(number)[0])
            for number in range(VARIANTS)
        ]
        return "generated homepages", generated
    with index.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    folder = index.parent / "pages"
    pages = [
        SavedPage(row["file"], row["url"], (folder / row["file"]).read_bytes()) for row in rows
    ]
    return "saved homepages", pages
