"""The text in one element."""

from collections.abc import Iterable
from itertools import islice

from lxml.html import HtmlElement

_MAX_INNER = 100


def element_text(element: HtmlElement, limit: int) -> str:
    """The first characters of it on one line, scripts' and styles' own included.

    Bounded before anything is joined, for an element may hold the whole page. Of one with more
    than a hundred others in it, only what these begin with is read.
    """
    if len(element) == 0:
        return " ".join((element.text or "")[: 2 * limit].split())[:limit].rstrip()
    inner = list(islice(element.iter("*"), _MAX_INNER))
    if len(inner) < _MAX_INNER:
        return _line(element.itertext("*"), limit)
    return _line((one.text or "" for one in inner), limit)


def _line(pieces: Iterable[str], limit: int) -> str:
    text = "".join(piece[: 2 * limit] for piece in islice(pieces, 2 * _MAX_INNER))
    return " ".join(text[: 4 * limit].split())[:limit].rstrip()
