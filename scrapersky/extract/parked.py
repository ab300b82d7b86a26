"""Domains that are parked or for sale, with no site of their own."""

import re

from scrapersky.extract.found import Found
from scrapersky.extract.page import Page
from scrapersky.extract.text import clean_text
from scrapersky.extract.urls import host_of, within
from scrapersky.extract.visible import short_text

# A page that says more than this is somebody's site, whatever it says about domains.
_MAX_TEXT = 2_000
_MAX_ELEMENTS = 600

# Hosts that serve parking pages their scripts, frames and pictures. No site embeds those for
# another reason.
_EMBEDDED = {
    "sedoparking.com": "sedo",
    "bodis.com": "bodis",
    "bodiscdn.com": "bodis",
    "parkingcrew.net": "parkingcrew",
    "parkingcrew.com": "parkingcrew",
    "parklogic.com": "parklogic",
    "above.com": "above",
    "afternic.com": "afternic",
    "hugedomains.com": "hugedomains",
    "dan.com": "dan",
    "undeveloped.com": "dan",
    "uniregistry.com": "uniregistry",
    "domainmarket.com": "domainmarket",
    "buydomains.com": "buydomains",
    "namedrive.com": "namedrive",
    "domainsponsor.com": "domainsponsor",
    "smartname.com": "smartname",
    "fabulous.com": "fabulous",
    "rookdns.com": "rook",
    "rookmedia.net": "rook",
    "skenzo.com": "skenzo",
    "ztomy.com": "ztomy",
    "voodoo.com": "voodoo",
    "dsparking.com": "domainsponsor",
    "cashparking.com": "godaddy",
    "parkingpage.namecheap.com": "namecheap",
    "parkingpanel.com": "parkingpanel",
    "parkweb.vip": "parkweb",
    "domainparking.ru": "domainparking.ru",
    "parking.reg.ru": "reg.ru",
    "tonicparking.com": "tonic",
}

# Hosts with other uses as well: here the beginning of the path tells. Google's is the ads that only
# parked domains may show.
_EMBEDDED_PATHS = (
    ("wsimg.com", "/parking-lander/", "godaddy"),
    ("google.com", "/adsense/domains/caf.js", "google domain ads"),
    ("google.com", "/adsense/domains/", "google domain ads"),
    ("nc-img.com", "/parking", "namecheap"),
)

# Where the brokers offer one domain: a page there, or a short page that links there, is that offer.
_OFFERS = (
    ("sedo.com", "/search/details", "sedo"),
    ("hugedomains.com", "/domain_profile.cfm", "hugedomains"),
    ("dan.com", "/buy-domain/", "dan"),
    ("undeveloped.com", "/buy-domain/", "dan"),
    ("afternic.com", "/forsale/", "afternic"),
    ("afternic.com", "/domain/", "afternic"),
    ("godaddy.com", "/forsale/", "godaddy"),
    ("buydomains.com", "/lander/", "buydomains"),
    ("domainmarket.com", "/buynow/", "domainmarket"),
    ("uniregistry.com", "/buy-domain-name/", "uniregistry"),
    ("brandbucket.com", "/names/", "brandbucket"),
    ("squadhelp.com", "/name/", "atom"),
    ("atom.com", "/name/", "atom"),
    ("above.com", "/marketplace/", "above"),
    ("parkingcrew.net", "/", "parkingcrew"),
    ("bodis.com", "/", "bodis"),
    ("sedoparking.com", "/", "sedo"),
)

# In inline scripts of short pages.
_MARKERS = (
    ("window.LANDER_SYSTEM", "godaddy"),
    ('location.href="/lander"', "godaddy"),
    ('location.replace("/lander', "godaddy"),
    ('window.park = "', "bodis"),
    ("sedoparking", "sedo"),
    ("parkingcrew", "parkingcrew"),
    ("parklogic", "parklogic"),
    ("google.ads.domains.Caf", "google domain ads"),
)

