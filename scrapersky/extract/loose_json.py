"""JSON as people write it by hand: what can be read of a block that no parser takes.

Read: quotes that are not escaped inside of strings, line feeds in them, commas that are missing or
too many, single and curly quotes, names without quotes, comments, brackets that are not closed,
what a template left behind (`{{ site.name }}`), and text around the values.
"""

import json
import re
from typing import Any

MAX_DEPTH = 64

_BETWEEN = re.compile(
    r"(?:[\s,;\ufeff]|<!--|-->|<!\[CDATA\[|\]\]>|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|//[^\n]*)+"
)
_BLANK = re.compile(r"\s*")
_BRACKET = re.compile(r"[{\[]")
_LEFTOVER = re.compile(
    r"\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}|<\?[^<>]{0,500}\?>|<%[^<>]{0,500}%>"
)
_NAME = re.compile(r"[^\s\"'{}\[\],:]{1,80}")
_BARE = re.compile(r"[^,{}\[\]\n\"]*")
_NUMBER = re.compile(r"-?\d{1,17}(?:\.\d{1,17})?(?:[eE][+-]?\d{1,2})?")
_QUOTES = {
    '"': '"',
    "'": "'",
    "\u201c": "\u201d\u201c",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u2018": "\u2019",
    "`": "`",
}
_ENDS = {begin: re.compile(rf"\\.|[{ends}]", re.DOTALL) for begin, ends in _QUOTES.items()}
_WORDS = {
    "true": True,
    "false": False,
    "null": None,
    "none": None,
    "undefined": None,
    "nan": None,
    "": None,
}
_MEMBER = r"""["'\u201c\u201d]?[@\w][\w@:.$-]{0,60}["'\u201c\u201d]?\s{0,40}:(?!//)"""
# What follows a quote that ends a string: of a name; of a value in an object; of one in a list.
_AFTER_NAME = re.compile(r"\s{0,40}:")
_AFTER_VALUE = re.compile(
    rf"\s{{0,120}}(?:\Z|[}}\]]|[,;]\s{{0,120}}(?:\Z|[}}\]{{]|{_MEMBER})|{_MEMBER})"
)
_AFTER_ITEM = re.compile(r"\s{0,120}(?:\Z|[}\]]|,\s{0,120}[\"'\u201c\[{}\]\d]|\s[\"'\u201c])")


class _EnoughError(ValueError):
    """The text is not worth more work."""


def loose_json(text: str) -> list[Any]:
    """The objects and lists that follow one another in a text; never an exception."""
    reader = _Reader(text)
    found: list[Any] = []
    try:
        while reader.to_value():
            found.append(reader.value(MAX_DEPTH, "", _AFTER_VALUE))
    except _EnoughError:
        found += reader.unfinished
    return [value for value in found if value]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        # Hardly a quote needs to be looked at twice; where most do, the text is no JSON.
        self.looks = 200 + 2 * sum(map(text.count, _QUOTES))
        self.unfinished: list[Any] = []

    def to_value(self) -> bool:
        """Go to the next object or list, past whatever text stands before it."""
        bracket = _BRACKET.search(self.text, self.at)
        self.at = bracket.start() if bracket else len(self.text)
        self.unfinished = []
        return self.at < len(self.text)

    def value(self, depth: int, closers: str, after: re.Pattern[str]) -> Any:
        self._skip()
        leftover = _LEFTOVER.match(self.text, self.at)
        if leftover:
            self.at = leftover.end()
            return None
        char = self.text[self.at : self.at + 1]
        if char == "{":
            return self._object(depth, closers)
        if char == "[":
            return self._list(depth, closers)
        if char in _QUOTES:
            return self._string(after)
        return self._bare()

    def _object(self, depth: int, closers: str) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self._enter(members, depth)
        while not self._closed("}", closers):
            name = self._name()
            if name is None:
                self.at += 1
                continue
            self._skip(_BLANK)
            if self.at == len(self.text):
                break
            missing = self.text[self.at] in ",;}"
            members[name] = None if missing else self.value(depth - 1, closers + "}", _AFTER_VALUE)
        return members

    def _list(self, depth: int, closers: str) -> list[Any]:
        items: list[Any] = []
        self._enter(items, depth)
        while not self._closed("]", closers):
            before = self.at
            items.append(self.value(depth - 1, closers + "]", _AFTER_ITEM))
            self.at = max(self.at, before + 1)
        return items

    def _enter(self, value: Any, depth: int) -> None:
        if depth == 0:
            raise _EnoughError
        if depth == MAX_DEPTH:
            self.unfinished = [value]
        self.at += 1

    def _closed(self, closer: str, closers: str) -> bool:
        """Whether an object or list ends here; by the bracket of one around it, it does too."""
        self._skip()
        char = self.text[self.at : self.at + 1]
        if char == closer:
            self.at += 1
            return True
        return not char or (char in "}]" and char in closers)

    def _skip(self, what: re.Pattern[str] = _BETWEEN) -> None:
        match = what.match(self.text, self.at)
        if match:
            self.at = match.end()

    def _name(self) -> str | None:
        """The name of a member and the colon; None where there is none."""
        if self.text[self.at] in _QUOTES:
            name = self._string(_AFTER_NAME)
        else:
            match = _NAME.match(self.text, self.at)
            if not match:
                return None
            name = match[0]
            self.at = match.end()
        colon = _AFTER_NAME.match(self.text, self.at)
        if not colon:
            return None
        self.at = colon.end()
        return name

    def _string(self, after: re.Pattern[str]) -> str:
        """The string up to the first quote behind which there is what follows a string."""
        start = self.at + 1
        first = -1
        for quote in _ENDS[self.text[self.at]].finditer(self.text, start):
            self.looks -= 1
            if self.looks < 0:
                raise _EnoughError
            if quote[0][0] == "\\":
                continue
            first = quote.start() if first < 0 else first
            if after.match(self.text, quote.end()):
                self.at = quote.end()
                return _unescaped(self.text[start : quote.start()])
        end = len(self.text) if first < 0 else first
        self.at = end + 1
        return _unescaped(self.text[start:end])

    def _bare(self) -> Any:
        match = _BARE.match(self.text, self.at)
        word = match[0].partition(" //")[0].strip() if match else ""
        self.at = max(match.end() if match else 0, self.at)
        if word and self.text[self.at - 1 : self.at + 1] == f'{word[-1]}"':
            self.at += 1  # the quote that only the end has
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        return json.loads(word) if _is_number(word) else word


def _is_number(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None and not re.match(r"-?0\d", word)


def _unescaped(raw: str) -> str:
    """The string with its escapes undone, those that are wrong left as they are."""
    if "\\" not in raw:
        return raw
    quoted = re.sub(r'(\\.)|"', lambda match: match[1] or '\\"', raw, flags=re.DOTALL)
    try:
        return str(json.loads(f'"{quoted}"', strict=False))
    except ValueError:
        return raw.replace('\\"', '"').replace("\\/", "/").replace("\\'", "'")
