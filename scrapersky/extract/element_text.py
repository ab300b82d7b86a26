"""The text in one element."""

from itertools import islice

from lxml.html import HtmlElement

_MAX_PIECES = 60


def element_text(element: HtmlElement, limit: int) -> str:
    """The first characters of it on one line, scripts' and styles' own included.

    Bounded before anything is joined, for an element may hold the whole page.
    """
    pieces = islice(element.itertext("*"), _MAX_PIECES)
    line = " ".join("".join(piece[: 2 * limit] for piece in pieces)[: 4 * limit].split())
    return line[:limit].rstrip()
