"""The text of a sitemap."""

import codecs
import re

from w3lib.encoding import resolve_encoding

from scrapersky.sitemaps.entries import Problem
from scrapersky.sitemaps.findings import Findings

HEAD = 1024
"""Bytes that have to be known before the encoding is."""

MAX_WRONG = 5000
"""Wrong bytes of a piece that are shown as what they may be."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.ASCII)
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# What the first letters of markup or of a URL look like without a mark.
_PATTERNS = (
    (re.compile(rb"[<h\s]\0\0\0[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<h\s]\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[<h\s]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[<h\s]\0[^\0]"), "utf-16-be"),
)
# Codecs in which ASCII does not stand for itself: they cannot be told from the bytes.
_MODAL = ("iso2022_jp", "hz")
_CHARSETS = ("ascii", "big5", "cp", "euc", "gb", "iso8859", "koi8", "mac", "shift_jis", "tis-620")


class TextDecoder:
    """Bytes in, text out. A mark decides, then the bytes, then the declaration.

    Bytes that are UTF-8 beyond ASCII are UTF-8, whatever is declared: they cannot be by chance.
    """

    def __init__(self, head: bytes, findings: Findings) -> None:
        self._findings = findings
        self._declared = "utf-8"
        self._decoder: codecs.IncrementalDecoder | None = None
        if codec := _wide(head):
            self._settle(codec)
            return
        if found := _DECLARED.search(head):
            declared = resolve_encoding(found[1].decode("ascii"))
            if declared and declared.startswith(_MODAL):
                self._settle(declared)
            elif declared and declared.startswith(_CHARSETS) and _holds_ascii(declared):
                self._declared = declared

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """The text of the next bytes; a character that is cut in two waits for its rest."""
        if self._decoder is not None:
            return self._strict(self._decoder, data, final=final)
        if data.isascii():
            return data.decode("ascii")
        self._settle("utf-8" if _is_utf8(data) else self._declared)
        return self.decode(data, final=final)

    def _settle(self, codec: str) -> None:
        self._decoder = codecs.getincrementaldecoder(codec)(errors="strict")

    def _strict(self, decoder: codecs.IncrementalDecoder, data: bytes, *, final: bool) -> str:
        before = decoder.getstate()
        try:
            return decoder.decode(data, final)
        except UnicodeError:
            self._findings.add(Problem.BAD_ENCODING)
        decoder.setstate(before)
        # The handler is Python's: it would take minutes for megabytes of wrong bytes.
        many = data.decode("utf-8", "replace").count("\ufffd") > MAX_WRONG
        decoder.errors = "replace" if many else _LENIENT
        try:
            return decoder.decode(data, final)
        finally:
            decoder.errors = "strict"


def _wide(head: bytes) -> str | None:
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec if codec != "utf-8" else None
    return next((codec for pattern, codec in _PATTERNS if pattern.match(head)), None)


def _holds_ascii(codec: str) -> bool:
    return b"<url>".decode(codec, "replace") == "<url>"  # EBCDIC does not


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(data) - error.start < 4 and error.reason == "unexpected end of data"
    return True


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """A byte that is not of the encoding, as a browser shows it in windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.start + 1]
    return wrong.decode("cp1252", "replace"), error.start + 1


_LENIENT = "scrapersky.sitemaps"
codecs.register_error(_LENIENT, _as_windows)
