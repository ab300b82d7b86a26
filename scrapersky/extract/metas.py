"""The meta elements of a page, read once."""

from lxml.html import HtmlElement

Metas = dict[str, list[str]]
"""Contents by lower-case key, in document order. A pragma's key is `http-equiv:` and its name."""

_MAX_KEY = 100


def metas(tree: HtmlElement) -> Metas:
    """Every meta element that has a content.

    `name`, `property` and `itemprop` count alike, since people mix them up; the latter two may hold
    several names (RDFa 1.1, HTML microdata).
    """
    found: Metas = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        if not content:
            continue
        for key in _keys(element):
            found.setdefault(key, []).append(content)
    return found


def first(tags: Metas, key: str) -> str | None:
    """The first content of a key that is not blank."""
    return next((content for content in tags.get(key, ()) if content.strip()), None)


def _keys(element: HtmlElement) -> list[str]:
    keys = [(element.get("name") or "").strip()]
    keys += (element.get("property") or "").split()
    keys += (element.get("itemprop") or "").split()
    pragma = (element.get("http-equiv") or "").strip()
    if pragma:
        keys.append(f"http-equiv:{pragma}")
    # A key named twice by one element (name="og:title" property="og:title") is one.
    return list(dict.fromkeys(key.lower() for key in keys if 0 < len(key) <= _MAX_KEY))
