"""What a link to a network calls itself: text, tooltip, picture, icon class."""

import re
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from scrapersky.extract.element_text import element_text
from scrapersky.extract.words import words

_MAX_TEXT = 60
_MAX_LABEL = 600
_MAX_INNER = 30
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
# What labels say for a network beside its name; short ones as whole words only.
_ALIASES = {
    "facebook": ("facebook", "facbook", "fbook", "fb", "fan"),
    "x": ("twitter", "twit", "tweet", "tw", "x"),
    "linkedin": ("linkedin", "linked", "linkdin", "lnkd"),
    "instagram": ("instagram", "insta", "ig", "ins"),
    "youtube": ("youtube", "tube", "yt"),
    "pinterest": ("pinterest", "pin", "pinit"),
    "googleplus": ("google", "gplus", "gp"),
    "whatsapp": ("whatsapp", "wa", "chat"),
    "telegram": ("telegram", "tg", "tele"),
    "odnoklassniki": ("odnoklassniki", "ok", "одноклассники"),
    "vk": ("vk", "vkontakte", "вконтакте"),
    "tripadvisor": ("tripadvisor", "advisor", "trip"),
    "apple_podcasts": ("podcast", "apple", "itunes"),
    "bluesky": ("bluesky", "bsky"),
    "discord": ("discord",),
}
_INVITING = words("follow social sociallink icon like fan join connect visit")


@dataclass(slots=True, frozen=True, kw_only=True)
class LinkLabel:
    """The label of a link."""

    names_network: bool
    "Facebook, fb.png, fa-facebook, …"
    inviting: bool
    "Follow us, social-icon, …"
    iconic: bool
    "Without text: a picture, or a background."


def link_label(element: HtmlElement, network: str) -> LinkLabel:
    """Of a link, or of whatever else is clicked."""
    text = element_text(element, _MAX_LABEL)
    label = _label(element, text)
    words = {part.lower() for part in _PARTS.findall(label)}
    label = label.lower()
    names = _ALIASES.get(network, (network,))
    return LinkLabel(
        names_network=any(name in words or (len(name) > 4 and name in label) for name in names),
        inviting=not _INVITING.isdisjoint(words),
        iconic=not any(char.isalnum() for char in text),
    )


def _label(element: HtmlElement, text: str) -> str:
    # The address itself as text says nothing that the address does not.
    parts = [text] if len(text) <= _MAX_TEXT and "/" not in text else []
    parts += [element.get(name) or "" for name in ("title", "aria-label", "class", "id", "alt")]
    for inner in islice(element.iterdescendants(), _MAX_INNER):
        if not isinstance(inner.tag, str):
            continue
        parts += [inner.get(name) or "" for name in ("class", "alt", "title", "aria-label")]
        source = inner.get("src") or inner.get("data-src") or inner.get("xlink:href")
        parts.append((source or inner.get("href") or "").rpartition("/")[2])
    return " ".join(part[:120] for part in parts)[:_MAX_LABEL]
