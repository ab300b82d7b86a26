"""What a site is built with, by the rules of `fingerprints.py`."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from scrapersky.extract.fingerprints import Check, Rule, Rules, load_rules
from scrapersky.extract.page import Page
from scrapersky.extract.patterns import expand
from scrapersky.extract.surfaces import Surfaces
from scrapersky.extract.text import clean_text

MAX_VERSION = 40
MAX_THEME = 80
_MIN_PERCENT = 50  # less is a hint that needs another
_MAX_MATCHES = 50  # of one pattern

_SYSTEMS = frozenset({"CMS", "Shop", "Site builder", "Blog", "Forum", "Wiki", "Learning platform"})

# The surer first: a version in a meta element is the product's own, one in a URL often a part's.
_SOURCES = {
    "meta": "meta",
    "headers": "header",
    "cookies": "cookie",
    "html": "html",
    "class": "html",
    "text": "text",
    "scripts": "script",
    "scriptSrc": "script",
    "link": "link",
    "ownUrl": "url",
    "frameSrc": "frame",
    "url": "url",
}
_WHOLE = frozenset({"class", "text", "scripts"})  # no list of short values
_ORDER = list(_SOURCES)
_RANKS = {surface: rank for rank, surface in enumerate(_ORDER)}


@dataclass(slots=True, frozen=True, kw_only=True)
class Technology:
    """A product, library or service that the page shows signs of."""

    name: str
    categories: tuple[str, ...]
    version: str | None = None
    theme: str | None = None
    "The theme or template, where the system names it: WordPress, Shopify, Joomla, …"
    source: str
    "The surest sign: meta, header, cookie, html, text, script, link, url, frame or implied."
    confidence: float
    "0 to 1, as the rule says."


@dataclass(slots=True)
class _Signs:
    """What speaks for one technology."""

    percent: int = 0
    rank: int = len(_SOURCES)
    versions: Counter[tuple[int, str]] = field(default_factory=Counter)
    "By the rank of the sign that says so."
    themes: Counter[str] = field(default_factory=Counter)


def technologies(page: Page, rules: Rules | None = None) -> list[Technology]:
    """What the page is built with, by name; the bundled rules unless others are given."""
    rules = rules or load_rules()
    signs: dict[str, _Signs] = {}
    for check, matches in _matches(Surfaces(page), rules):
        if matches:
            _note(signs.setdefault(check.rule, _Signs()), check, matches)
    found = {
        name: _technology(rules.by_name[name], signs.get(name, _Signs()), percent)
        for name, percent in _resolved(signs, rules).items()
    }
    own = (_with_own_version(technology, found, rules) for technology in found.values())
    return sorted(own, key=lambda technology: (technology.name.lower(), technology.name))


def _with_own_version(
    technology: Technology, found: dict[str, Technology], rules: Rules
) -> Technology:
    """Without a version that is the host system's.

    WordPress gives its own to every script of a plug-in that says none
    (https://developer.wordpress.org/reference/functions/wp_enqueue_script/).
    """
    hosts = (found[name] for name, _ in rules.by_name[technology.name].implies if name in found)
    if technology.version and any(host.version == technology.version for host in hosts):
        return replace(technology, version=None)
    return technology


def cms(found: list[Technology]) -> Technology | None:
    """The one system among them that the site is built with: CMS, shop, site builder or the like.

    The surest; of equals the one that names itself, then a CMS before a shop.
    """
    systems = [technology for technology in found if _SYSTEMS & set(technology.categories)]
    return min(systems, key=_preference, default=None)


def _preference(technology: Technology) -> tuple[float, int, bool, str]:
    sources = [*dict.fromkeys(_SOURCES.values()), "implied"]
    is_other = "CMS" not in technology.categories
    return -technology.confidence, sources.index(technology.source), is_other, technology.name


# --- one page ---------------------------------------------------------------------------------


def _matches(surfaces: Surfaces, rules: Rules) -> Iterator[tuple[Check, list[re.Match[bytes]]]]:
    text, lowered = surfaces.value("html")
    candidates: dict[Check, list[int]] = {}
    for index, places in sorted(rules.literals_in(lowered).items()):
        for check in rules.by_literal[index]:
            candidates.setdefault(check, []).extend(places)
    for check, places in candidates.items():
        if check.surface == "html":
            match = check.pattern.search_at(text, sorted(places))
            yield check, [match] if match else []
        else:
            yield check, _found(check, surfaces)
    for surface, key in surfaces.named():
        for check in rules.by_key.get((surface, key), ()):
            yield check, _found(check, surfaces)


def _found(check: Check, surfaces: Surfaces) -> list[re.Match[bytes]]:
    """The first match; all of them where there is more to be read from each."""
    value = surfaces.value(check.surface, check.key)
    if check.surface in _WHOLE:
        match = check.pattern.search(*value)
        return [match] if match else []
    limit = _MAX_MATCHES if check.pattern.version or check.pattern.theme else 1
    return list(islice(check.pattern.in_lines(*value), limit))


def _note(signs: _Signs, check: Check, matches: list[re.Match[bytes]]) -> None:
    pattern, rank = check.pattern, _RANKS[check.surface]
    signs.percent = min(signs.percent + pattern.confidence, 100)
    signs.rank = min(signs.rank, rank)
    for match in matches:
        version, theme = expand(pattern.version, match), expand(pattern.theme, match)
        if version:
            signs.versions[rank, clean_text(version, MAX_VERSION)] += 1
        if theme:
            signs.themes[clean_text(theme, MAX_THEME)] += 1


def _technology(rule: Rule, signs: _Signs, percent: int) -> Technology:
    return Technology(
        name=rule.name,
        categories=rule.categories,
        version=_version(signs.versions),
        theme=_theme(signs.themes),
        source=_SOURCES[_ORDER[signs.rank]] if signs.rank < len(_ORDER) else "implied",
        confidence=percent / 100,
    )


def _version(versions: Counter[tuple[int, str]]) -> str | None:
    """By the surest sign; of several the most frequent, since libraries in a plug-in are rarer."""
    best = min(versions, key=lambda v: (v[0], -versions[v], -len(v[1]), v[1]), default=None)
    return best and best[1]


def _theme(themes: Counter[str]) -> str | None:
    """The child where a theme stands beside its parent (`x-child`, `x`), else the most frequent."""
    names = sorted(themes, key=lambda name: (-themes[name], name))
    if not names:
        return None
    return next((name for name in names if name.startswith(f"{names[0]}-")), names[0])


# --- how technologies bear on one another -----------------------------------------------------


def _resolved(signs: dict[str, _Signs], rules: Rules) -> dict[str, int]:
    """Percent by name, with what is implied, without what is excluded or lacks what it requires."""
    base = {name: sign.percent for name, sign in signs.items() if sign.percent >= _MIN_PERCENT}
    excluded = {other for name in base for other in rules.by_name[name].excludes}
    base = {name: percent for name, percent in base.items() if name not in excluded}
    while True:
        closed = _with_implied(base, rules)
        lacking = {name for name in base if not closed.keys() >= set(rules.by_name[name].requires)}
        if not lacking:
            return closed
        base = {name: percent for name, percent in base.items() if name not in lacking}


def _with_implied(base: dict[str, int], rules: Rules) -> dict[str, int]:
    closed = dict(base)
    waiting = list(base)
    while waiting:
        name = waiting.pop()
        for other, share in rules.by_name[name].implies:
            percent = closed[name] * share // 100
            if percent >= _MIN_PERCENT and percent > closed.get(other, 0):
                closed[other] = percent
                waiting.append(other)
    return closed
