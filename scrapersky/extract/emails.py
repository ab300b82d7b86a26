"""E-mail addresses."""

from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.contact import MAX_RAW, Email
from scrapersky.extract.email_address import email_address
from scrapersky.extract.email_readers import Find, finds
from scrapersky.extract.email_text import plain_text, spots
from scrapersky.extract.mailboxes import is_free, is_role, mailbox_type
from scrapersky.extract.page import Page
from scrapersky.extract.suffixes import registrable
from scrapersky.extract.text import clean_text
from scrapersky.extract.third_parties import is_foreign_service, is_said_to_be_foreign
from scrapersky.extract.urls import host_of

__all__ = ["email_address", "emails"]

_MAX_FINDS = 3_000
_MAX_LOOKS = 40
_MAX_CONTEXT = 120
# What is taken off where the domain is not the site's: nothing says whose it is.
_FREE_PROVIDER, _OTHER_DOMAIN = 0.02, 0.08
_PLACEHOLDERS = etree.XPath("//@placeholder[contains(., '@')]", smart_strings=False)
_CANONICAL = etree.XPath("//link[@rel='canonical']/@href", smart_strings=False)
_LINKS = etree.XPath("//a[@href=$href]")


def emails(page: Page) -> list[Email]:
    """The addresses of the page, each once, the best first: sure before unsure, own before others'."""
    return _Addresses(page).best()


class _Addresses:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.site = _site(page)
        self.examples = _examples(page)
        self.looks = 0

    def best(self) -> list[Email]:
        best: dict[str, Email] = {}
        foreign: set[str] = set()
        for count, find in enumerate(finds(self.page)):
            if count == _MAX_FINDS:
                break
            if find.value in foreign or (find.only_if_alone and best and find.value not in best):
                continue
            email = self._judged(find)
            if email is None:
                foreign.add(find.value)
                best.pop(find.value, None)
            elif find.value not in best or email.confidence > best[find.value].confidence:
                best[find.value] = email
        return sorted(best.values(), key=_rank)

    def _judged(self, find: Find) -> Email | None:
        """The address as it is returned; None when it is not the owner's."""
        domain = find.value.rpartition("@")[2]
        own = registrable(domain) == self.site
        free = is_free(domain)
        if not own and (self._is_foreign(find, domain) or (find.only_if_alone and not free)):
            return None
        penalty = 0.0 if own else _FREE_PROVIDER if free else _OTHER_DOMAIN
        return Email(
            value=find.value,
            raw=clean_text(find.raw, MAX_RAW),
            source=find.source,
            confidence=round(find.confidence - penalty, 2),
            type=mailbox_type(find.value),
            own_domain=own,
        )

    def _is_foreign(self, find: Find, domain: str) -> bool:
        if is_foreign_service(domain) or find.value in self.examples:
            return True
        if find.source == "mailto":
            return self._is_foreign_link(find)
        return is_said_to_be_foreign(find.before)

    def _is_foreign_link(self, find: Find) -> bool:
        """Whether the words before the link say so, or the link shows an address of the site."""
        self.looks += 1
        if self.looks > _MAX_LOOKS:
            return False
        for link in cast("list[HtmlElement]", _LINKS(self.page.tree, href=find.raw))[:2]:
            shown = " ".join("".join(link.itertext()).split())[:_MAX_CONTEXT]
            if any(registrable(spot.value.rpartition("@")[2]) == self.site for spot in spots(plain_text(shown))):
                return True
            before = _text_before(link)
            if is_said_to_be_foreign(before) or is_said_to_be_foreign(f"{before} {shown.partition('@')[0]}"):
                return True
        return False


def _site(page: Page) -> str:
    """The registrable domain of the page; of its canonical address where only a file is known."""
    host = page.host or next(map(host_of, cast("list[str]", _CANONICAL(page.tree))), "")
    return registrable(host)


def _examples(page: Page) -> set[str]:
    """What the fields of forms show as an example."""
    texts = cast("list[str]", _PLACEHOLDERS(page.tree))[:50]
    return {spot.value for text in texts for spot in spots(plain_text(text[:300]))}


def _rank(email: Email) -> tuple[float, bool, bool]:
    return -email.confidence, not email.own_domain, not is_role(email.value.partition("@")[0])


def _text_before(element: HtmlElement) -> str:
    """Up to 120 characters of text before an element, from the near to the far."""
    text = ""
    node: HtmlElement | None = element
    for _ in range(4):
        if node is None or node.tag == "body":
            break
        for sibling in node.itersiblings(preceding=True):
            own = "".join(sibling.itertext()) if isinstance(sibling.tag, str) else ""
            text = f"{own[-_MAX_CONTEXT:]}{sibling.tail or ''} {text}"
            if len(text) > _MAX_CONTEXT:
                break
        node = node.getparent()
        text = f"{node.text or ''} {text}" if node is not None else text
        if len(text) > _MAX_CONTEXT:
            break
    return " ".join(text.split())[-_MAX_CONTEXT:]
