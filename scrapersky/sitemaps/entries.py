"""What a sitemap says, and what was wrong with it.

Entries are named tuples: files have up to millions, and a frozen dataclass takes five times as
long to make.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Kind(StrEnum):
    """What a file is."""

    URLSET = "urlset"
    SITEMAPINDEX = "sitemapindex"
    TEXT = "text"
    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    """RSS 0.90 and 1.0."""
    HTML = "html"
    """A web page: mostly a "not found" that was sent with status 200."""
    JSON = "json"
    XML = "xml"
    """Another XML than those that list URLs."""
    EMPTY = "empty"
    """No character but blanks."""
    OTHER = "other"
    """Text without URLs, binary data."""

    @property
    def is_sitemap(self) -> bool:
        """Whether files of this kind list URLs."""
        return self in _SITEMAPS


_SITEMAPS = {Kind.URLSET, Kind.SITEMAPINDEX, Kind.TEXT, Kind.RSS, Kind.ATOM, Kind.RDF}


class Problem(StrEnum):
    """What was wrong with a file. Only those with LIMIT in their name cost good entries."""

    NOT_A_SITEMAP = "not_a_sitemap"
    """It is of a kind that lists no URLs."""
    TRUNCATED = "truncated"
    """It ends before it is complete. What came before is kept."""
    BAD_GZIP = "bad_gzip"
    """The compressed data are damaged. What came before is kept."""
    GZIP_JUNK = "gzip_junk"
    """Behind the compressed data stands something else, which is not read."""
    BYTES_LIMIT = "bytes_limit"
    """More bytes, unpacked, than the limit: the rest is not read."""
    ENTRIES_LIMIT = "entries_limit"
    """More entries than the limit: the rest is not read."""
    EFFORT_LIMIT = "effort_limit"
    """Millions of tags or lines without an entry: the rest is not read."""
    OVER_PROTOCOL = "over_protocol"
    """More than the protocol's 50,000 entries or 50 MB. All the same, all are read."""
    MALFORMED = "malformed"
    """Markup that is no XML; it is read as it was meant."""
    JUNK_BEFORE = "junk_before"
    """Something stands before the document, as the warnings of a script do."""
    BAD_ENCODING = "bad_encoding"
    """Bytes that are not in the declared encoding."""
    BAD_URL = "bad_url"
    """An entry whose URL cannot be used, or that has none."""
    BAD_LASTMOD = "bad_lastmod"
    """A date that cannot be understood; the text is kept."""
    TOO_LONG = "too_long"
    """A value, a tag or a line over its limit, which is left out."""
    ENTITIES = "entities"
    """Entities that are external, unknown, or expand without end. They are not expanded."""


Alternate: TypeAlias = tuple[str, str]
"""The same page in another language (`xhtml:link rel="alternate"`): the language as written, a BCP
47 tag or `x-default`, and the URL. A plain tuple: of these there are the most."""


class Video(NamedTuple):
    """A video of a page (`video:video`)."""

    url: str | None
    """Of the video itself (`content_loc`), else of its player (`player_loc`)."""
    thumbnail: str | None
    title: str | None


class News(NamedTuple):
    """What a news sitemap says of an article (`news:news`)."""

    publication: str | None
    language: str | None
    title: str | None
    published: datetime | None
    """In UTC."""
    published_text: str | None


class PageEntry(NamedTuple):
    """A page. A file may name the same page twice."""

    url: str
    """Absolute, http or https, percent-encoded, in ASCII."""
    lastmod: datetime | None = None
    """In UTC. What names no zone is taken as UTC, what names no time as midnight."""
    lastmod_text: str | None = None
    """As written."""
    changefreq: str | None = None
    """As written."""
    priority: float | None = None
    """As written; never a default."""
    alternates: tuple[Alternate, ...] = ()
    images: tuple[str, ...] = ()
    """Their URLs."""
    videos: tuple[Video, ...] = ()
    news: News | None = None
    mobile: bool = False
    """`mobile:mobile`: the page is made for feature phones."""


class SitemapEntry(NamedTuple):
    """A child of a sitemap index."""

    url: str
    lastmod: datetime | None = None
    """In UTC, as a page's."""
    lastmod_text: str | None = None


Entry: TypeAlias = PageEntry | SitemapEntry
