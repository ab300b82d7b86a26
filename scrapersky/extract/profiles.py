"""The owner's social profiles, told from those of others that a page links to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.contact import MAX_RAW, Profile
from scrapersky.extract.link_label import LinkLabel, link_label
from scrapersky.extract.metas import first
from scrapersky.extract.owner import described_objects
from scrapersky.extract.page import Page
from scrapersky.extract.site_names import SiteNames, site_names, squeezed
from scrapersky.extract.social import SocialProfile, federated_profile, profile
from scrapersky.extract.surroundings import surroundings
from scrapersky.extract.text import clean_text
from scrapersky.extract.urls import host_of, within
from scrapersky.extract.words import words

_MAX_LINKS = 400
"""Links to networks that are looked at; a page with more is a directory."""
_MAX_HINTS = 50
_MOST = 3
"""Profiles at one network that a page of one owner has, where no name tells whose they are."""

_ENOUGH = 2
_SURE = 5

_ONCLICK = re.compile(r"""['"]((?:https?:)?//[^'"\s]{4,300})['"]""")
_HANDLE = re.compile(r"@\w{1,15}")
_CLICKED = etree.XPath("//*[contains(@onclick, '//')]")
_WIDGETS = etree.XPath(
    "//*[@class='fb-page' or @class='fb-like-box' or @class='fb-like' or @class='fb-follow']"
    "/@data-href | //*[local-name()='fb:like-box' or local-name()='fb:page']/@href",
    smart_strings=False,
)
_HAS_WIDGETS = re.compile(r"fb-(?:page|like|follow)|fb:(?:like|page)")
_ACCOUNT = re.compile(r'"profileUrl"\s{0,4}:\s{0,4}"(https?:[^"\s]{4,300})"')
_PLUGIN = re.compile(
    r"facebook\.com/(?:v\d{1,2}\.\d{1,2}/)?plugins/(?:likebox|page|fan|follow)\.php\?"
)
# What themes and builders put where the owner's name should be, and their makers' own profiles.
_LEFTOVERS = words(
    "account companyname elegantthemes elementor envato example facebookname joomla mypage "
    "myusername name page pagename profile shopify squarespace themeforest user username "
    "webflow wix wordpress wordpressdotcom wordpresscom yourcompany yourhandle yourname "
    "yourpage youraccount yourbrand yourprofile yourusername yourchannel yourid xxxx xxxxx "
    "xxxxxx prestashop drupal weebly jimdo bigcommerce godaddy magento automattic"
)
_MESSENGERS = frozenset({"whatsapp", "messenger", "viber", "line", "kakaotalk", "zalo"})
_REVIEWS = frozenset({"tripadvisor", "trustpilot", "yelp", "foursquare", "houzz", "kununu"})


@dataclass(slots=True, kw_only=True)
class _Link:
    profile: SocialProfile
    raw: str
    source: str
    element: HtmlElement
    label: LinkLabel
    blocks: list[HtmlElement]


@dataclass(slots=True, kw_only=True)
class _Candidate:
    profile: SocialProfile
    raw: str
    source: str
    own_name: bool
    "Whether the handle is like the site's name."
    score: int
    times: int = 1


def profiles(page: Page) -> list[Profile]:
    """The owner's profiles, each once, the best first.

    What speaks for the owner: a name like the site's; a place in header, footer or a list of
    icons; a label that names the network. Against: a place among comments, authors, partners,
    testimonials or in an article. `sameAs` of the page's organisation is its own word. A profile
    that only a `meta` element or a widget names counts when its name is like the site's and no link
    leads to another at that network.
    """
    names = site_names(page)
    found: dict[str, _Candidate] = {}
    for candidate in _links(page, names):
        _add(found, candidate)
    for candidate in islice(_same_as(page, names), _MAX_LINKS):
        _add(found, candidate)
    for candidate in islice(_hints(page, names), _MAX_HINTS):
        _add_hint(found, candidate)
    chosen = sorted(_chosen(list(found.values())), key=lambda candidate: -candidate.score)
    return [_contact(candidate) for candidate in chosen]


def _add(found: dict[str, _Candidate], candidate: _Candidate) -> None:
    known = found.setdefault(candidate.profile.url.lower(), candidate)
    if known is candidate:
        return
    known.times += 1
    if known.times == 3:
        known.score += 1
    if candidate.score > known.score:
        known.score, known.raw, known.source = candidate.score, candidate.raw, candidate.source


def _add_hint(found: dict[str, _Candidate], hint: _Candidate) -> None:
    known = found.get(hint.profile.url.lower())
    if known is not None:
        known.score += 2
    elif hint.own_name and all(
        candidate.profile.network != hint.profile.network or candidate.score < _ENOUGH
        for candidate in found.values()
    ):
        found[hint.profile.url.lower()] = hint


def _candidate(
    found: SocialProfile, raw: str, source: str, score: int, names: SiteNames
) -> _Candidate | None:
    own_name = names.match(found.handle) or names.match(_page_name(found.url))
    if not own_name and squeezed(found.handle) in _LEFTOVERS:
        return None
    return _Candidate(
        profile=found,
        raw=clean_text(raw, MAX_RAW),
        source=source,
        own_name=own_name,
        score=score + 3 * own_name - (not own_name and _is_personal(found.url)),
    )


def _page_name(url: str) -> str:
    """The name in `/pages/NAME/123` and the like."""
    parts = unquote(url).split("/")
    return parts[-2] if len(parts) > 5 else ""


def _is_personal(url: str) -> bool:
    return "linkedin.com/in/" in url or "linkedin.com/pub/" in url or "/profile/" in url[:30]


def _links(page: Page, names: SiteNames) -> Iterator[_Candidate]:
    """Of everything that leads a visitor to a profile, in document order."""
    links = list(islice(_network_links(page), _MAX_LINKS))
    blocks = _blocks(links)
    for link in links:
        found, element, label = link.profile, link.element, link.label
        around = surroundings(element)
        others = around.others and found.network not in _REVIEWS
        score = 2 * label.names_network + (label.iconic or label.inviting)
        score += 2 * around.social + around.frame - around.content
        score += 2 * (label.iconic and any(len(blocks[block]) > 1 for block in link.blocks))
        score += 2 * (found.network in _MESSENGERS) + ("me" in (element.get("rel") or "").split())
        candidate = _candidate(found, link.raw, link.source, score, names)
        if candidate:
            candidate.score -= others * (1 if candidate.own_name else 4)
            yield candidate


def _network_links(page: Page) -> Iterator[_Link]:
    for element in page.tree.iter("a", "area"):
        href = element.get("href") or ""
        if "//" in href[:10]:
            found = profile(href) or _federated(element, href)
            if found and not within(host_of(href), page.host or "."):
                yield _link(element, found, href, "link")
    if "onclick" not in page.source:
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


def _same_as(page: Page, names: SiteNames) -> Iterator[_Candidate]:
    for owned, described in described_objects(page):
        urls = described.get("sameAs")
        for url in urls if isinstance(urls, list) else [urls]:
            if not isinstance(url, str):
                continue
            found = profile(url if "//" in url[:10] else f"https://{url}")
            candidate = _candidate(found, url, "sameAs", 6, names) if found else None
            if candidate and (owned or candidate.own_name):
                yield candidate


def _hints(page: Page, names: SiteNames) -> Iterator[_Candidate]:
    """What a page says of itself where no visitor sees it."""
    for found, raw, source in _hinted(page):
        candidate = _candidate(found, raw, source, 0, names) if found else None
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
    for url in widgets[:_MAX_LINKS]:
        yield profile(url), url, "widget"
    if "SQUARESPACE_CONTEXT" in page.source:
        for account in islice(_ACCOUNT.finditer(page.source), _MAX_LINKS):
            yield profile(account[1]), account[1], "script"


def _parameter(url: str, name: str) -> str:
    try:
        query = urlsplit(url.replace("&amp;", "&")).query
        return parse_qs(query, max_num_fields=50).get(name, [""])[0]
    except ValueError:
        return ""


def _chosen(candidates: list[_Candidate]) -> Iterator[_Candidate]:
    by_network: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        if candidate.score >= _ENOUGH:
            by_network.setdefault(candidate.profile.network, []).append(candidate)
    for network, group in by_network.items():
        yield from group if network in _MESSENGERS else _of_one_network(group)


def _of_one_network(group: list[_Candidate]) -> list[_Candidate]:
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


def _nameless(candidate: _Candidate) -> bool:
    """A number or a key for a handle."""
    handle = candidate.profile.handle
    return handle.isdigit() or (len(handle) == 24 and handle.startswith("UC"))


def _contact(candidate: _Candidate) -> Profile:
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
