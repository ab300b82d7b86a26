"""The name of the company or person whose site it is."""

from dataclasses import dataclass, field

from scrapersky.extract.company_names import bare, fold, has_legal_form
from scrapersky.extract.found import Found
from scrapersky.extract.name_candidate import Candidate
from scrapersky.extract.name_candidates import candidates, site_labels
from scrapersky.extract.page import Page
from scrapersky.extract.text import clean_text
from scrapersky.extract.title_names import page_titles

_LIMIT = 200
_LEAST = 0.4
"""Below this, one weak hint is all there is."""
_WHOLE = {"copyright", "legal form", "json-ld", "microdata", "hcard", "og:site_name"}
"""Sources that write a name in full."""


@dataclass(slots=True)
class _Name:
    """One name in all its spellings."""

    words: str
    spellings: dict[str, float] = field(default_factory=dict)
    sources: dict[str, float] = field(default_factory=dict)

    def add(self, candidate: Candidate) -> None:
        self.spellings[candidate.name] = self.spellings.get(candidate.name, 0) + candidate.weight
        known = self.sources.get(candidate.source, 0)
        self.sources[candidate.source] = max(known, candidate.weight)

    @property
    def weight(self) -> float:
        return sum(self.sources.values())


def organization(page: Page) -> Found | None:
    """The owner's name as the page writes it, or None when nothing says it twice.

    What structured data, the copyright line, the logo, the title and the text give for a name is
    weighed by how much of it agrees with each other and with the domain.
    """
    names = _grouped(candidates(page))
    if not names:
        return None
    labels, title = site_labels(page), fold(" ".join(page_titles(page)))
    scores = {key: _score(name, names, labels, title) for key, name in names.items()}
    best = _whole(max(names, key=scores.__getitem__), names, scores)
    if scores[best] < _LEAST:
        return None
    name = names[best]
    source = max(name.sources, key=lambda key: (name.sources[key], key))
    confidence = round(min(0.95, 0.3 + 0.3 * scores[best]), 2)
    return Found(value=clean_text(_spelling(name), _LIMIT), source=source, confidence=confidence)


def _grouped(found: list[Candidate]) -> dict[str, _Name]:
    names: dict[str, _Name] = {}
    for candidate in found:
        words = bare(candidate.name)
        key = words.replace(" ", "")
        if key:
            names.setdefault(key, _Name(words)).add(candidate)
    return names


def _score(name: _Name, names: dict[str, _Name], labels: list[str], title: str) -> float:
    score = name.weight + max((_affinity(name.words, label) for label in labels), default=0.0)
    if f" {name.words} " in f" {title} ":
        score += 0.2
    return score + sum(_support(name, other) for other in names.values() if other is not name)


def _whole(best: str, names: dict[str, _Name], scores: dict[str, float]) -> str:
    """Words that only the domain makes a name are the beginning of one that stands elsewhere."""
    if set(names[best].sources) != {"domain"}:
        return best
    begin = names[best].words + " "
    longer = [key for key in names if names[key].words.startswith(begin) and _is_told(names[key])]
    return max(longer, key=lambda key: (scores[key], key), default=best)


def _is_told(name: _Name) -> bool:
    return any(weight >= 0.3 for source, weight in name.sources.items() if source in _WHOLE)


def _support(name: _Name, other: _Name) -> float:
    """A longer or shorter form of the same name speaks for it, less than the name itself."""
    mine, its = name.words.split(), other.words.split()
    if len(mine) < len(its) and its[: len(mine)] == mine:
        return 0.3 * min(other.weight, 1.0)
    if len(its) < len(mine) and mine[: len(its)] == its:
        return 0.2 * min(other.weight, 1.0)
    if len(mine) > 2 and other.words == "".join(word[0] for word in mine):
        return 0.5 * min(other.weight, 1.0)
    return 0.0


def _affinity(words: str, label: str) -> float:
    """How much a name looks like a domain's, 0 to 0.8."""
    label = fold(label).replace(" ", "")
    name = words.replace(" ", "")
    short = name.removeprefix("the")
    if label in {name, short, name.replace("and", "")}:
        return 0.8
    initials = "".join(word[0] for word in words.split())
    if len(initials) > 2 and label in {initials, initials.replace("a", "")}:
        return 0.6
    if _begins_with(words.split(), label):
        return 0.7 if len(words) <= 1.7 * len(label) + 12 else 0.45
    if len(name) > 3 and (label.startswith(short) or short.startswith(label)):
        return 0.55 if min(len(label), len(short)) > 3 else 0.3
    return _overlap(words.split(), label)


def _overlap(words: list[str], label: str) -> float:
    """How much of a domain's name the words of a name, or their initials, make up."""
    covered = sum(len(word) for word in words if len(word) > 2 and word in label)
    short = "".join(words).removeprefix("the")
    if covered >= 0.7 * len(label) or (len(short) > 4 and short in label):
        return 0.45
    if len(words) > 2 and label.startswith("".join(word[0] for word in words)):
        return 0.4
    return 0.2 if covered > 3 else 0.0


def _begins_with(tokens: list[str], label: str) -> bool:
    """Whether the first words, written together, are the label: `rye` of "Rye Bread and Cakes"."""
    joined = ""
    for token in tokens:
        joined += token
        if len(joined) >= len(label):
            return joined == label
    return False


def _spelling(name: _Name) -> str:
    """The best supported one; among equals, with its legal form and not in capitals throughout."""
    return max(
        name.spellings,
        key=lambda text: (
            name.spellings[text] - 0.3 * (text.isupper() or text.islower()),
            has_legal_form(text),
            -len(text),
            text,
        ),
    )
