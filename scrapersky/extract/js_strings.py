"""What strings a script puts together: no JavaScript is run, only expressions of strings are read.

Literals, `+`, variables, `String.fromCharCode`, `atob`, `unescape`, `decodeURIComponent`, lists
with `join`, and `split`, `reverse`, `replace` and `concat`: what is needed to hide an address.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from scrapersky.extract.ciphers import base64_text

UNKNOWN = "\x00"
"""Stands for each part of a string that is not known."""

_MAX_TOKENS = 6_000
_MAX_DEPTH = 12
_MAX_STRING = 20_000
_MAX_SEPARATOR = 20
_MAX_VARIABLES = 500
_MAX_TOTAL = 400_000

# Each alternative takes its whole text even when the closing quote is missing, so that a scan never
# goes over the same characters twice.
_TOKEN = re.compile(
    r"""//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"""
    r"""|"(?:[^"\\\n]|\\.|\\\n)*+"?|'(?:[^'\\\n]|\\.|\\\n)*+'?|`(?:[^`\\]|\\.|\\\n)*+`?"""
    r"""|(?<=[(,])/(?:[^/\\\n]|\\.){1,60}+/[a-z]{0,6}"""
    r"""|0x[0-9A-Fa-f]+|[0-9]+(?:\.[0-9]+)?|[A-Za-z_$][\w$]*+|\+=|[+=.,;:()\[\]{}]""",
    re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|(.|\n))")
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "0": "", "\n": ""}
_QUOTES = "\"'`"
_WILD = re.compile(r"\\\w|(?<!\\)[.^$*+?()|\[\]{}]")

Value = str | list[str]


def js_strings(script: str) -> Iterator[str]:
    """The strings of the script's expressions, in their order, `UNKNOWN` for what is not known."""
    return _Reader(_tokens(script)).strings()


def _tokens(script: str) -> list[str]:
    tokens: list[str] = []
    for match in _TOKEN.finditer(script):
        if len(tokens) == _MAX_TOKENS:
            break
        if not match[0].startswith(("//", "/*")):
            tokens.append(match[0])
    return tokens


def _literal(word: str) -> str:
    body = word[1:-1] if len(word) > 1 and word[-1] == word[0] else word[1:]
    body = body[:_MAX_STRING]
    return _ESCAPE.sub(_escaped, body) if "\\" in body else body


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    return _char(int(code, 16)) if code else _PLAIN_ESCAPES.get(match[4], match[4])


def _char(code: int) -> str:
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code <= 0x10FFFF else UNKNOWN


def _percent(text: str) -> str:
    """As `unescape` does it, `%uXXXX` included."""
    text = re.sub(r"%u([0-9A-Fa-f]{4})", lambda match: _char(int(match[1], 16)), text)
    return unquote(text, errors="replace")


