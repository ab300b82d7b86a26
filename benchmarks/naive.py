"""What extraction looks like at first: BeautifulSoup and regexes over everything.

Not a straw man: no loop is worse than it need be, the page is parsed once, and libraries do what
they are usual for. It finds less, and more that is wrong.
"""

import json
import re
from typing import Any

import phonenumbers
import py3langid
from bs4 import BeautifulSoup

_EMAIL = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
_ZIP = re.compile(r"\b[A-Z]{2}\s+\d{5}(?:-\d{4})?\b")
_SOCIAL = re.compile(
    r"https?://(?:www\.)?(?:facebook|twitter|x|linkedin|instagram|youtube|tiktok|pinterest)\.com/\S+"
)
_CMS = {
    "WordPress": "wp-content",
    "Joomla": "/media/jui/",
    "Drupal": "/sites/default/files",
    "Shopify": "cdn.shopify.com",
    "Wix": "wixstatic.com",
    "Squarespace": "squarespace",
}


def extract(body: bytes) -> dict[str, Any]:
    """About the same fields as the record of `scrapersky extract`."""
    html = body.decode("utf-8", "replace")
    soup = BeautifulSoup(html, "html.parser")
    text = soup.get_text(" ")
    return {
        "title": soup.title.string if soup.title else None,
        "description": _meta(soup, "description"),
        "favicon": _href(soup.find("link", rel="icon")),
        "logo": _src(soup.find("img", class_=re.compile("logo"))),
        "emails": sorted(set(_EMAIL.findall(html))),
        "phones": [m.raw_string for m in phonenumbers.PhoneNumberMatcher(text, "US")],
        "social": [a["href"] for a in soup.find_all("a", href=_SOCIAL)],
        "json_ld": [_loaded(s.string) for s in soup.find_all("script", type="application/ld+json")],
        "language": py3langid.classify(text)[0],
        "cms": [name for name, mark in _CMS.items() if mark in html],
        "zip": _ZIP.findall(text),
        "links": [
            a["href"]
            for a in soup.find_all("a", string=re.compile("contact", re.IGNORECASE))
            if a.get("href")
        ],
        "forms": len(soup.find_all("form")),
        "words": len(text.split()),
    }


def _meta(soup: BeautifulSoup, name: str) -> Any:
    found = soup.find("meta", attrs={"name": name})
    return found.get("content") if found else None


def _href(found: Any) -> Any:
    return found.get("href") if found else None


def _src(found: Any) -> Any:
    return found.get("src") if found else None


def _loaded(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return None
