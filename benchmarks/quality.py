"""How right extraction is: `python -m benchmarks.quality --corpus FOLDER [--errors]`.

The folder holds saved pages with their truth: `homepages/` (`index.tsv`, `labels.jsonl`, `pages/`
and a `score.py` that takes a file of predictions) and `contacts-annotated/` (pages in which people
marked the contacts). It is not part of the project.
"""

import argparse
import csv
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks.annotated import Annotated, annotated_pages
from scrapersky.cli.extract import page_address
from scrapersky.extract.addresses import addresses
from scrapersky.extract.company_names import bare
from scrapersky.extract.organization import organization
from scrapersky.extract.page import parse_page
from scrapersky.extract.record import record

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
_ZIP = re.compile(r"\D{0,4}(\d{5})(?:-\d{4})?\.?")
_EXTENSION = re.compile(r"(?:ext|extension|x|#|durchwahl)\W{0,3}\d{1,6}\W*\Z", re.IGNORECASE)
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


@dataclass(slots=True)
class Score:
    """Right, wrong and missing finds of one field."""

    name: str
    right: int = 0
    wrong: int = 0
    missing: int = 0
    errors: list[str] = field(default_factory=list)

    def count(self, page: str, found: set[str], truth: set[str], right: set[str]) -> None:
        """Count one page. `right`: those of the truth that were found."""
        self.right += len(right)
        self.wrong += len(found)
        self.missing += len(truth - right)
        if found or truth - right:
            self.errors.append(f"{page}: wrong {sorted(found)}, missing {sorted(truth - right)}")

    def __str__(self) -> str:
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.missing, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        return (
            f"{self.name:14} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"
            f"  right {self.right} wrong {self.wrong} missing {self.missing}"
        )


def main() -> None:
    """Prints a line a field; with `--errors` what was wrong and what was missing, page by page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help=f"default: {CORPUS}")
    parser.add_argument("--errors", action="store_true")
    arguments = parser.parse_args()
    if not arguments.corpus.is_dir():
        sys.exit(f"Error: there is no corpus at {arguments.corpus}.")
    index = _index(arguments.corpus / "homepages")
    _homepages(arguments.corpus / "homepages", index, errors=arguments.errors)
    _annotated(arguments.corpus / "contacts-annotated", index, errors=arguments.errors)


def _index(folder: Path) -> dict[str, str]:
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as rows:
        return {row["file"]: row["url"] for row in csv.DictReader(rows, delimiter="\t")}


def _homepages(folder: Path, index: dict[str, str], *, errors: bool) -> None:
    """The labelled homepages, by the corpus' own program; once more only those after 2014."""
    lines = (folder / "labels.jsonl").read_bytes().splitlines()
    files = [orjson.loads(line)["file"] for line in lines]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as predictions:
        for file in files:
            body = (folder / "pages" / file).read_bytes()
            predictions.write(orjson.dumps(_prediction(file, body, index[file])) + b"\n")
        predictions.flush()
        for options in (["--errors"] if errors else [], ["--era", "modern"]):
            print(f"Labelled homepages {' '.join(options)}", flush=True)
            score = [sys.executable, str(folder / "score.py"), predictions.name, *options]
            subprocess.run(score, check=True)


def _prediction(file: str, body: bytes, url: str) -> dict[str, object]:
    began = time.process_time()
    found = record(parse_page(body, url=page_address(url, body), content_type=None))
    return {**found, "file": file, "ms": (time.process_time() - began) * 1000}


def _annotated(folder: Path, index: dict[str, str], *, errors: bool) -> None:
    pages = list(annotated_pages(folder, index))
    print(f"\nAnnotated contact pages ({len(pages)})")
    for name, count in _FIELDS.items():
        score = Score(name)
        for page in pages:
            count(score, page)
        print(score)
        for error in score.errors if errors else []:
            print("   ", error)


def _phones(score: Score, page: Annotated) -> None:
    """Equal when the last eight digits are, as in `score.py`; a fax is neither right nor wrong."""
    found = {digits.lstrip("+") for digits in record(page.page)["phones"]}
    truth = {text for text in page.marked.get("TEL", []) if _readings(text)}
    faxes = {text for text in page.marked.get("FAX", []) if _readings(text)}
    right = {text for text in truth if any(_same(text, phone) for phone in found)}
    wrong = {phone for phone in found if not any(_same(text, phone) for text in truth | faxes)}
    score.count(page.name, wrong, truth, right)


def _readings(text: str) -> set[str]:
    """The digits of a marked number; of 555-BREAD (27323) the letters' and those that explain."""
    text = _EXTENSION.sub("", text).replace("(0)", "").upper()
    text = re.sub(r"\A\W*[A-Z]+\W", "", text)
    letters = re.sub(r"\(?\d{4,7}\)?\W*\Z", "", text) if re.search(r"[A-Z]{3}", text) else text
    readings = (letters.translate(_KEYS), re.sub(r"[A-Z]", "", text))
    digits = (re.sub(r"\D", "", reading).lstrip("0") for reading in readings)
    return {number for number in digits if len(number) > 6}


def _same(text: str, phone: str) -> bool:
    return any(phone.endswith(number[-8:]) for number in _readings(text))


def _emails(score: Score, page: Annotated) -> None:
    # On most pages nobody marked them; an address behind a link is no less right than a text.
    truth = {text.lower().strip(" .<>") for text in page.marked.get("EMAIL", []) if "@" in text}
    found = set(record(page.page)["emails"]) if truth else set()
    shown = {email for email in found if email in page.page.text.lower()}
    score.count(page.name, shown - truth, truth, truth & found)


def _organization(score: Score, page: Annotated) -> None:
    """Equal but for case, punctuation, blanks, a leading "the" and the legal form."""
    marked = page.marked.get("ORG")
    if not marked:
        return
    found = organization(page.page)
    names = {_name(text) for text in marked}
    if found and _name(found.value) in names:
        score.count(page.name, set(), {found.value}, {found.value})
    else:
        score.count(page.name, {found.value} if found else set(), {marked[0]}, set())


def _name(text: str) -> str:
    return bare(text.replace("&amp;", "&")).removeprefix("the ").replace(" ", "")


def _zips(score: Score, page: Annotated) -> None:
    """ZIP codes of the United States, by their first five digits."""
    marked = (_ZIP.fullmatch(text) for text in page.marked.get("ZIPCODE", []))
    truth = {match[1] for match in marked if match}
    found = {
        address.postal_code[:5]
        for address in addresses(page.page)
        if address.country == "US" and address.postal_code
    }
    score.count(page.name, found - truth, truth, truth & found)


_FIELDS: dict[str, Callable[[Score, Annotated], None]] = {
    "phones": _phones,
    "emails": _emails,
    "organization": _organization,
    "US ZIP codes": _zips,
}


if __name__ == "__main__":
    main()