_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "atob": lambda text: base64_text(text) or UNKNOWN,
    "decodeURI": _percent,
    "decodeURIComponent": _percent,
    "unescape": _percent,
    "eval": str,
    "String": str,
}


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.variables: dict[str, Value] = {}

    def strings(self) -> Iterator[str]:
        length = 0
        while self.at < len(self.tokens) and length < _MAX_TOTAL:
            begun = self.at
            value = self._assignment() if self._is_assignment() else self._value_here()
            self.at = max(self.at, begun + 1)
            length += sum(map(len, value))
            if isinstance(value, list):
                yield from value
            elif value:
                yield value

    def _peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else ""

    def _is_assignment(self) -> bool:
        return self._peek(1) in {"=", "+="} and self._peek()[0].isidentifier()

    def _assignment(self) -> Value:
        name, operator = self._peek(), self._peek(1)
        self.at += 2
        value = self._expression(0)
        if operator == "+=":
            value = _joined(self.variables.get(name, UNKNOWN)) + _joined(value)
        if len(self.variables) < _MAX_VARIABLES:
            self.variables[name] = value[:_MAX_STRING]
        return value

    def _value_here(self) -> Value:
        word = self._peek()
        if word[0] in _QUOTES or word in _FUNCTIONS or word in self.variables:
            return self._expression(0)
        if word == "fromCharCode" or (word == "[" and self._peek(1)[:1] not in {"", "]"}):
            return self._expression(0)
        return ""

    def _expression(self, depth: int) -> Value:
        value = self._term(depth)
        parts = []
        while self._peek() == "+":
            self.at += 1
            parts.append(_joined(self._term(depth)))
        return "".join([_joined(value), *parts])[:_MAX_STRING] if parts else value

    def _term(self, depth: int) -> Value:
        value = self._primary(depth + 1)
        while self._peek() == "." and self._peek(2) == "(":
            method = self._peek(1)
            self.at += 2
            value = _method(method, value, self._arguments(depth + 1))
        return value

    def _primary(self, depth: int) -> Value:
        word = self._peek()
        if depth > _MAX_DEPTH or not word or word in {")", "]", "}", ";", ","}:
            return UNKNOWN
        if word[0] in _QUOTES:
            self.at += 1
            return _literal(word)
        if word == "(":
            return "".join(self._list(")", depth))
        if word == "[":
            return _characters(self._list("]", depth))
        self.at += 1
        if word[0].isdigit():
            return word
        return self._name(word, depth)

    def _name(self, word: str, depth: int) -> Value:
        if word == "String" and self._peek() == "." and self._peek(1) == "fromCharCode":
            self.at += 2
            word = "fromCharCode"
        if self._peek() == "(" and (word == "fromCharCode" or word in _FUNCTIONS):
            arguments = self._arguments(depth)
            if word == "fromCharCode":
                return "".join(_char_of(number) for number in arguments)
            return _FUNCTIONS[word](_joined(arguments[:1]))
        return self.variables.get(word, UNKNOWN)

    def _arguments(self, depth: int) -> list[str]:
        return self._list(")", depth)

    def _list(self, end: str, depth: int) -> list[str]:
        """From the opening bracket to behind the closing one."""
        self.at += 1
        if depth > _MAX_DEPTH:
            return [UNKNOWN]
        values: list[str] = []
        while self._peek() not in {end, "", ";"}:
            begun = self.at
            if self._peek() == ",":
                self.at += 1
                continue
            word = self._peek()
            value = word if word[0] == "/" else self._expression(depth)
            self.at = max(self.at, begun + 1)
            values.extend(value if isinstance(value, list) else [value])
        self.at += 1
        return values


def _joined(value: Value) -> str:
    return value if isinstance(value, str) else "".join(value)


def _char_of(number: str) -> str:
    try:
        return _char(int(number, 0))
    except ValueError:
        return UNKNOWN


def _characters(values: list[str]) -> Value:
    """A list of character codes as the text that it is; any other list as it is."""
    codes = [int(value) for value in values if value.isascii() and value.isdigit()]
    if len(codes) == len(values) > 5 and all(32 <= code < 127 for code in codes) and 64 in codes:
        return "".join(map(chr, codes))
    return values


def _method(name: str, value: Value, arguments: list[str]) -> Value:
    if name == "join":
        separator = arguments[0] if arguments else ","
        return separator[:_MAX_SEPARATOR].join(value)
    if name == "reverse":
        return value[::-1]
    text = _joined(value)
    if name == "split":
        separator = arguments[0] if arguments else ""
        return text.split(separator) if separator else list(text)
    if name == "concat":
        return text + "".join(arguments)
    if name == "replace" and len(arguments) == 2:
        return _replaced(text, *arguments)
    return text if name in {"toString", "toLowerCase", "trim"} else UNKNOWN


def _replaced(text: str, old: str, new: str) -> str:
    """Only what is literal: a pattern that means more leaves the text as it is."""
    if not old.startswith("/"):
        return text.replace(old, new, 1) if old else text
    pattern, _, flags = old[1:].rpartition("/")
    if not pattern or _WILD.search(pattern):
        return text
    new = new[:_MAX_SEPARATOR]
    return text.replace(pattern.replace("\\", ""), new, -1 if "g" in flags else 1)
