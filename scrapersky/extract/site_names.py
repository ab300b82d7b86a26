"""What a site calls itself, to compare names of profiles and pictures with."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from scrapersky.domains import registrable_domain
from scrapersky.extract.element_text import element_text
from scrapersky.extract.metas import first
from scrapersky.extract.page import Page
from scrapersky.extract.urls import host_of
from scrapersky.extract.words import words

_SEPARATORS = re.compile(r"[|\u2013\u2014:»«·•,;/]| - |(?<=\w)- ")
_WORD = re.compile(r"[^\W_]+")
_NO_LETTERS = re.compile(r"[\W_]+")
_MAX_TITLE = 500
_MAX_WORDS = 40
_MAX_RUN = 6
# Words of titles that say what a page is, not whose.
_GENERIC = words(
    "about contact contacts home homepage index welcome start kontakt contatti contacto news "
    "shop store online official website site page company login services products"
)


@dataclass(slots=True, frozen=True)
class SiteNames:
    """Names without blanks, accents and punctuation, in lower case."""

    labels: frozenset[str]
    "Of the domain, and what the page declares as the site's name."
    phrases: frozenset[str]
    "Runs of words of the title, and the whole domain."

    def match(self, name: str) -> bool:
        """Whether the name of a profile looks like the site's own."""
        plain = squeezed(name)
        if len(plain) < 2:
            return False
        if any(_alike(plain, label) for label in self.labels):
            return True
        return plain in self.phrases or any(
            len(phrase) >= 8 and phrase in plain for phrase in self.phrases
        )


def squeezed(text: str) -> str:
    """Letters and digits alone, lower case, accents gone: `Café-Rye` is `caferye`."""
    text = text[:200]
    if text.isascii():
        if text.isalnum():
            return text.lower()
        return _NO_LETTERS.sub("", text.lower())
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if char.isalnum())


# The logo and the profiles are compared with them, one after the other.
@lru_cache(maxsize=1)
def site_names(page: Page) -> SiteNames:
    """From the host, `og:site_name` and `application-name`, and the title."""
    domain = registrable_domain(_host(page)) or ""
    labels = {squeezed(domain.partition(".")[0])}
    for key in ("og:site_name", "application-name"):
        labels.add(squeezed(first(page.metas, key) or ""))
    title = first(page.metas, "og:title") or ""
    element = next(page.tree.iter("title"), None)
    text = "" if element is None else element_text(element, _MAX_TITLE)
    phrases = _phrases(text) | _phrases(title) | {squeezed(domain)}
    labels = {label for label in labels if len(label) > 2 and label not in _GENERIC}
    return SiteNames(frozenset(labels), frozenset(phrases))


def _host(page: Page) -> str:
    if page.host:
        return page.host
    for key in ("og:url", "twitter:url"):
        host = host_of(first(page.metas, key) or "")
        if host:
            return host
    for link in page.tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            return host_of(link.get("href") or "")
    return ""


def _alike(name: str, label: str) -> bool:
    if name == label:
        return True
    if len(label) <= 3:
        return len(name) > 3 and name.startswith(label)
    if label in name:
        return True
    if len(name) > 3 and name in label:
        return True
    return _overlap(name, label) >= max(6, len(min(name, label, key=len)) * 3 // 5)


def _overlap(name: str, label: str) -> int:
    """Length of the longest common run of letters."""
    name, label = name[:60], label[:60]
    best = 0
    for start in range(len(name)):
        while start + best < len(name) and name[start : start + best + 1] in label:
            best += 1
    return best


def _phrases(title: str) -> set[str]:
    phrases = set()
    for segment in _SEPARATORS.split(title[:_MAX_TITLE]):
        words = [squeezed(word) for word in _WORD.findall(segment)[:_MAX_WORDS]]
        for start in range(len(words)):
            for end in range(start + 1, min(start + _MAX_RUN, len(words)) + 1):
                phrase = "".join(words[start:end])
                if len(phrase) > 3 and phrase not in _GENERIC:
                    phrases.add(phrase)
    return phrases
