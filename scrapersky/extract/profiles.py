"""The owner's social profiles."""

from collections.abc import Iterator

from scrapersky.extract.contact import MAX_RAW, Profile
from scrapersky.extract.page import Page
from scrapersky.extract.properties import strings
from scrapersky.extract.social import profile
from scrapersky.extract.text import clean_text


def profiles(page: Page) -> list[Profile]:
    """The profiles that the page links to, each once, the best first."""
    best: dict[str, Profile] = {}
    for found in _candidates(page):
        key = found.value.lower()
        known = best.get(key)
        if known is None or found.confidence > known.confidence:
            best[key] = found
    return sorted(best.values(), key=lambda found: -found.confidence)


def _candidates(page: Page) -> Iterator[Profile]:
    own = (f"https://{page.host}/", f"http://{page.host}/")
    for href in page.hrefs:
        if "//" in href[:10] and not href.startswith(own):
            yield from _profile(href, source="link", confidence=0.8)
    for objects in (page.json_ld, page.microdata):
        for key, text in strings(objects):
            if key == "sameAs":
                url = text if "//" in text else f"https://{text}"
                yield from _profile(url, source="sameAs", confidence=0.9)


def _profile(url: str, *, source: str, confidence: float) -> Iterator[Profile]:
    found = profile(url)
    if found:
        yield Profile(
            value=found[1],
            raw=clean_text(url, MAX_RAW),
            source=source,
            confidence=confidence,
            network=found[0],
        )
