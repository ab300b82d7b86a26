"""Profiles on social networks, told from share buttons, posts and log-in pages."""

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote

import orjson

from scrapersky.extract.urls import MAX_URL


class SocialProfile(NamedTuple):
    """The profile that a URL leads to."""

    network: str
    url: str
    "Canonical: https, the network's own host, no query or fragment save where the name is there."
    handle: str
    "The name or number in it, without @."


@dataclass(frozen=True, kw_only=True)
class Network:
    """How addresses of profiles look at one network; several entries may share a name."""

    name: str
    hosts: tuple[str, ...]
    "Domains; `brand.*` stands for the brand under any country's top-level domain."
    profiles: tuple[tuple[str, str], ...] = ()
    """Pattern of the whole path, without a slash at the end, and the canonical URL made from its
    groups; `{host}` in it is the host as listed, `{name}` the first group."""
    subdomain: str | None = None
    "The canonical URL where each profile has a host name of its own, `{name}` in it."
    reserved: frozenset[str] = frozenset()
    "First groups, in lower case, that are the network's own pages."
    tabs: frozenset[str] = frozenset()
    "Last parts of the path, in lower case, that name a view of the profile."
    query: tuple[str, str] | None = None
    "A path whose profile is in the query, and the parameter's name: matched as `path?name=value`."
    lower: bool = True
    "Whether the network ignores case in names; then the canonical URL is in lower case."

    @cached_property
    def rules(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """The patterns, compiled when the network is first met."""
        flags = re.IGNORECASE if self.lower else re.NOFLAG
        return tuple((re.compile(pattern, flags), url) for pattern, url in self.profiles)


_DATA = "data/networks.json"
_URL = re.compile(
    r"\s{0,9}(?:https?:)?//(?P<host>[^/?#\s:@\\]{3,253})(?::\d{0,5})?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)
# Below these, a host is the network's web site; below others (help, developers, l, player, …) it
# is not.
_SUBDOMAINS = re.compile(
    r"(?:www|web|m|mobile|touch|mbasic|api|old|new|business|[a-z]{2}|[a-z]{2}-[a-z]{2})"
)
_SUBDOMAINS_ELSEWHERE = {"api": "whatsapp", "business": "pinterest"}
_COUNTRY = re.compile(r"[a-z]{2,3}(?:\.[a-z]{2})?")
_SUBDOMAIN_NAME = re.compile(r"[a-z\d][a-z\d-]{1,62}")
# Names that servers of Mastodon give themselves.
_MASTODON = re.compile(r"masto|mstdn|(?:^|\.)(?:social|toot|troet|fedi)\.|\.social$")
_FEDERATED = re.compile(r"/(?:@|users/)(\w[\w.-]{0,29})")


@cache
def networks() -> tuple[Network, ...]:
    """All that are known, from `data/networks.json`."""
    data = orjson.loads((files("scrapersky.extract") / _DATA).read_bytes())
    return tuple(_network(entry, data["parts"]) for entry in data["networks"])


def profile(url: str) -> SocialProfile | None:
    """The profile that the URL leads to, if it does.

    None for what is no profile: share, log-in and widget links, single posts, a network's front
    page. Query and fragment go, save where they hold the name.
    """
    match = _URL.match(url) if len(url) <= MAX_URL else None
    if match is None:
        return None
    host = match["host"].lower().rstrip(".")
    for network, known, subdomain in _entries(host):
        found = _matched(network, known, subdomain, match)
        if found:
            return found
    return None


def federated_profile(url: str) -> SocialProfile | None:
    """The profile at a Mastodon server that is in no list, by the form of the URL alone.

    Others have pages at `/@name` too: to be asked where something else speaks for Mastodon, such
    as `rel=me` (https://docs.joinmastodon.org/user/profile/#verification).
    """
    match = _URL.match(url) if len(url) <= MAX_URL else None
    if match is None or match["query"] or "." not in match["host"]:
        return None
    host = match["host"].lower().rstrip(".")
    name = _FEDERATED.fullmatch(unquote(match["path"] or "").rstrip("/"))
    if name is None or len(host) > 100 or _entries(host):
        return None
    url = quote(f"https://{host}/@{name[1]}".lower(), safe="/:@")
    return SocialProfile("mastodon", url, name[1].lower())


def _network(entry: dict[str, Any], parts: dict[str, str]) -> Network:
    query = entry.get("query")
    return Network(
        name=entry["name"],
        hosts=tuple(entry["hosts"]),
        profiles=tuple((_expanded(rule, parts), url) for rule, url in entry["profiles"]),
        subdomain=entry.get("subdomain"),
        reserved=frozenset(entry.get("reserved", "").split()),
        tabs=frozenset(entry.get("tabs", "").split()),
        query=(query[0], query[1]) if query else None,
        lower=entry.get("lower", True),
    )


def _expanded(rule: str, parts: dict[str, str]) -> str:
    for name, pattern in parts.items():
        rule = rule.replace(name, pattern)
    return rule


@cache
def _by_host() -> dict[str, list[Network]]:
    table: dict[str, list[Network]] = {}
    for network in networks():
        for host in network.hosts:
            table.setdefault(host, []).append(network)
    return table


@lru_cache(maxsize=4_096)
def _entries(host: str) -> tuple[tuple[Network, str, str], ...]:
    """Each network that the host may be of, the host as it is listed, and what is before it."""
    labels = host.split(".")[-5:]
    for position in range(len(labels) - 1):
        known = ".".join(labels[position:])
        entries = _by_host().get(known)
        if entries is None and _COUNTRY.fullmatch(".".join(labels[position + 1 :])):
            entries = _by_host().get(f"{labels[position]}.*")
        if entries:
            subdomain = ".".join(labels[:position])
            return tuple((network, known, subdomain) for network in entries)
    return _mastodon(host)


def _mastodon(host: str) -> tuple[tuple[Network, str, str], ...]:
    if not _MASTODON.search(host):
        return ()
    return tuple((network, host, "") for network in networks() if network.name == "mastodon")


def _matched(
    network: Network, host: str, subdomain: str, url: re.Match[str]
) -> SocialProfile | None:
    target = _target(network, url)
    if len(target) > 300:
        return None
    if not _is_site(subdomain, network.name):
        return _by_subdomain(network, subdomain, target)
    for pattern, canonical in network.rules:
        match = pattern.fullmatch(target)
        if match and not _is_reserved(network, match[1].lower()):
            found = match.expand(canonical.replace("{host}", host).replace("{name}", r"\1"))
            return _canonical(network, found)
    return None


def _is_reserved(network: Network, name: str) -> bool:
    return name in network.reserved or name.endswith(".php")


def _by_subdomain(network: Network, subdomain: str, target: str) -> SocialProfile | None:
    if network.subdomain is None or target != "/" or not _SUBDOMAIN_NAME.fullmatch(subdomain):
        return None
    if subdomain in network.reserved:
        return None
    return _canonical(network, network.subdomain.replace("{name}", subdomain))


def _canonical(network: Network, url: str) -> SocialProfile:
    url = url.lower() if network.lower else url
    if network.subdomain and "{name}." in network.subdomain and url.count("/") == 2:
        handle = url.partition("//")[2].partition(".")[0]
    else:
        handle = url.rpartition("/")[2].rpartition("=")[2].lstrip("@~+")
    return SocialProfile(network.name, quote(url, safe="/:?=@+,'&()~"), handle)


def _is_site(subdomain: str, network: str) -> bool:
    if not subdomain:
        return True
    if not _SUBDOMAINS.fullmatch(subdomain):
        return False
    return _SUBDOMAINS_ELSEWHERE.get(subdomain, network) == network


def _target(network: Network, match: re.Match[str]) -> str:
    """What the patterns are matched with: the path, and the query where the profile is in it."""
    path = unquote(match["path"] or "", errors="replace").strip()
    fragment = unquote(match["fragment"] or "", errors="replace").strip()
    if fragment.startswith("!/"):  # "hash-bang" URLs of 2011
        path = fragment[1:].partition("?")[0]
    elif path.startswith("/#!/"):  # and those where somebody encoded the hash
        path = path[3:]
    path = "/" + path.strip("/")
    if network.query and path == network.query[0]:
        name = network.query[1]
        return f"{path}?{name}={_parameter(match['query'] or '', name)}"
    front, _, tab = path.rpartition("/")
    return front if front and tab.lower() in network.tabs else path


def _parameter(query: str, name: str) -> str:
    try:
        values = parse_qs(query.replace("&amp;", "&"), max_num_fields=50).get(name, [""])
    except ValueError:
        return ""
    return re.sub(r"[\s().-]", "", values[0][:100])