# `this domain` or a domain by its name, and then the offer: "domaine" alone is a vineyard too. The
# gaps are bounded, so that no text takes longer than its length.
_NAME = r"(?:[\w-]{1,63}\.){1,4}[\w-]{2,63}"
# Each phrase has one of these.
_HINTS = (
    *("dom", "for sale", "дом", "verkkotunnus", "alan ad"),
    *("ドメイン", "域名", "網域", "도메인"),
)
_PHRASES = re.compile(
    "|".join(
        phrase.replace("NAME", _NAME)
        for phrase in (
            r"this (?:premium )?domain(?: name)? .{0,60}?for sale",
            r"the (?:premium )?domain(?: name)? NAME .{0,40}?for sale",
            r"NAME (?:is|may be)(?: \w{1,20}){0,2}? for sale",
            r"(?:buy|purchase|own|inquire about|offer on|offer for) this domain\b",
            r"this domain(?: name)?(?: NAME)? (?:is|has been)(?: currently)? parked",
            r"diese (?:internet-?)?domain.{0,60}?(?:zum verkauf|zu verkaufen|zu kaufen|geparkt)",
            r"die (?:internet-?)?domain NAME.{0,40}?(?:zum verkauf|zu verkaufen|geparkt)",
            r"ce (?:nom de )?domaine (?:NAME )?.{0,30}?(?:à vendre|en vente|parqué)",
            r"le (?:nom de )?domaine NAME .{0,30}?(?:à vendre|en vente|parqué)",
            r"est[ea] (?:nombre de )?dominio.{0,40}?(?:en venta|a la venta|se vende)",
            r"el (?:nombre de )?dominio NAME.{0,40}?(?:en venta|a la venta|se vende)",
            r"questo (?:nome (?:a|di) )?dominio.{0,40}?in vendita",
            r"il (?:nome (?:a|di) )?dominio NAME.{0,40}?in vendita",
            r"(?:deze|dit) dome?in(?:naam)?.{0,40}?te koop",
            r"de domeinnaam NAME.{0,40}?te koop",
            r"este (?:nome de )?domínio.{0,40}?[àa] venda",
            r"o (?:nome de )?domínio NAME.{0,40}?[àa] venda",
            r"domena(?: NAME)?.{0,30}?(?:na sprzedaż|do sprzedania)",
            r"домен(?: NAME)?.{0,30}?(?:прода[её]тся|на продажу|припаркован|прода[єe]ться)",
            r"domän(?:en|namnet)?(?: NAME)? .{0,20}?till salu",
            r"domæne[tn]?(?:navnet)?(?: NAME)? .{0,20}?til salg",
            r"domene(?:t|navnet)?(?: NAME)? .{0,20}?til salgs",
            r"verkkotunnus(?: NAME)? .{0,20}?(?:myytävänä|myydään)",
            r"dom[ée]na(?: NAME)? .{0,20}?(?:na prodej|na predaj)",
            r"ez a domain.{0,30}?eladó",
            r"acest (?:nume de )?domeniu.{0,30}?de v[âa]nzare",
            r"bu (?:alan ad\u0131|domain).{0,30}?sat\u0131l\u0131k",
            r"(?:αυτό )?το (?:όνομα )?domain.{0,30}?πωλείται",
            r"このドメイン.{0,30}?(?:販売|売り出し|売出し|購入)",
            r"[此该本](?:域名|網域).{0,20}?(?:出售|待售|转让|轉讓)",
            r"이 도메인.{0,30}?판매",
        )
    ),
    re.IGNORECASE,
)
# After the domain's own name, with which a title begins. Without the verb, "homes.test: homes for
# sale" would be an offer too, and it is an estate agent's.
_IS_FOR_SALE = re.compile(
    r" (?:is|may be|ist|steht|est|está|è|jest|är|er|je)(?: \w{1,20}){0,2}? "
    r"(?:for sale|zu verkaufen|zum verkauf|à vendre|en venta|a la venta|in vendita|te koop|"
    r"à venda|na sprzedaż|till salu|til salg|na prodej|na predaj)",
    re.IGNORECASE,
)


