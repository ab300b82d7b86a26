"""urlset and sitemapindex: what their tags mean."""

from dataclasses import dataclass, field
from typing import TypeVar

from scrapersky.sitemaps.dates import parse_date
from scrapersky.sitemaps.entries import Entry, News, Video
from scrapersky.sitemaps.spaces import CORE, Spaces
from scrapersky.sitemaps.tokens import Token, attributes
from scrapersky.sitemaps.values import MAX_LIST, Values, shown

_T = TypeVar("_T")

ROOTS = ("urlset", "sitemapindex")
_ENTRIES = ("url", "sitemap")
_FIELDS = ("loc", "lastmod", "changefreq", "priority")
# Elements that have a `loc`, `title` or date of their own, and what is read of them.
_CONTAINERS = {
    "image": ("loc",),
    "video": ("content_loc", "player_loc", "thumbnail_loc", "title"),
    "news": ("name", "language", "title", "publication_date"),
}
_SITEMAP_FILES = (".xml", ".xml.gz", ".gz", ".txt")


@dataclass(slots=True)
class _Draft:
    """An entry that is being read."""

    tag: str
    """`url` or `sitemap`; empty where a `loc` stands in none."""
    values: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    videos: list[dict[str, str]] = field(default_factory=list)
    news: dict[str, str] | None = None
    mobile: bool = False


class UrlListing:
    """Makes entries of tags, however they are nested."""

    def __init__(self, root: str, values: Values, spaces: Spaces) -> None:
        self.ready: list[Entry] = []
        self._root = root
        self._values = values
        self._spaces = spaces
        self._draft: _Draft | None = None
        self._container = ""
        self._within: dict[str, str] = {}
        self._field = ""

    @property
    def is_at_rest(self) -> bool:
        """Between two entries of a urlset, where a `url` is a page."""
        return self._draft is None and self._root == "urlset"

    def enter(self, root: str) -> None:
        """Another document follows in the same file."""
        self.finish()
        self._root = root

    def open(self, tag: Token) -> bool:
        """A tag. Returns whether its text is to be taken."""
        family = self._spaces.family(tag.prefix)
        name = tag.name
        if name in _ENTRIES and not self._spaces.is_extension(tag.prefix):
            self.finish()
            self._spaces.enter(tag.prefix)
            self._draft = _Draft(name)
            return False
        if name == "link" and family in {"xhtml", CORE, "atom"}:
            self._link(tag)
            return False
        if name in _CONTAINERS and family in {CORE, name}:
            self._enter_container(name)
            return False
        if name == "mobile" and family in {CORE, name} and self._draft is not None:
            self._draft.mobile = True
            return False
        return self._begin(name, family)

    def close(self, prefix: str, name: str) -> None:
        """An end tag."""
        if name == self._container:
            self._container = ""
        elif (name in _ENTRIES or name in ROOTS) and not self._spaces.is_extension(prefix):
            self.finish()

    def is_value(self, name: str) -> bool:
        """Whether an element of this name has a text that is taken, or entries of its own."""
        return name in _FIELDS or name in _CONTAINERS

    def take(self, text: str | None) -> None:
        """The text of the element that `open` wanted; None when it cannot be used."""
        name, self._field = self._field, ""
        if self._container:
            self._take_within(name, text)
            return
        if name == "loc":
            self._begin_page()
        # The first of several counts; but an empty one does not.
        if text and text.strip() and self._draft is not None:
            self._draft.values.setdefault(name, text)

    def finish(self) -> None:
        """The end of an entry, or of all."""
        draft, self._draft = self._draft, None
        self._container = ""
        if draft is not None:
            entry = self._entry(draft)
            if entry is not None:
                self.ready.append(entry)

    def _begin(self, name: str, family: str) -> bool:
        if self._container and self._is_of_page(name, family):
            self._container = ""
        if self._container:
            wanted = name in _CONTAINERS[self._container]
        elif family == "image":  # without the image:image around it
            self._enter_container("image")
            wanted = name == "loc"
        else:
            wanted = family == CORE and name in _FIELDS
            wanted = wanted and (name == "loc" or self._draft is not None)
        if wanted:
            self._field = name
        return wanted

    def _is_of_page(self, name: str, family: str) -> bool:
        # Nobody closed the container: it has all of its own, and this has no prefix as the page's.
        return name in _FIELDS and family == CORE and (name != "loc" or "loc" in self._within)

    def _begin_page(self) -> None:
        """Several `loc` in one entry are several entries."""
        if self._draft is None:
            self._draft = _Draft("")
        elif "loc" in self._draft.values:
            tag = self._draft.tag
            self.finish()
            self._draft = _Draft(tag)

    def _enter_container(self, name: str) -> None:
        self._within = {}
        self._container = name
        if self._draft is None:
            return
        if name == "video":
            self._add(self._draft.videos, self._within)
        elif name == "news" and self._draft.news is None:
            self._draft.news = self._within

    def _take_within(self, name: str, text: str | None) -> None:
        if not text or not text.strip():
            return
        self._within.setdefault(name, text)
        if self._container == "image" and self._draft is not None:
            self._add(self._draft.images, text)

    def _add(self, to: list[_T], value: _T) -> None:
        if len(to) < MAX_LIST:
            to.append(value)
        else:
            self._values.too_long()

    def _link(self, tag: Token) -> None:
        if self._draft is None:
            return
        found = dict(attributes(tag.text))
        if "alternate" not in found.get("rel", "").lower().split():
            return
        language = self._values.expand(found.get("hreflang", ""))
        url = self._values.expand(found.get("href", ""))
        if language and url:
            self._add(self._draft.links, (language, url))

    def _entry(self, draft: _Draft) -> Entry | None:
        values = draft.values
        if self._is_child(draft):
            return self._values.sitemap(values.get("loc"), values.get("lastmod"))
        return self._values.page(
            values.get("loc"),
            values.get("lastmod"),
            values.get("changefreq"),
            values.get("priority"),
            alternates=self._values.alternates(draft.links),
            images=self._values.images(draft.images),
            videos=tuple(self._video(video) for video in draft.videos),
            news=None if draft.news is None else _news(draft.news),
            mobile=draft.mobile,
        )

    def _is_child(self, draft: _Draft) -> bool:
        if draft.tag:
            is_file = draft.values.get("loc", "").strip().lower().endswith(_SITEMAP_FILES)
            return draft.tag == "sitemap" or (self._root == "sitemapindex" and is_file)
        return self._root == "sitemapindex"

    def _video(self, values: dict[str, str]) -> Video:
        content = values.get("content_loc") or values.get("player_loc")
        url, thumbnail = self._values.url(content), self._values.url(values.get("thumbnail_loc"))
        return Video(url, thumbnail, shown(values.get("title")))


def _news(values: dict[str, str]) -> News:
    text = shown(values.get("publication_date"))
    return News(
        publication=shown(values.get("name")),
        language=shown(values.get("language")),
        title=shown(values.get("title")),
        published=parse_date(text) if text else None,
        published_text=text,
    )
