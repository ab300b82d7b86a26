"""JSON-LD blocks (https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents).

What people write there is often not quite JSON. A block that cannot be read loses only itself.
"""

import html
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import orjson
from lxml.html import HtmlElement

from scrapersky.extract.loose_json import loose_json
from scrapersky.extract.text import storable

JsonObject = dict[str, Any]

MAX_BYTES = 256 * 1024
"""Of all blocks of a page together. A block that does not fit any more is left out."""
MAX_DEPTH = 64

# Strings are matched so that what looks like a comment or a comma in one stays. Each alternative
# runs to the end of the text when its own end is missing, so nothing is read twice.
_SLIPS = re.compile(
    r"""
      (?P<string> " (?: [^"\\] | \\. )* (?: " | \\?\Z ) )
    | //[ \t]{0,8}(?:<!\[CDATA\[|\]\]>|<!--|-->)
    | <!\[CDATA\[ | \]\]> | <!-- | -->
    | /\* .*? (?: \*/ | \Z )
    | //[^\n]*
    | , (?= \s* [}\]] )
    """,
    re.VERBOSE | re.DOTALL,
)
_BETWEEN = re.compile(r"[\s,;\ufeff]*")


class _TooDeepError(ValueError):
    pass


def json_ld(tree: HtmlElement) -> list[JsonObject]:
    """The objects in document order, top-level lists flattened, `@graph` as it is.

    Everything in them can be dumped by orjson and stored as jsonb: no NUL, no lone surrogates, no
    NaN or infinity (null instead), integers beyond 64 bit as floats, at most 64 levels.
    """
    found: list[JsonObject] = []
    room = MAX_BYTES
    for script in tree.iter("script"):
        if not _is_json_ld(script.get("type") or ""):
            continue
        text = script.text or ""
        size = len(text.encode())
        if size > room:
            continue
        room -= size
        found.extend(_objects(text))
    return found


def storable_objects(values: list[Any]) -> list[JsonObject]:
    """Those of the values that are objects and can be stored; see `json_ld`."""
    found: list[JsonObject] = []
    for value in values:
        try:
            found.extend(_flat(_storable(value, MAX_DEPTH)))
        except _TooDeepError:
            continue
    return found


def _is_json_ld(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() == "application/ld+json"


def _objects(text: str) -> Iterator[JsonObject]:
    yield from storable_objects(_documents(text))


def _flat(value: Any) -> Iterator[JsonObject]:
    if isinstance(value, dict):
        if value:
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item)


def _documents(text: str) -> list[Any]:
    """What the block holds: as JSON, else mended, else as far as it can be read at all."""
    try:
        return [orjson.loads(text)]
    except ValueError:
        pass
    documents, complete = _concatenated(_mended(text))
    if complete:
        return documents
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    return loose_json(text) or documents


def _mended(text: str) -> str:
    return _SLIPS.sub(lambda slip: slip["string"] or "", text)


def _concatenated(text: str) -> tuple[list[Any], bool]:
    """The JSON values that follow one another, and whether there is nothing else in the text."""
    documents: list[Any] = []
    position = _skip(text, 0)
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return documents, False
        documents.append(value)
        position = _skip(text, position)
    return documents, bool(documents)


def _skip(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _integer(digits: str) -> int | float:
    # Long ones as floats, as orjson does; Python's int() refuses more than 4,300 digits.
    return int(digits) if len(digits) < 19 else float(digits)


# strict=False: raw line feeds and tabs in strings, as in descriptions pasted from elsewhere.
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda _: None)


def _storable(value: Any, depth: int) -> Any:
    """The value with every string storable and every number finite."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise _TooDeepError
    if isinstance(value, list):
        return [_storable(item, depth - 1) for item in value]
    return {storable(key): _storable(item, depth - 1) for key, item in value.items()}
