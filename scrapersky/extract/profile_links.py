"""What leads a visitor of a page to profiles, weighed by where it stands and what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.link_label import LinkLabel, link_label
from scrapersky.extract.page import Page
from scrapersky.extract.profile_candidate import MAX_LINKS, MESSENGERS, Candidate, weighed
from scrapersky.extract.site_names import SiteNames
from scrapersky.extract.social import SocialProfile, federated_profile, profile
from scrapersky.extract.surroundings import Surroundings, surroundings
from scrapersky.extract.urls import host_of, within

_ONCLICK = re.compile(r"""['"]((?:https?:)?//[^'"\s]{4,300})['"]""")
_CLICKED = etree.XPath("//@onclick[contains(., '//')]/..")
_REVIEWS = frozenset({"tripadvisor", "trustpilot", "yelp", "foursquare", "houzz", "kununu"})


@dataclass(slots=True, kw_only=True)
class _Link:
    profile: SocialProfile
    raw: str
    source: str
    element: HtmlElement
    label: LinkLabel
    blocks: list[HtmlElement]


def linked_profiles(page: Page, names: SiteNames) -> Iterator[Candidate]:
    """Of everything that leads a visitor to a profile, in document order."""
    links = list(islice(_network_links(page), MAX_LINKS))
    blocks = _blocks(links)
    for link in links:
        around = surroundings(link.element)
        score = _points(link, around) + 2 * _is_among_icons(link, blocks)
        candidate = weighed(link.profile, link.raw, link.source, score, names)
        if candidate is None:
            continue
        if around.others and link.profile.network not in _REVIEWS:
            candidate.score -= 1 if candidate.own_name else 4
        yield candidate


def _points(link: _Link, around: Surroundings) -> int:
    label = link.label
    says = 2 * label.names_network + (label.iconic or label.inviting)
    place = 2 * around.social + around.frame - around.content
    related = "me" in (link.element.get("rel") or "").split()
    return says + place + related + 2 * (link.profile.network in MESSENGERS)


def _is_among_icons(link: _Link, blocks: dict[HtmlElement, set[str]]) -> bool:
    """Whether it stands beside icons of other networks."""
    return link.label.iconic and any(len(blocks[block]) > 1 for block in link.blocks)


def _network_links(page: Page) -> Iterator[_Link]:
    for element in page.tree.iter("a", "area"):
        href = element.get("href") or ""
        if "//" in href[:10]:
            found = profile(href) or _federated(element, href)
            if found and not within(host_of(href), page.host or "."):
                yield _link(element, found, href, "link")
    if b"onclick" not in page.lowered:
        return
    for element in cast("list[HtmlElement]", _CLICKED(page.tree)):
        match = _ONCLICK.search((element.get("onclick") or "")[:1_000])
        found = profile(match[1]) if match else None
        if match and found:
            yield _link(element, found, match[1], "onclick")


def _link(element: HtmlElement, found: SocialProfile, raw: str, source: str) -> _Link:
    return _Link(
        profile=found,
        raw=raw,
        source=source,
        element=element,
        label=link_label(element, found.network),
        blocks=list(islice(element.iterancestors(), 3)),
    )


def _federated(element: HtmlElement, href: str) -> SocialProfile | None:
    if "/@" not in href and "/users/" not in href:
        return None
    if "me" in (element.get("rel") or "").split() or link_label(element, "mastodon").names_network:
        return federated_profile(href)
    return None


def _blocks(links: list[_Link]) -> dict[HtmlElement, set[str]]:
    """The networks that icons lead to, by the elements that hold the icons."""
    blocks: dict[HtmlElement, set[str]] = {}
    for link in links:
        for block in link.blocks:
            networks = blocks.setdefault(block, set())
            if link.label.iconic:
                networks.add(link.profile.network)
    return blocks
