"""What a page is for, by its address: so that people find the pages that matter.

The rules are words in `page_types.json`, in the main languages, as they stand in paths. For each
type: `is`, names of such a page; `under`, folders whose pages are such; `begins`, words with which
such a name begins; `endings` of files.
"""

import json
import re
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from urllib.parse import unquote


class PageType(StrEnum):
    """What a page is for."""

    CONTACT = "contact"
    ABOUT = "about"
    LEGAL = "legal"
    CAREERS = "careers"
    LOCATION = "location"
    PRODUCT = "product"
    CATEGORY = "category"
    ARTICLE = "article"
    MEDIA = "media"
    OTHER = "other"


_RULES = json.loads(files(__package__).joinpath("page_types.json").read_text("utf-8"))


def _words(rule: str) -> dict[str, PageType]:
    """Word to type; of a word that stands under two types the first counts."""
    found: dict[str, PageType] = {}
    for name, rules in _RULES.items():
        for word in rules.get(rule, ()):
            found.setdefault(word, PageType(name))
    return found


_IS, _UNDER, _BEGINS, _ENDINGS = map(_words, ("is", "under", "begins", "endings"))
# Not in the name of a page: these make the same page, as `contact.html` and `contact-2` do.
_PAGE_ENDINGS = frozenset(
    ("html", "htm", "php", "php5", "asp", "aspx", "jsp", "jsf", "do", "cfm", "shtml", "xhtml")
)
_COUNTER = re.compile(r"-\d{1,2}\Z")
_YEAR_AND_MONTH = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/|\Z)")
_LONGEST_BEGINNING = max(word.count("-") for word in _BEGINS) + 1


def page_type(url: str) -> PageType:
    """What the page is for, as far as its address says.

    Args:
        url: absolute, percent-encoded.
    """
    start = url.find("/", url.find("//") + 2)
    if start < 0:
        return PageType.OTHER
    folder, _, name = _path(url[start:]).rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if dot:
        if ending in _ENDINGS:
            return _ENDINGS[ending]
        if ending in _PAGE_ENDINGS:
            name = stem
    return _IS.get(name) or _under(folder) or _by_beginning(name)


def _path(path: str) -> str:
    """In lower case, decoded, with hyphens between words, without query and last slash."""
    for mark in "?#":
        if mark in path:
            path = path[: path.index(mark)]
    if "%" in path:
        path = unquote(path)
    return path.lower().replace("_", "-").rstrip("/")


@lru_cache(maxsize=4_096)
def _under(folder: str) -> PageType | None:
    """By the innermost folder that says something. Many pages share one."""
    for name in reversed(folder.split("/")):
        if found := _UNDER.get(name):
            return found
    return PageType.ARTICLE if _YEAR_AND_MONTH.search(folder) else None


def _by_beginning(name: str) -> PageType:
    if "-" not in name:
        return PageType.OTHER
    if found := _IS.get(_COUNTER.sub("", name)):
        return found
    words = name.split("-", _LONGEST_BEGINNING)
    for count in range(min(len(words), _LONGEST_BEGINNING), 0, -1):
        if found := _BEGINS.get("-".join(words[:count])):
            return found
    return PageType.OTHER