def parked(page: Page, title: str | None) -> Found | None:
    """The provider of the parking page, or the phrase that offers the domain; None for a site.

    Brokers' own sites and texts about selling domains are sites: links and phrases count only on
    pages that say little else, and links within a site never.
    """
    own_host = host_of(page.url)
    return (
        _offer(page.url, own_host="", source="url")
        or _embedded(page, own_host)
        or _named_in_title(title or "", own_host)
        or _short_page(page, title or "", own_host)
    )


def _embedded(page: Page, own_host: str) -> Found | None:
    for source in page.sources:
        if source[:8].lower().startswith(("//", "https://", "http://")):
            host, path = _split(source)
            provider = _provider(host, path)
            if provider and not _same_site(host, own_host):
                return Found(value=provider, source="script host", confidence=0.95)
    return None


def _provider(host: str, path: str) -> str | None:
    labels = host.split(".")
    for count in (2, 3):
        provider = _EMBEDDED.get(".".join(labels[-count:]))
        if provider:
            return provider
    if host.endswith(("wsimg.com", "google.com", "nc-img.com")):
        return _by_path(_EMBEDDED_PATHS, host, path)
    return None


def _by_path(table: tuple[tuple[str, str, str], ...], host: str, path: str) -> str | None:
    for domain, prefix, provider in table:
        if within(host, domain) and path.startswith(prefix):
            return provider
    return None


def _offer(url: str, *, own_host: str, source: str) -> Found | None:
    host, path = _split(url)
    provider = _by_path(_OFFERS, host, path)
    # A provider's own front page is its site; below it, or linked from elsewhere, it is an offer.
    if provider is None or (source == "url" and path == "/") or _same_site(host, own_host):
        return None
    return Found(value=provider, source=source, confidence=0.95 if source == "url" else 0.9)


def _named_in_title(title: str, own_host: str) -> Found | None:
    before, name, after = title.lower().partition(own_host.removeprefix("www.") or "\n")
    if not name or len(before) > 20 or not _IS_FOR_SALE.match(after):
        return None
    return Found(value=clean_text(title, 200), source="title", confidence=0.9)


def _short_page(page: Page, title: str, own_host: str) -> Found | None:
    text = short_text(page, limit=_MAX_TEXT, elements=_MAX_ELEMENTS)
    if text is None:
        return None
    for source, content, confidence in (("title", title, 0.9), ("text", text, 0.8)):
        lowered = content.lower()
        hinted = any(hint in lowered for hint in _HINTS)
        phrase = _PHRASES.search(content) if hinted else None
        if phrase:
            value = clean_text(phrase[0], 200)
            return Found(value=value, source=source, confidence=confidence)
    return _linked(page, own_host) or _scripted(page)


def _linked(page: Page, own_host: str) -> Found | None:
    for href in page.hrefs:
        if "//" in href[:8]:
            found = _offer(href, own_host=own_host, source="link")
            if found:
                return found
    return None


def _scripted(page: Page) -> Found | None:
    for script in page.tree.iter("script"):
        text = script.text or ""
        for marker, provider in _MARKERS:
            if marker in text:
                return Found(value=provider, source="script", confidence=0.9)
    return None


def _split(url: str) -> tuple[str, str]:
    """Host and path, cheaply: what is malformed matches no table."""
    authority, slash, path = url.strip().partition("//")[2].partition("/")
    host = authority.partition("?")[0].partition("#")[0].rpartition("@")[2].partition(":")[0]
    return host.lower(), slash + path if path else "/"


def _same_site(host: str, own_host: str) -> bool:
    domain = ".".join(host.split(".")[-2:])
    return bool(own_host) and within(own_host, domain)
