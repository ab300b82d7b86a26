"""Where in a page an element stands, by the names that people give to what is around it."""

import re
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from scrapersky.extract.words import words

_DEPTH = 9
_NEAR = 4
_FARTHEST = 40
_MAX_NAMES = 300
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")

# Whole parts of class names and ids: `author-bio__social` has `author`.
_OTHERS = words(
    "author authors bio bios biography blogroll byline caption clients comment commenter "
    "commentlist comments contributor contributors customers editor exhibitor exhibitors feed "
    "feeds guest linkcat member members partner partners people person quote quotes related "
    "reporter review reviewer reviewers reviews speaker speakers sponsor sponsors staff team "
    "teams testimonial testimonials timeline tweet tweets writer"
)
_SOCIAL = re.compile(
    r"soci|sozial|follow|connect|share|sns|reseau|redes|netz|network|icons|badge|touch|"
    r"\bsoc[-_]|\bsm[-_]|find-?us|join-?us|stay",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"head(?:er)?\b|head_|header|foot|top-?bar|masthead|bottom|\bnav|kopf|\bfuss|\bpied|sidebar|"
    r"\btop\b",
    re.IGNORECASE,
)
_FRAME_TAGS = frozenset({"header", "footer", "nav", "aside", "map"})
_CONTENT = re.compile(
    r"\b(?:post|entry|article|blog|story|news)(?:[-_](?:content|body|text|main|container))?\b",
    re.IGNORECASE,
)


@dataclass(slots=True, frozen=True, kw_only=True)
class Surroundings:
    """What the elements around one say."""

    social: bool
    "In a list of social links."
    others: bool
    "Among comments, authors, partners, testimonials, …"
    frame: bool
    "In the page's header, footer, navigation or side bar."
    content: bool
    "In the text of an article."


def surroundings(element: HtmlElement) -> Surroundings:
    """Of the element; only what is near can say that it is somebody else's."""
    social = others = frame = content = False
    for level, ancestor in enumerate(islice(element.iterancestors(), _FARTHEST)):
        if ancestor.tag in {"body", "html"}:
            break
        names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"[:_MAX_NAMES]
        frame = frame or ancestor.tag in _FRAME_TAGS or _FRAME.search(names) is not None
        content = content or ancestor.tag == "article" or _CONTENT.search(names) is not None
        if level < _NEAR:
            social = social or _SOCIAL.search(names) is not None
        if level < _DEPTH and not others:
            others = not _OTHERS.isdisjoint(part.lower() for part in _PARTS.findall(names))
    return Surroundings(social=social, others=others, frame=frame, content=content and not frame)
