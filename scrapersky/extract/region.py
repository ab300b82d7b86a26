"""In which country a site's owner is: it decides how numbers and postcodes there are read."""

from dataclasses import dataclass

from scrapersky.extract.page import Page


@dataclass(slots=True, frozen=True, kw_only=True)
class RegionGuess:
    """A country and how sure that is."""

    region: str | None
    "ISO 3166-1 alpha-2 in capitals; None when nothing tells."
    confidence: float
    "0 to 1; 0 when the region is None."


def site_region(page: Page) -> RegionGuess:
    """The country that most of the page's signs speak for."""
    top = page.host.rpartition(".")[2]
    if len(top) != 2:
        return RegionGuess(region=None, confidence=0.0)
    return RegionGuess(region="GB" if top == "uk" else top.upper(), confidence=0.9)
