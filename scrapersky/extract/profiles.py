"""The owner's social profiles, told from those of others that a page links to."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import cast
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from scrapersky.extract.contact import Profile
from scrapersky.extract.metas import first
from scrapersky.extract.owner import described_objects
from scrapersky.extract.page import Page
from scrapersky.extract.profile_candidate import MAX_LINKS, MESSENGERS, Candidate, weighed
from scrapersky.extract.profile_links import linked_profiles
from scrapersky.extract.site_names import SiteNames, site_names
from scrapersky.extract.social import SocialProfile, profile

_MAX_HINTS = 50
_MOST = 3
"""Profiles at one network that a page of one owner has, where no name tells whose they are."""

_ENOUGH = 2
_SURE = 5

_HANDLE = re.compile(r"@\w{1,15}")
_WIDGETS = etree.XPath(
    "//*[starts-with(@class, 'fb-')]/@data-href | "
    "//*[local-name()='fb:like-box' or local-name()='fb:page']/@href",
    smart_strings=False,
)
_HAS_WIDGETS = re.compile(r"fb-(?:page|like|follow)|fb:(?:like|page)")
_ACCOUNT = re.compile(r'"profileUrl"\s{0,4}:\s{0,4}"(https?:[^"\s]{4,300})"')
_PLUGIN = re.compile(
    r"facebook\.com/(?:v\d{1,2}\.\d{1,2}/)?plugins/(?:likebox|page|fan|follow)\.php\?"
)


def profiles(page: Page) -> list[Profile]:
    """The owner's profiles, each once, the best first.

    What speaks for the owner: a name like the site's; a place in header, footer or a list of
    icons; a label that names the network. Against: a place among comments, authors, partners,
    testimonials or in an article. `sameAs` of the page's organisation is its own word. A profile
    that only a `meta` element or a widget names counts when its name is like the site's and no link
    leads to another at that network.
    """
    names = site_names(page)
    found: dict[str, Candidate] = {}
    for candidate in linked_profiles(page, names):
        _add(found, candidate)
    for candidate in islice(_same_as(page, names), MAX_LINKS):
        _add(found, candidate)
    for candidate in islice(_hints(page, names), _MAX_HINTS):
        _add_hint(found, candidate)
    chosen = sorted(_chosen(list(found.values())), key=lambda candidate: -candidate.score)
    return [_contact(candidate) for candidate in chosen]


def _add(found: dict[str, Candidate], candidate: Candidate) -> None:
    known = found.setdefault(candidate.profile.url.lower(), candidate)
    if known is candidate:
        return
    known.times += 1
    if known.times == 3:
        known.score += 1
    if candidate.score > known.score:
        known.score, known.raw, known.source = candidate.score, candidate.raw, candidate.source


def _add_hint(found: dict[str, Candidate], hint: Candidate) -> None:
    known = found.get(hint.profile.url.lower())
    if known is not None:
        known.score += 2
    elif hint.own_name and all(
        candidate.profile.network != hint.profile.network or candidate.score < _ENOUGH
        for candidate in found.values()
    ):
        found[hint.profile.url.lower()] = hint


def _same_as(page: Page, names: SiteNames) -> Iterator[Candidate]:
    for owned, described in described_objects(page):
        urls = described.get("sameAs")
        for url in urls if isinstance(urls, list) else [urls]:
            if not isinstance(url, str):
                continue
            found = profile(url if "//" in url[:10] else f"https://{url}")
            candidate = weighed(found, url, "sameAs", 6, names) if found else None
            if candidate and (owned or candidate.own_name):
                yield candidate


def _hints(page: Page, names: SiteNames) -> Iterator[Candidate]:
    """What a page says of itself where no visitor sees it."""
    for found, raw, source in _hinted(page):
        candidate = weighed(found, raw, source, 0, names) if found else None
        if candidate:
            yield candidate


def _hinted(page: Page) -> Iterator[tuple[SocialProfile | None, str, str]]:
    site = (first(page.metas, "twitter:site") or "").strip()
    if _HANDLE.fullmatch(site):
        yield profile(f"https://x.com/{site[1:]}"), site, "meta"
    publisher = first(page.metas, "article:publisher") or ""
    yield profile(publisher), publisher, "meta"
    for source in page.sources:
        if "facebook.com" in source[:60] and _PLUGIN.search(source[:100]):
            url = _parameter(source, "href")
            yield profile(url), url, "widget"
    widgets: list[str] = []
    if _HAS_WIDGETS.search(page.source):
        widgets = cast("list[str]", _WIDGETS(page.tree))
    for url in widgets[:MAX_LINKS]:
        yield profile(url), url, "widget"
    if "SQUARESPACE_CONTEXT" in page.source:
        for account in islice(_ACCOUNT.finditer(page.source), MAX_LINKS):
            yield profile(account[1]), account[1], "script"


def _parameter(url: str, name: str) -> str:
    try:
        query = urlsplit(url.replace("&amp;", "&")).query
        return parse_qs(query, max_num_fields=50).get(name, [""])[0]
    except ValueError:
        return ""


def _chosen(candidates: list[Candidate]) -> Iterator[Candidate]:
    by_network: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.score >= _ENOUGH:
            by_network.setdefault(candidate.profile.network, []).append(candidate)
    for network, group in by_network.items():
        yield from group if network in MESSENGERS else _of_one_network(group)


def _of_one_network(group: list[Candidate]) -> list[Candidate]:
    """Those by name and those without any name; else the best, if they are not a list of many."""
    if len(group) == 1:
        return group
    own = [candidate for candidate in group if candidate.own_name]
    if own:
        return [one for one in group if one.own_name or (_nameless(one) and one.score > _SURE)]
    if len(group) > _MOST:
        return []
    best = max(candidate.score for candidate in group)
    return [candidate for candidate in group if candidate.score == best]


def _nameless(candidate: Candidate) -> bool:
    """A number or a key for a handle."""
    handle = candidate.profile.handle
    return handle.isdigit() or (len(handle) == 24 and handle.startswith("UC"))


def _contact(candidate: Candidate) -> Profile:
    return Profile(
        value=candidate.profile.url,
        raw=candidate.raw,
        source=candidate.source,
        confidence=_confidence(candidate.score),
        network=candidate.profile.network,
        handle=candidate.profile.handle,
    )


def _confidence(score: int) -> float:
    return 0.97 if score > _SURE else 0.9 if score > _ENOUGH + 1 else 0.75
