"""Links that dial a number or open a chat with one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

MAX_HREF = 1_000
"""Characters of a link; longer ones are texts to be shared."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Link:
    """A number that a link has."""

    href: str
    text: str
    "What is dialled, percent-encoding undone."
    source: str
    "`tel`, `callto`, `sms`, `whatsapp`."
    extension: str | None = None
    mobile: bool = False
    doubt: float = 0.0
    "How much less than a `tel:` link it is to be believed."


_SCHEME = re.compile(r"\s{0,9}(tel|callto|sms):/{0,2}", re.IGNORECASE)
_EXTENSION = re.compile(r";ext=([0-9]{1,6})", re.IGNORECASE)
# https://faq.whatsapp.com (click to chat): the number in full, without + and zeros.
_WHATSAPP = re.compile(
    r"\s{0,9}(?:(?:https?:)?//(?:www\.)?wa\.me/"
    r"|(?:https?://(?:api|web)\.whatsapp\.com|whatsapp:/)/send/?\?(?:[^#\s]{0,200}&)?phone=)"
    r"(?:%2B|\+|%20| ){0,3}([0-9][0-9 ()%.-]{6,30})",
    re.IGNORECASE,
)
_NOT_DIGITS = re.compile(r"[^0-9]+")


def phone_links(hrefs: Iterable[str]) -> Iterator[Link]:
    """The links among hrefs that have a number, in their order."""
    for href in hrefs:
        link = _link(href) if ":" in href[:16] or "wa.me" in href[:20] else None
        if link:
            yield link


def _link(href: str) -> Link | None:
    if len(href) > MAX_HREF:
        return None
    scheme = _SCHEME.match(href)
    if scheme:
        return _dialled(href, scheme)
    chat = _WHATSAPP.match(href)
    if not chat:
        return None
    digits = _NOT_DIGITS.sub("", unquote(chat[1], errors="replace")).lstrip("0")
    return Link(href=href, text=f"+{digits}", source="whatsapp", mobile=True, doubt=0.07)


def _dialled(href: str, scheme: re.Match[str]) -> Link:
    """RFC 3966: the number before the first parameter (`;ext=`, `;phone-context=`)."""
    extension = _EXTENSION.search(href)
    text = unquote(href[scheme.end() :], errors="replace")
    return Link(
        href=href,
        text=re.split("[;?]", text, maxsplit=1)[0].strip(),
        source=scheme[1].lower(),
        extension=extension[1] if extension else None,
        doubt=0.0 if scheme[1].lower() == "tel" else 0.05,
    )
