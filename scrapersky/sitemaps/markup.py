"""XML, or what was meant to be: finds the root, and hands tags and texts to what lists its URLs."""

from scrapersky.sitemaps import urlset
from scrapersky.sitemaps.blocks import BlockScanner
from scrapersky.sitemaps.entries import Entry, Kind, PageEntry, Problem
from scrapersky.sitemaps.feeds import FeedListing
from scrapersky.sitemaps.field import Field
from scrapersky.sitemaps.findings import Findings
from scrapersky.sitemaps.generators import find_generator
from scrapersky.sitemaps.spaces import Spaces
from scrapersky.sitemaps.tokens import Token, Tokenizer, TokenKind, attributes
from scrapersky.sitemaps.urlset import UrlListing
from scrapersky.sitemaps.values import Values

_KINDS = {
    "urlset": Kind.URLSET,
    "sitemapindex": Kind.SITEMAPINDEX,
    "rss": Kind.RSS,
    "feed": Kind.ATOM,
    "rdf": Kind.RDF,
}
MAX_COMMENTS = 200
"""Comments that are searched for the generator's name."""
_BARE = {"url": "urlset", "sitemap": "sitemapindex"}
"""Entries that stand there without a root, and the root that is missing."""
# The namespaces of Atom 0.3 and 1.0, of RSS 0.90 and 1.0: other documents have a `feed` too.
_FEED_SPACES = ("/atom", "/rss/", "/rdf/simple/")


class Markup:
    """Text in, by pieces; entries out."""

    def __init__(self, url: str, findings: Findings, *, is_quick: bool = True) -> None:
        self.kind = Kind.XML
        self.generator: str | None = None
        self.effort = 0
        """Tokens that were looked at."""
        self._findings = findings
        self._values = Values(url, findings)
        self._spaces = Spaces()
        self._tokens = Tokenizer(findings)
        self._listing: UrlListing | FeedListing | None = None
        self._blocks = BlockScanner(self._values) if is_quick else None
        self._field: Field | None = None
        self._is_open = False
        self._is_first = True
        self._has_junk = False
        self._comments = 0

    def feed(self, text: str, *, final: bool = False) -> list[Entry]:
        """The entries that are complete with this text."""
        entries: list[Entry] = []
        self._tokens.feed(text)
        while True:
            if self._blocks is not None and self._is_between_entries():
                tokens = self._tokens
                tokens.position = self._blocks.scan(tokens.text, tokens.position, entries)
                if not final and self._blocks.is_cut(tokens.position):
                    break
            name = self._field.name if self._field is not None else ""
            token = self._tokens.next(final=final, field=name)
            if token is None:
                break
            self.effort += 1
            self._handle(token)
            self._collect(entries)
        if final:
            self._finish(entries)
        return entries

    def _is_between_entries(self) -> bool:
        """Whether nothing that was read before has a bearing on the next entry."""
        return (
            self._is_open
            and self._listing is not None
            and self._listing.is_at_rest
            and self._field is None
            and self._tokens.is_between
            and self._spaces.is_usual
            and self._values.references.is_standard
        )

    def _collect(self, entries: list[Entry]) -> None:
        if self._listing is None or not self._listing.ready:
            return
        entries += self._listing.ready
        if self.kind == Kind.XML:
            is_page = isinstance(self._listing.ready[0], PageEntry)
            self.kind = Kind.URLSET if is_page else Kind.SITEMAPINDEX
        self._listing.ready.clear()

    def _finish(self, entries: list[Entry]) -> None:
        if self._field is not None and self._field.is_whole and not self._tokens.is_cut:
            self._end_field()
        if self._listing is not None:
            self._listing.finish()
            self._collect(entries)
        if self._is_open or self._tokens.is_cut:
            self._findings.add(Problem.TRUNCATED)

    def _handle(self, token: Token) -> None:
        match token.kind:
            case TokenKind.OPEN:
                self._open(token)
            case TokenKind.CLOSE:
                self._close(token)
            case TokenKind.TEXT:
                self._add(token.text)
            case TokenKind.CDATA:
                if self._field is not None:
                    self._field.add_plain(token.text)
            case TokenKind.COMMENT:
                self._look_for_generator(token.text)
            case TokenKind.ENTITY:
                self._define(token)

    def _add(self, text: str) -> None:
        if self._field is not None:
            self._field.add(text)
        elif self._listing is None and not self._has_junk:
            self._has_junk = bool(text.strip("\ufeff \t\r\n]>"))  # ]> ends a DOCTYPE

    def _look_for_generator(self, text: str) -> None:
        if self.generator is None and self._comments < MAX_COMMENTS:
            self._comments += 1
            self.generator = find_generator(text)

    def _define(self, token: Token) -> None:
        if self._listing is not None:
            return  # only a DOCTYPE defines, and that comes before the root
        if not self._values.references.define(token.name, token.text if token.prefix else None):
            self._findings.add(Problem.ENTITIES)

    def _open(self, tag: Token) -> None:
        if self._field is not None:
            if self._field.is_blank and not self._is_value(tag.name):
                self._field.enter(tag)
                return
            self._end_field()
        self._spaces.bind(tag.text)
        if tag.name in _KINDS and self._is_root(tag):
            self._enter(tag)
            return
        self._open_within(tag)
        if tag.is_empty:
            self._close(tag)

    def _is_value(self, name: str) -> bool:
        return self._listing is not None and self._listing.is_value(name)

    def _open_within(self, tag: Token) -> None:
        if self._listing is None:
            self._before_root(tag)
        if self._listing is not None and self._listing.open(tag):
            self._field = Field(tag.name, self._values)

    def _before_root(self, tag: Token) -> None:
        self._has_junk = True
        self._is_first = False
        if tag.name == "html":
            self.kind = Kind.HTML
        elif tag.name in _BARE and self.kind == Kind.XML:
            self._listing = UrlListing(_BARE[tag.name], self._values, self._spaces)

    def _is_root(self, tag: Token) -> bool:
        if tag.name in urlset.ROOTS:
            return True
        if self._is_open or self.kind == Kind.HTML:
            return False
        known = any(part in tag.text.lower() for part in _FEED_SPACES)
        return known or tag.name == "rss" or self._is_first

    def _enter(self, tag: Token) -> None:
        name = tag.name
        if self._listing is None and self._has_junk:
            self._findings.add(Problem.JUNK_BEFORE)
        if self.kind in {Kind.XML, Kind.HTML}:
            self.kind = _KINDS[name]
        self._is_first = False
        self._is_open = not tag.is_empty
        self._spaces.enter(tag.prefix)
        self._look_for_generator(tag.text)
        if base := dict(attributes(tag.text)).get("xml:base"):
            self._values.urls.rebase(self._values.expand(base) or "")
        self._switch_to(name)
        self._tokens.skips_text = True

    def _switch_to(self, name: str) -> None:
        wanted = UrlListing if name in urlset.ROOTS else FeedListing
        if isinstance(self._listing, wanted):
            self._listing.enter(name)
            return
        before = self._listing
        self._listing = wanted(name, self._values, self._spaces)
        if before is not None:
            before.finish()
            self._listing.ready += before.ready

    def _close(self, tag: Token) -> None:
        if self._field is not None:
            if self._field.leave(tag):
                return
            is_own = tag.name == self._field.name
            self._end_field()
            if is_own:
                return
        if self._listing is None:
            return
        self._listing.close(tag.prefix, tag.name)
        if tag.name in _KINDS:
            self._is_open = False

    def _end_field(self) -> None:
        field, self._field = self._field, None
        if field is not None and self._listing is not None:
            self._listing.take(field.text())
