"""A company that does not exist."""

import json
from functools import cache
from importlib.resources import files
from typing import Literal

import idna
from pydantic import BaseModel, ConfigDict

from scrapersky.demo.contact_styles import EmailStyle, PhoneStyle
from scrapersky.demo.site import Port
from scrapersky.demo.sitemaps import SitemapStyle

ROBOTS = "User-agent: *\nDisallow: /cart/\nAllow: /\n"


class Office(BaseModel):
    """Another place where a company is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    street: str
    place: str
    phone: str
    email: str


class Company(BaseModel):
    """An entry of companies.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str
    name: str
    lang: str
    """BCP 47. It, or the language in it, is a key of words.json."""

    emoji: str
    """What the icon shows."""

    title: str
    description: str
    email: str
    phone: str
    """In a range that is kept for fiction; where a country has none, with 5555 in it."""

    street: str
    place: str
    country: str
    goods: list[tuple[str, str]]
    """Name and blurb; each has a page of its own."""

    posts: list[tuple[str, str]] = []
    """Headline and text of the news; each has a page of its own."""

    social: list[str] = []
    """Profiles and messengers."""

    more_emails: list[str] = []
    fax: str | None = None
    offices: list[Office] = []
    kind: str = "Organization"
    """The schema.org type."""

    cms: str | None = None
    """Which templates/cms_*.html the head shows the marks of."""

    layout: Literal["modern", "landing", "classic"] = "modern"
    charset: str = "utf-8"
    declared: str | None = None
    """The charset that is claimed, if it is another one; "" claims none."""

    charset_in: Literal["header and page", "header", "page"] = "header and page"
    """Where the charset is claimed."""

    email_style: EmailStyle = "link"
    phone_style: PhoneStyle = "link"
    reach: Literal["every page", "contact page"] = "every page"
    """Where e-mail addresses and numbers stand."""

    open_graph: bool = True
    structured: bool = True
    """Whether the page has JSON-LD."""

    sitemap: SitemapStyle = "plain"
    gzip: bool = False
    robots: str = ROBOTS
    slow: float = 0.0
    """Seconds that the homepage takes."""

    fails_first: int = 0
    """How many requests for the homepage are answered 503 before it works."""

    http: Port = Port.OPEN
    https: Port = Port.OPEN

    @property
    def origin(self) -> str:
        """Scheme and host, in ASCII."""
        scheme = "http" if self.https is Port.REFUSED else "https"
        return f"{scheme}://{idna.encode(self.domain, uts46=True).decode()}"

    @property
    def words(self) -> dict[str, str]:
        """Labels and paths in the company's language."""
        words = _words()
        return words.get(self.lang) or words[self.lang.partition("-")[0]]


@cache
def _words() -> dict[str, dict[str, str]]:
    source = files("scrapersky.demo") / "words.json"
    words: dict[str, dict[str, str]] = json.loads(source.read_text("utf-8"))
    return words
