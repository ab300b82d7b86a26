"""Markup, taken apart. Whatever comes, there is a next token, and each character is read once.

A tokenizer of our own and not lxml's recovering parser: that one leaves out what stands behind some
errors, changes its mind about encodings in mid-file, and cannot say where in the text it is, which
the quick scanner needs.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from scrapersky.sitemaps.entries import Problem
from scrapersky.sitemaps.findings import Findings

MAX_TAG = 16 * 1024
"""Characters of a tag. A longer one is passed over up to its `>`."""
MAX_COMMENT = 300
"""Characters of a comment that are kept."""

_NAME = r"[^\W\d][^\s/<>\"'=]{0,200}+"
_TAG = re.compile(rf"<(/\s*+|)({_NAME})((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
# What may become a tag when more comes.
_PARTIAL = re.compile(
    rf"<(?:(?:/\s*+)?+(?:{_NAME}(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+(?:\"[^\"<]*+|'[^'<]*+)?+)?+)\Z"
)
# A tag with an odd number of quotes, or without its `>`.
_LOOSE = re.compile(rf"<(/\s*+|)({_NAME})([^<>]*+)([<>])")
_EXPECTED = {"urlset", "sitemapindex", "url", "sitemap", "loc", "lastmod", "item", "entry", "link"}
_DOCTYPE = re.compile(r"<!doctype[^\[<>]*+([\[>])?", re.IGNORECASE)
_ENTITY = re.compile(
    r"<!ENTITY\s++(%\s++)?([^\s\"'<>%]++)\s++"
    r"(?:\"([^\"]*+)\"|'([^']*+)'|(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)\s*+>"
)
_ATTRIBUTE = re.compile(
    r"([^\s=/\"'<>]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++)))?+|\s++|.", re.DOTALL
)


class TokenKind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    TEXT = auto()
    CDATA = auto()
    COMMENT = auto()
    ENTITY = auto()


class Token(NamedTuple):
    """A piece of markup. Of a tag: its names in lower case, its attributes in `text`."""

    kind: TokenKind
    text: str = ""
    prefix: str = ""
    name: str = ""
    is_empty: bool = False
    """`<name/>`."""


class Tokenizer:
    """Text in, by pieces; tokens out, the same however the text is cut."""

    def __init__(self, findings: Findings) -> None:
        self.text = ""
        self.position = 0
        self.is_cut = False
        """The text ended within a piece of markup."""
        self.skips_text = False
        """Whether text that belongs to no field is of no interest."""
        self._findings = findings
        self._until: str | None = None
        self._held = ""
        self._is_cdata = False

    @property
    def is_between(self) -> bool:
        """Whether it is neither in a comment nor in a CDATA section."""
        return self._until is None

    def feed(self, text: str) -> None:
        """More text."""
        rest = self.text[self.position :]
        self.text = rest + text if rest else text
        self.position = 0

    def next(self, *, final: bool, field: str = "") -> Token | None:
        """The next token; None when it takes more text to know it.

        Args:
            final: no more text comes.
            field: the name of the element whose text is being read.
        """
        while True:
            if self._until is not None:
                return self._inside(field, final=final)
            text, start = self.text, self.position
            if start >= len(text):
                return None
            if text[start] != "<":
                end = text.find("<", start)
                self.position = len(text) if end < 0 else end
                if self.skips_text and not field:
                    continue
                return Token(TokenKind.TEXT, text[start : self.position])
            tag = _TAG.match(text, start, start + MAX_TAG)
            if tag is not None:
                self.position = tag.end()
                return _tag(tag)
            token = self._odd(text, start, final=final)
            if token is not None or self._until is None:
                return token

    def _odd(self, text: str, start: int, *, final: bool) -> Token | None:
        """What begins with `<` and is no plain tag.

        Without a token, either more text or the end of a comment or the like has to come.
        """
        lead = text[start : start + 9].upper()
        if lead[1:2] == "!" or len(lead) == 1:
            if len(lead) < 9 and not final and not lead.startswith("<!--"):
                return None
            return self._declaration(text, start, lead, final=final)
        if lead[1:2] == "?":
            self._pass_to(">", start + 2)
            return None
        if _PARTIAL.match(text, start, start + MAX_TAG):
            return self._partial(text, start, final=final)
        loose = _LOOSE.match(text, start, start + MAX_TAG)
        if loose is not None and _is_tag(loose):
            self._findings.add(Problem.MALFORMED)
            self.position = loose.end() - (loose[4] == "<")
            return _tag(loose)
        return self._literal(start)

    def _declaration(self, text: str, start: int, lead: str, *, final: bool) -> Token | None:
        if lead.startswith("<!--"):
            self._pass_to("-->", start + 2)
        elif lead == "<![CDATA[":
            self._pass_to("]]>", start + 9)
            self._is_cdata = True
        elif lead == "<!DOCTYPE":
            return self._doctype(text, start, final=final)
        elif lead[:8] == "<!ENTITY":
            return self._entity(text, start, final=final)
        elif lead == "<":
            return self._end_of_text()
        else:
            self._pass_to(">", start + 2)
        return None

    def _doctype(self, text: str, start: int, *, final: bool) -> Token | None:
        # What a DOCTYPE holds in brackets is read as any other markup.
        found = _DOCTYPE.match(text, start, start + MAX_TAG)
        end = found.end() if found else start + 9
        if end == len(text) and not final and end < start + MAX_TAG and not (found and found[1]):
            return None
        self.position = end
        return Token(TokenKind.COMMENT, text[start : min(end, start + MAX_COMMENT)])

    def _entity(self, text: str, start: int, *, final: bool) -> Token | None:
        found = _ENTITY.match(text, start, start + MAX_TAG)
        if found is not None:
            self.position = found.end()
            if found[1]:  # a parameter entity: nothing refers to it in text
                return Token(TokenKind.COMMENT)
            value = found[3] if found[3] is not None else found[4]
            return Token(TokenKind.ENTITY, value or "", "" if value is None else "own", found[2])
        if len(text) - start < MAX_TAG and not final:
            return None
        self._pass_to(">", start + 8)
        return None

    def _partial(self, text: str, start: int, *, final: bool) -> Token | None:
        if len(text) - start >= MAX_TAG:
            self._findings.add(Problem.TOO_LONG)
            self._pass_to(">", start + MAX_TAG)
            return None
        return self._end_of_text() if final else None

    def _end_of_text(self) -> Token:
        # Cut off within a tag. Whichever it was, the text before it is complete.
        self.position = len(self.text)
        self.is_cut = True
        return Token(TokenKind.CLOSE)

    def _literal(self, start: int) -> Token:
        self._findings.add(Problem.MALFORMED)
        self.position = start + 1
        return Token(TokenKind.TEXT, "&lt;")

    def _pass_to(self, end: str, position: int) -> None:
        self._until, self.position = end, position
        self._held = ""
        self._is_cdata = False

    def _inside(self, field: str, *, final: bool) -> Token | None:
        """The rest, or a piece, of a comment, a CDATA section, or something without meaning."""
        end = self._until or ""
        start = self.position
        found = self.text.find(end, start)
        stray = self._stray_end(field, start, found) if self._is_cdata and field else -1
        if stray >= 0:
            self._findings.add(Problem.MALFORMED)
            return self._ended(start, stray, 0)
        if found >= 0:
            return self._ended(start, found, len(end))
        if final:
            self.is_cut = True
            return self._ended(start, len(self.text), 0) if start < len(self.text) else None
        # What may be the beginning of the end waits for the rest of it.
        keep = len(end) - 1 if not self._is_cdata else max(len(end), len(field) + 2)
        stop = max(start, len(self.text) - keep)
        piece = self.text[start:stop]
        self.position = stop
        if self._is_cdata and piece:
            return Token(TokenKind.CDATA, piece)
        self._held = (self._held + piece)[:MAX_COMMENT]
        return None

    def _stray_end(self, field: str, start: int, found: int) -> int:
        # <loc><![CDATA[http://…</loc>: without its end it would take in all up to the next one's.
        return self.text.find(f"</{field}", start, None if found < 0 else found)

    def _ended(self, start: int, stop: int, length: int) -> Token:
        text = self.text[start:stop]
        self.position = stop + length
        self._until = None
        if self._is_cdata:
            return Token(TokenKind.CDATA, text)
        return Token(TokenKind.COMMENT, (self._held + text)[:MAX_COMMENT])


def attributes(text: str) -> Iterator[tuple[str, str]]:
    """The names, in lower case, and the raw values of a tag's attributes."""
    for name, *values in _ATTRIBUTE.findall(text):
        if name:
            yield name.lower(), values[0] or values[1] or values[2]


def _is_tag(loose: "re.Match[str]") -> bool:
    """Whether what looks like a tag is one: without its `>` only if such a tag is expected."""
    if loose[4] == ">" or loose[1]:
        return True
    return not loose[3].strip() and loose[2].lower().rpartition(":")[2] in _EXPECTED


def _tag(found: "re.Match[str]") -> Token:
    slash, name, rest = found[1], found[2], found[3]
    prefix, _, local = name.lower().rpartition(":")
    kind = TokenKind.CLOSE if slash else TokenKind.OPEN
    return Token(kind, rest, prefix, local, rest.endswith("/"))
