"""What extraction looks like at first: BeautifulSoup and regexes over everything.

The fields of the record as somebody in a hurry would find them, each with the library that is usual
for it, called as most people call it: the text with BeautifulSoup's own parser, structured data in
all syntaxes that extruct knows, the language of the whole text, phonenumbers' matcher over it,
expressions without bounds over the HTML, and the project's own technology rules, one after the
other. Not a straw man: the page is parsed once, and every expression is compiled once. It finds
less, and more that is wrong.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import extruct
import phonenumbers
import py3langid
from bs4 import BeautifulSoup

_EMAIL = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
_ADDRESS = re.compile(
    r"\d+\s+(?:[A-Z][\w.]*\s+)+(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane)\b"
    r"[^\n]*\n?[^\n]*\b[A-Z]{2}\s+\d{5}(?:-\d{4})?"
)
_SOCIAL = re.compile(
    r"https?://(?:www\.)?(?:facebook|twitter|x|linkedin|instagram|youtube|tiktok|pinterest)\.com/\S+"
)
_COPYRIGHT = re.compile(r"(?:©|copyright)\s*(?:\d{4}\s*)?([^\n|.]+)", re.IGNORECASE)
_CONTACT = re.compile(r"contact|about|impressum|imprint", re.IGNORECASE)
_LOGO = re.compile(r"logo", re.IGNORECASE)
_FOR_SALE = re.compile(r"domain.*for sale|buy this domain|domain is parked", re.IGNORECASE)
_SYSTEMS = ("CMS", "Shop", "Site builder", "Blog")


def extract(body: bytes, *, with_rules: bool = True) -> dict[str, Any]:
    """About the fields of the record of `scrapersky extract`."""
    html = body.decode("utf-8", "replace")
    soup = BeautifulSoup(html, "html.parser")
    text = soup.get_text("\n")
    data = extruct.extract(html, errors="ignore")
    technologies = list(_technologies(html, text, soup)) if with_rules else []
    return {
        "title": soup.title.string if soup.title else None,
        "description": _meta(soup, "description"),
        "declared_language": soup.html.get("lang") if soup.html else None,
        "language": py3langid.classify(text)[0],
        "canonical_url": _attribute(soup.find("link", rel="canonical"), "href"),
        "favicon": _attribute(soup.find("link", rel="icon"), "href"),
        "logo": _attribute(_logo(soup), "src"),
        "emails": sorted(set(_EMAIL.findall(html))),
        "phones": [m.raw_string for m in phonenumbers.PhoneNumberMatcher(text, "US")],
        "social": [a["href"] for a in soup.find_all("a", href=_SOCIAL)],
        "organization": _organization(soup, text, data),
        "addresses": [*_ADDRESS.findall(text), *_found(data, "address")],
        "opening_hours": [
            *_found(data, "openingHours"),
            *_found(data, "openingHoursSpecification"),
        ],
        "contact_links": [
            a["href"]
            for a in soup.find_all("a", href=True)
            if _CONTACT.search(a.get_text()) or _CONTACT.search(str(a["href"]))
        ],
        "contact_form": any(
            form.find("textarea") and form.find("input", attrs={"type": ["email", "text"]})
            for form in soup.find_all("form")
        ),
        "cms": next((name for name, kind in technologies if kind in _SYSTEMS), None),
        "tech": [name for name, _ in technologies],
        "open_graph": data.get("opengraph"),
        "twitter_card": _meta(soup, "twitter:card"),
        "parked": bool(_FOR_SALE.search(text)),
        "word_count": len(text.split()),
    }


def _meta(soup: BeautifulSoup, name: str) -> Any:
    return _attribute(soup.find("meta", attrs={"name": name}), "content")


def _attribute(found: Any, name: str) -> Any:
    return found.get(name) if found else None


def _logo(soup: BeautifulSoup) -> Any:
    for attribute in ("class", "id", "alt", "src"):
        found = soup.find("img", attrs={attribute: _LOGO})
        if found:
            return found
    around = soup.find(class_=_LOGO)
    return around.find("img") if around else None


def _organization(soup: BeautifulSoup, text: str, data: dict[str, Any]) -> str | None:
    named = next(_found(data, "name"), None) or _meta(soup, "og:site_name")
    copyrighted = _COPYRIGHT.search(text)
    return named or (copyrighted[1].strip() if copyrighted else None)


def _found(data: Any, key: str) -> Iterator[Any]:
    """The values of a key at any depth."""
    if isinstance(data, list):
        for item in data:
            yield from _found(item, key)
    elif isinstance(data, dict):
        if key in data:
            yield data[key]
        for value in data.values():
            yield from _found(value, key)


def _all(soup: BeautifulSoup, tag: str, attribute: str) -> str:
    """One a line."""
    return "\n".join(str(found[attribute]) for found in soup.find_all(tag, {attribute: True}))


def _technologies(html: str, text: str, soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """Name and category of each technology one of whose patterns is found in its place."""
    scripts, links = _all(soup, "script", "src"), _all(soup, "link", "href")
    places = {
        "html": html,
        "text": text,
        "scripts": "\n".join(script.get_text() for script in soup.find_all("script")),
        "scriptSrc": scripts,
        "frameSrc": _all(soup, "iframe", "src"),
        "link": links,
        "class": "\n".join(" ".join(one["class"]) for one in soup.find_all(class_=True)),
        "ownUrl": "\n".join([scripts, links, _all(soup, "a", "href"), _all(soup, "img", "src")]),
    }
    metas = {
        str(m["name"]).lower(): str(m.get("content")) for m in soup.find_all("meta", {"name": True})
    }
    for name, category, patterns in _rules():
        if any(
            pattern.search(metas.get(key, "") if place == "meta" else places.get(place, ""))
            for place, key, pattern in patterns
        ):
            yield name, category


@cache
def _rules() -> list[tuple[str, str, list[tuple[str, str, re.Pattern[str]]]]]:
    folder = files("scrapersky.extract") / "data"
    documents = [
        json.loads(file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.startswith("technologies")
    ]
    return [
        (name, rule["cats"][0], list(_patterns(rule)))
        for document in documents
        for name, rule in document.items()
        if name != "$schema"
    ]


def _patterns(rule: dict[str, Any]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Those that a saved page can be compared with: it has no headers and no cookies."""
    for place in ("html", "scripts", "scriptSrc", "frameSrc", "class", "text", "ownUrl"):
        yield from ((place, "", pattern) for pattern in _compiled(rule.get(place, [])))
    for place in ("meta", "link"):
        for key, texts in rule.get(place, {}).items():
            yield from ((place, key.lower(), pattern) for pattern in _compiled(texts))


def _compiled(texts: str | list[str]) -> list[re.Pattern[str]]:
    """Without their tags: version, theme, confidence."""
    texts = [texts] if isinstance(texts, str) else texts
    return [re.compile(text.split("\\;")[0], re.IGNORECASE) for text in texts]
