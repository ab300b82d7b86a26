"""Sitemaps that are plain text: a URL a line."""

import re

from scrapersky.sitemaps.entries import Entry, Kind
from scrapersky.sitemaps.findings import Findings
from scrapersky.sitemaps.values import MAX_VALUE, Values

_URL_LINE = re.compile(r"[\"'<]?(?:https?://|www\.[\w-]+\.)[^\s<>\"']+[\"'>]?[,;]?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\t<>\"]+")
_BREAK = re.compile(r"[\r\n\f\v\x85\u2028\u2029]+")


def is_list(text: str) -> bool:
    """Whether most lines, but for blank ones and comments, are a URL and nothing else.

    A text that merely names some URLs, such as a licence, is no list.
    """
    lines = [line.strip("\ufeff \t") for line in _BREAK.split(text)]
    lines = [line for line in lines if line and not line.startswith("#")]
    urls = sum(all(map(_URL_LINE.fullmatch, _column(line).split())) for line in lines)
    return urls > 0 and 2 * urls >= len(lines)


class Lines:
    """Text in, by pieces; entries out."""

    kind = Kind.TEXT
    generator: str | None = None

    def __init__(self, url: str, findings: Findings) -> None:
        self._values = Values(url, findings)
        self.effort = 0
        """Lines that were looked at."""
        self._rest = ""
        self._is_too_long = False

    def feed(self, text: str, *, final: bool = False) -> list[Entry]:
        """The entries of the lines that are complete with this text."""
        *lines, rest = _BREAK.split(self._rest + text)
        if final:
            lines.append(rest)
            rest = ""
        if self._is_too_long and lines:
            del lines[0]
            self._is_too_long = False
        self._rest = rest
        self.effort += len(lines)
        if len(rest) > MAX_VALUE:
            self._rest, self._is_too_long = "", True
            self._values.too_long()
        return [entry for line in lines for entry in self._entries(line)]

    def _entries(self, line: str) -> list[Entry]:
        line = line.strip("\ufeff \t\0")
        if not line or line.startswith("#"):
            return []
        if len(line) > MAX_VALUE:
            self._values.too_long()
            return []
        words = _column(line).split()
        if sum("://" in word for word in words) < 2:
            words = [" ".join(words)]
        found = (self._values.page(word.strip(",;'")) for word in words if _is_url(word))
        return [entry for entry in found if entry is not None]


def _column(line: str) -> str:
    """The first column, without quotes or angle brackets around it."""
    return next((part for part in _SEPARATORS.split(line) if part.strip()), "").strip()


def _is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://", "www."))
